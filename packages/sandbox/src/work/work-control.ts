import { ValidationError } from '@fluxori/core';
import type { ContentSpool } from '../documents/content-spool.js';
import type { ReportDesk } from '../reports/report-desk.js';
import { isReportType, reportTypes } from '../reports/report-types.js';
import type { GivenReportFacts, ReportContent, WorkSteering } from '../sandbox.js';
import type { Outcome, OutcomeBoard } from './outcome-board.js';

export interface WorkControlParts {
  readonly spool: ContentSpool;
  readonly outcomes: OutcomeBoard;
  readonly reports: ReportDesk;
  readonly feeds: { hurry(id?: string): void };
  readonly queries: { hurry(id?: string): void };
}

const defaultContentType = 'text/plain;charset=UTF-8';

/** What a test decides of reports, feeds and queries. */
export class WorkControl implements WorkSteering {
  readonly #parts: WorkControlParts;

  constructor(parts: WorkControlParts) {
    this.#parts = parts;
  }

  setReport(reportType: string, given: ReportContent): Promise<GivenReportFacts>;
  setReport(reportType: string, given: ReportContent | undefined): Promise<GivenReportFacts | undefined>;
  async setReport(
    reportType: string,
    given: ReportContent | undefined,
  ): Promise<GivenReportFacts | undefined> {
    const { reports, spool } = this.#parts;
    if (!isReportType(reportType))
      throw new ValidationError(
        `'${reportType}' is no report type; they look like GET_MERCHANT_LISTINGS_ALL_DATA.`,
        {
          field: 'reportType',
        },
      );
    if (given === undefined) {
      reports.give(reportType, undefined);
      return undefined;
    }
    const {
      compression = 'GZIP',
      content: source,
      contentType = defaultContentType,
      encoded = false,
    } = given;
    const gzipped = compression === 'GZIP';
    const { content, plainBytes, plainSha256 } = await spool.takeSource(source, gzipped && !encoded);
    reports.give(reportType, { content, gzipped, ...(contentType === null ? {} : { contentType }) });
    if (reportTypes[reportType]?.unasked) reports.publish(reportType);
    return { bytes: plainBytes, sha256: plainSha256, wireBytes: content.bytes, wireSha256: content.sha256 };
  }

  setOutcome(outcome: Outcome): string {
    return this.#parts.outcomes.set(outcome);
  }

  clearOutcomes(id?: string): void {
    this.#parts.outcomes.clear(id);
  }

  outcomes(): ReturnType<OutcomeBoard['list']> {
    return this.#parts.outcomes.list();
  }

  finishWork(id?: string): void {
    const { feeds, queries, reports } = this.#parts;
    for (const desk of [reports, feeds, queries]) desk.hurry(id);
  }
}
