import { isAbsolute } from 'node:path';
import { checkContentName } from '@fluxori/documents';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { KeptAnswer, QueryPage, QueryState } from '../data-kiosk/query-state.js';
import { querySubject } from '../data-kiosk/query-text.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import type { AmazonJobParts } from './job-parts.js';

const as = z.enum(['tsv', 'csv', 'jsonl'], 'write tsv, csv or jsonl');

const output = z.union(
  [
    z.strictObject({
      file: z.string().refine(isAbsolute, 'write an absolute path: any process may do the job'),
      as,
    }),
    z.strictObject({ content: z.string().superRefine(checked((name) => checkContentName(name))), as }),
  ],
  { error: 'write { file, as } with an absolute path, or { content, as } with a name in the content store' },
);

const payloadSchema = z
  .strictObject({
    /** GraphQL. */
    query: z.string('write the query').superRefine(checked((query) => querySubject(query, 'the account'))),
    /** So many documents at most; 100 by default. */
    maxPages: z.number().int().min(1).max(1_000).optional(),
    /** The answer holds personal data: it is kept sealed only. */
    restricted: z.boolean().optional(),
    /** Where the rows go. Without it the documents are copied to the content store, where there is one. */
    output: output.optional(),
  })
  .refine(({ restricted, output: target }) => !(restricted && target !== undefined && 'file' in target), {
    path: ['output'],
    error: 'it holds personal data, which is not written to a plain file: give { content, as }',
  });

export type DataKioskRunPayload = z.output<typeof payloadSchema>;

export interface DataKioskRunResult extends KeptAnswer {
  /** One for each document, in order; a page without a document has no data. */
  readonly pages: readonly QueryPage[];
  /** There are more documents than `maxPages`. */
  readonly more: boolean;
}

/** Asks a query of Data Kiosk and keeps the answer: exactly one createQuery for each page of it. */
export function datakioskRun({ connector, timings }: AmazonJobParts): JobDefinition {
  return defineJob<DataKioskRunPayload, QueryState, DataKioskRunResult>({
    name: 'datakiosk.run',
    section: 'data-kiosk',
    version: 1,
    priority: 'low',
    payload: payloadSchema,
    describe: ({ query, output: target }) => ({
      ...querySubject(query, 'the account'),
      ...(target !== undefined && { as: target.as }),
    }),
    async run(ctx) {
      const { dataKiosk } = await connector(ctx.accountId);
      const { query, output: target, ...wishes } = ctx.payload;
      const { pages, more, kept } = await dataKiosk.runAs(query, wishes, {
        id: ctx.jobId,
        journal: jobJournal<QueryState>(ctx),
        terms: jobTerms(ctx),
        delivery: target === undefined ? {} : { output: target },
        ...(timings && { timings }),
      });
      return { pages, more, copied: false, ...kept };
    },
  });
}

/** What another check throws is the field's problem. */
function checked(check: (text: string) => unknown) {
  return (text: string, context: z.RefinementCtx): void => {
    try {
      check(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  };
}
