import { isAbsolute } from 'node:path';
import { systemClock } from '@fluxori/core';
import { checkContentName } from '@fluxori/documents';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { type IAmazonReportResult, resultOf } from '../reports/report-run.js';
import type { Provenance, ReportState, WrittenOutput } from '../reports/report-state.js';
import { findReportType } from '../reports/types/report-types.js';
import { retiredReportTypes } from '../reports/types/retired-report-types.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import type { AmazonJobParts } from './job-parts.js';
import { instantField, marketplaceField } from './payload-fields.js';

const day = z.iso.date();
const moment = z.union([instantField, day], {
  error: 'write a day such as 2026-01-31, or a date and time with an offset',
});
const as = z.enum(['tsv', 'csv', 'jsonl', 'raw'], 'write tsv, csv, jsonl or raw');

const output = z.union(
  [
    z.strictObject({
      file: z.string().refine(isAbsolute, 'write an absolute path: any process may do the job'),
      as,
    }),
    z.strictObject({ content: z.string().superRefine(contentName), as }),
  ],
  { error: 'write { file, as } with an absolute path, or { content, as } with a name in the content store' },
);

const payloadSchema = z
  .strictObject({
    reportType: z.string('name the report type'),
    /** The account's own by default; the first, where a report holds one only. */
    marketplaceIds: z.array(marketplaceField).min(1).max(25).optional(),
    from: moment.optional(),
    to: moment.optional(),
    /** Instead of both, for schedules: so many whole days (UTC), the last of them `lagDays` (1) before the day on which the job begins. */
    last: z
      .strictObject({
        days: z.number().int().min(1).max(730),
        lagDays: z.number().int().min(0).max(90).default(1),
      })
      .optional(),
    /** Amazon's `reportOptions`. */
    options: z.record(z.string(), z.string()).optional(),
    unchecked: z.boolean().optional(),
    restricted: z.boolean().optional(),
    /** What the document is written in, where its label is wrong. */
    charset: z.string().min(1).optional(),
    reuse: z.strictObject({ maxAgeMinutes: z.number().positive() }).optional(),
    noData: z.enum(['error', 'empty']).optional(),
    stuck: z.enum(['fail', 'ask-again']).optional(),
    /** Where the rows go. Without it the document is copied to the content store, where there is one. */
    output: output.optional(),
  })
  .superRefine(({ reportType, unchecked, restricted, from, to, last, output: target }, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const facts = findReportType(reportType);
    if (last !== undefined && (from ?? to) !== undefined)
      problem('last', 'write either last, or from and to');
    if (!unchecked && facts === undefined) problem('reportType', unknownType(reportType));
    if ((facts?.restricted ?? restricted) && target !== undefined && 'file' in target) {
      problem('output', 'it holds personal data, which is not written to a plain file: give { content, as }');
    }
  });

export type ReportsRunPayload = z.output<typeof payloadSchema>;

export interface ReportsRunResult extends IAmazonReportResult {
  readonly provenance: Provenance;
  /** Of the document as it came over the wire. Undefined when it was not fetched. */
  readonly document?: { readonly bytes: number; readonly sha256: string };
  /** Its document lies in the content store. */
  readonly copied: boolean;
  readonly output?: WrittenOutput;
  readonly rows?: number;
}

/** Comes by a report, keeps its document and writes its rows: exactly one report for one job. */
export function reportsRun({ connector, timings, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<ReportsRunPayload, JobState, ReportsRunResult>({
    name: 'reports.run',
    section: 'reports',
    version: 1,
    priority: 'low',
    payload: payloadSchema,
    describe: ({ reportType, from, to, last, output: target }) => ({
      reportType,
      ...(last !== undefined && { lastDays: last.days }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(target !== undefined && { as: target.as }),
    }),
    async run(ctx) {
      const { reports } = await connector(ctx.accountId);
      const { reuse, noData, stuck, charset, output: target, last, ...spec } = ctx.payload;
      const wishes = {
        ...{ ...(reuse && { reuse }), ...(noData && { noData }), ...(stuck && { stuck }) },
        ...(charset !== undefined && { charset }),
      };
      // A job that goes on tomorrow goes on with the same report.
      const span = ctx.state?.span ?? (last && lastDays(last, clock.now()));
      const { report, provenance, kept } = await reports.runAs({ ...spec, ...span }, wishes, {
        id: ctx.jobId,
        journal: jobJournal<JobState>({
          state: ctx.state,
          checkpoint: (state) => ctx.checkpoint(span === undefined ? state : { ...state, span }),
        }),
        terms: jobTerms(ctx),
        delivery: target === undefined ? {} : { output: target },
        ...(timings && { timings }),
      });
      return { ...resultOf(report), provenance, copied: false, ...kept };
    },
  });
}

interface Span {
  readonly from: string;
  readonly to: string;
}

type JobState = ReportState & { readonly span?: Span };

const dayMs = 86_400_000;

/** To the last second of its last day. */
function lastDays({ days, lagDays }: { days: number; lagDays: number }, nowMs: number): Span {
  const endMs = Math.floor(nowMs / dayMs) * dayMs - (lagDays - 1) * dayMs;
  return {
    from: new Date(endMs - days * dayMs).toISOString(),
    to: new Date(endMs - 1_000).toISOString(),
  };
}

function contentName(name: string, context: z.RefinementCtx): void {
  try {
    checkContentName(name);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

function unknownType(reportType: string): string {
  const retired = Object.hasOwn(retiredReportTypes, reportType) ? retiredReportTypes[reportType] : undefined;
  return retired === undefined
    ? 'it is not known here: use one of `reportTypes`, or pass `unchecked: true` for a newer one'
    : `Amazon has retired it: use ${retired.replacement}`;
}
