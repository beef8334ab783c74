import type { AmazonReport } from './report-lookup.js';
import type { Intent } from './report-ownership.js';

/** How a report was come by. */
export type Provenance = 'asked' | 'found-after-lost-answer' | 'reused';

/** What all steps after the first carry on. */
interface Asking {
  readonly intent: Intent;
  /** How many reports were asked for in turn, this one included: more than one after one that was stuck. */
  readonly asks: number;
  /** Milliseconds since the epoch: when the first request was intended that may have been carried out without our knowing its report. */
  readonly unsureSince?: number;
  /** Requests whose outcome stayed unknown. */
  readonly lost: number;
  /** It is the one that was asked for instead of one that was stuck. */
  readonly again?: true;
}

interface Asked extends Omit<Asking, 'unsureSince'> {
  readonly reportId: string;
  readonly provenance: Provenance;
  /** Milliseconds since the epoch, by our clock. */
  readonly askedAt: number;
}

/** How far a report has come. Ids, times and digests only. */
export type ReportState =
  | { readonly step: 'begin' }
  | ({ readonly step: 'intend' } & Asking)
  | ({ readonly step: 'create'; readonly intendedAt: number } & Asking)
  | ({
      readonly step: 'look';
      readonly intendedAt: number;
      readonly lookAt: number;
      readonly looks: number;
    } & Asking)
  | ({ readonly step: 'poll' } & Asked)
  | ({ readonly step: 'cancel' } & Asked)
  | ({ readonly step: 'keep'; readonly report: AmazonReport } & Asked)
  | {
      readonly step: 'end';
      readonly report: AmazonReport;
      readonly provenance: Provenance;
      readonly asks: number;
      readonly kept?: KeptReport;
    };

export type ReportStep<Name extends ReportState['step']> = Extract<ReportState, { step: Name }>;

/** What was done with a report's document. */
export interface KeptReport {
  /** The name of its copy in the content store is found by its document id. */
  readonly content?: { readonly documentId: string; readonly sealed: boolean };
  readonly file?: {
    readonly path: string;
    readonly as: 'tsv' | 'csv' | 'jsonl' | 'raw';
    readonly bytes: number;
  };
  /** Of the document as it came over the wire. */
  readonly bytes?: number;
  readonly sha256?: string;
  /** Undefined where the document is no table. */
  readonly rows?: number;
}
