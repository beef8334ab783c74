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

interface Finished {
  readonly report: AmazonReport;
  readonly provenance: Provenance;
  readonly asks: number;
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
  | ({ readonly step: 'keep' } & Finished)
  | ({ readonly step: 'end'; readonly kept?: KeptReport } & Finished);

export type ReportStep<Name extends ReportState['step']> = Extract<ReportState, { step: Name }>;

/** What was done with a report's document. */
export interface KeptReport {
  /** Of the document as it came over the wire, compressed where Amazon compresses. Undefined when it was not fetched, or there is none. */
  readonly document?: { readonly bytes: number; readonly sha256: string };
  /** A copy of the document lies in the content store: reading it again costs no token. */
  readonly copied: boolean;
  readonly output?: WrittenOutput;
  /** Undefined where nothing was written, or it was written as it is. */
  readonly rows?: number;
}

export type ReportFileFormat = 'tsv' | 'csv' | 'jsonl' | 'raw';

/** Where a report's rows go: a file on the machine of whoever runs it, or a content of that name in the content store. */
export type ReportOutput =
  | { readonly file: string; readonly as: ReportFileFormat }
  | { readonly content: string; readonly as: ReportFileFormat };

export type WrittenOutput = ReportOutput & {
  readonly bytes: number;
  /** In hex; of contents only. */
  readonly sha256?: string;
};
