import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { Intent, ReportOwnership } from './report-ownership.js';
import { type CheckedSpec, optionsKey, specKey } from './report-spec.js';
import { findReportType } from './types/report-types.js';

export type AmazonReport = ResponseOf<'reports', '2021-06-30', 'getReport'>;
/** Statuses in which Amazon's list can be filtered. */
type ListedStatus = NonNullable<
  ParamsOf<'reports', '2021-06-30', 'getReports'>['processingStatuses']
>[number];

/** What Amazon's and our clocks may differ by beyond what its answer tells, in milliseconds. */
const clockMarginMs = 5_000;
const dayMs = 86_400_000;

/** Reports as Amazon lists them, all pages, and how far its clock is ahead of ours. Costs a scarce token for each page: 0.0222 a second. */
async function listReports(
  context: SectionContext,
  query: { spec: CheckedSpec; sinceMs: number; statuses?: readonly ListedStatus[] },
  options: SpCallOptions,
): Promise<{ reports: readonly AmazonReport[]; skewMs: number | undefined }> {
  const { spec, sinceMs, statuses } = query;
  const reports: AmazonReport[] = [];
  const seen = new Set<string>();
  let skewMs: number | undefined;
  let nextToken: string | undefined;
  do {
    const answer = await context.api('reports').getReports(
      nextToken === undefined
        ? {
            reportTypes: [spec.reportType],
            ...(spec.marketplaceIds.length <= 10 && { marketplaceIds: [...spec.marketplaceIds] }),
            ...(statuses && { processingStatuses: [...statuses] }),
            pageSize: 100,
            createdSince: new Date(Math.max(sinceMs, context.clock.now() - 90 * dayMs)).toISOString(),
          }
        : { nextToken },
      {
        ...callOptions(options),
        onAnswer({ headers, receivedAt }) {
          const amazonMs = Date.parse(headers.date ?? '');
          if (!Number.isNaN(amazonMs)) skewMs = amazonMs - receivedAt.getTime();
        },
      },
    );
    reports.push(...answer.reports);
    nextToken = answer.nextToken;
    // A token that comes back would never end.
    if (nextToken !== undefined && seen.has(nextToken)) break;
    if (nextToken !== undefined) seen.add(nextToken);
  } while (nextToken !== undefined);
  return { reports, skewMs };
}

/**
 * Reports that may be what an unanswered request made: of the same type, marketplaces and span, made since it was intended, not by a schedule. Oldest
 * first. Whose they are, the list does not tell.
 *
 * @param intendedAtMs - by our clock.
 */
export async function findMade(
  context: SectionContext,
  query: { spec: CheckedSpec; intendedAtMs: number; clockSkewMs: number },
  options: SpCallOptions,
): Promise<readonly AmazonReport[]> {
  const { spec, intendedAtMs, clockSkewMs } = query;
  const { reports, skewMs } = await listReports(
    context,
    { spec, sinceMs: intendedAtMs - Math.max(clockSkewMs, 3_600_000) },
    options,
  );
  const sinceMs = skewMs === undefined ? intendedAtMs - clockSkewMs : intendedAtMs + skewMs - clockMarginMs;
  return reports
    .filter(
      (report) =>
        report.reportScheduleId === undefined &&
        Date.parse(report.createdTime) >= sinceMs &&
        coversExactly(report, spec),
    )
    .sort((a, b) => Date.parse(a.createdTime) - Date.parse(b.createdTime));
}

/**
 * The newest finished report that answers the spec and is young enough.
 *
 * The list does not show options. So a report that was not asked for here is taken only where its type has none.
 */
export async function findFitting(
  context: SectionContext,
  ownership: ReportOwnership,
  query: { spec: CheckedSpec; maxAgeMs: number },
  options: SpCallOptions,
): Promise<AmazonReport | undefined> {
  const { spec, maxAgeMs } = query;
  const sinceMs = context.clock.now() - maxAgeMs;
  const { reports } = await listReports(context, { spec, sinceMs, statuses: ['DONE'] }, options);
  const newest = [...reports].sort((a, b) => Date.parse(b.createdTime) - Date.parse(a.createdTime));
  for (const report of newest) {
    if (report.processingStatus !== 'DONE' || Date.parse(report.createdTime) < sinceMs) continue;
    const asked = await ownership.asked(report.reportId);
    if (asked?.spec === specKey(spec)) return report;
    const sameOptions = asked === undefined ? hasNoOptions(spec) : asked.options === optionsKey(spec);
    if (sameOptions && covers(report, spec)) return report;
  }
  return undefined;
}

/** Whether another report of this type was made, or asked for, within the time in which Amazon makes one only. */
export async function wasMadeShortlyBefore(
  context: SectionContext,
  query: { spec: CheckedSpec; report: AmazonReport; everyMs: number },
  options: SpCallOptions,
): Promise<boolean> {
  const { spec, report, everyMs } = query;
  const endMs = Date.parse(report.createdTime);
  const sinceMs = endMs - everyMs;
  const { reports } = await listReports(context, { spec, sinceMs }, options);
  return reports.some(
    ({ reportId, createdTime, processingStatus }) =>
      reportId !== report.reportId &&
      processingStatus !== 'CANCELLED' &&
      Date.parse(createdTime) >= sinceMs &&
      Date.parse(createdTime) <= endMs,
  );
}

/** Takes the first that is nobody's. @returns undefined when all are others'. */
export async function takeFirst(
  reports: readonly AmazonReport[],
  intent: Intent,
  ownership: ReportOwnership,
  signal: AbortSignal,
): Promise<AmazonReport | undefined> {
  for (const report of reports) if (await ownership.claim(report.reportId, intent, signal)) return report;
  return undefined;
}

function hasNoOptions({ reportType, options }: CheckedSpec): boolean {
  return options === undefined && Object.keys(findReportType(reportType)?.options ?? {}).length === 0;
}

function coversExactly(report: AmazonReport, spec: CheckedSpec): boolean {
  const toleranceMs = findReportType(spec.reportType)?.dateUnit === 'day' ? dayMs - 1 : 1_000;
  return (
    samePlaces(report, spec) &&
    isNear(report.dataStartTime, spec.from, toleranceMs) &&
    isNear(report.dataEndTime, spec.to, toleranceMs)
  );
}

/** A longer span will do, unless the type sums over it. A snapshot has none. */
function covers(report: AmazonReport, spec: CheckedSpec): boolean {
  const facts = findReportType(spec.reportType);
  if (!samePlaces(report, spec)) return false;
  if (facts?.dates === 'none' || (spec.from === undefined && spec.to === undefined)) return true;
  if (facts?.aggregated) return coversExactly(report, spec);
  const { dataStartTime, dataEndTime, createdTime } = report;
  if (spec.from !== undefined && !(Date.parse(dataStartTime ?? '') <= Date.parse(spec.from))) return false;
  const end = Date.parse(dataEndTime ?? createdTime);
  return spec.to === undefined || end >= Date.parse(spec.to);
}

function samePlaces({ marketplaceIds }: AmazonReport, spec: CheckedSpec): boolean {
  return (
    marketplaceIds === undefined ||
    [...marketplaceIds].sort().join() === [...spec.marketplaceIds].sort().join()
  );
}

/** A time that was not asked for, or that Amazon does not tell, is no difference. */
function isNear(told: string | undefined, wanted: string | undefined, toleranceMs: number): boolean {
  if (told === undefined || wanted === undefined) return true;
  return Math.abs(Date.parse(told) - Date.parse(wanted)) <= toleranceMs;
}
