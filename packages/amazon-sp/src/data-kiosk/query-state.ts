import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { Intent } from '../reports/report-ownership.js';

export type AmazonQuery = ResponseOf<'dataKiosk', '2023-11-15', 'getQuery'>;

/** A query whose answer is there: one document of rows, or none when there was no data. */
export interface QueryPage {
  readonly queryId: string;
  readonly documentId?: string;
}

/** What all steps carry on. */
interface Asking {
  readonly intent: Intent;
  /** Done already. */
  readonly pages: readonly QueryPage[];
  /** Amazon's token of the page that is asked for; absent for the first. */
  readonly token?: string;
  /** How many queries were asked for in turn, this one included. */
  readonly asks: number;
  /** Milliseconds since the epoch: when the first request was intended that may have been carried out without our knowing its query. */
  readonly unsureSince?: number;
  /** Requests whose outcome stayed unknown, in a row. */
  readonly lost: number;
}

/** How far a query has come. Ids, times, page tokens and digests only. */
export type QueryState =
  | ({ readonly step: 'intend' } & Asking)
  | ({ readonly step: 'create'; readonly intendedAt: number } & Asking)
  | ({
      readonly step: 'look';
      readonly intendedAt: number;
      readonly lookAt: number;
      readonly looks: number;
    } & Asking)
  | ({ readonly step: 'poll'; readonly queryId: string; readonly askedAt: number } & Asking)
  | { readonly step: 'keep'; readonly pages: readonly QueryPage[]; readonly more: boolean }
  | {
      readonly step: 'end';
      readonly pages: readonly QueryPage[];
      /** There is more than the pages that were wanted. */
      readonly more: boolean;
      readonly kept?: KeptAnswer;
    };

export type QueryStep<Name extends QueryState['step']> = Extract<QueryState, { step: Name }>;

/** Where a job puts the rows. */
export type QueryOutput =
  | { readonly file: string; readonly as: 'tsv' | 'csv' | 'jsonl' }
  | { readonly content: string; readonly as: 'tsv' | 'csv' | 'jsonl' };

/** What was done with the documents of a query. */
export interface KeptAnswer {
  /** They lie in the content store. */
  readonly copied: boolean;
  readonly output?: QueryOutput & { readonly bytes: number };
  readonly rows?: number;
}
