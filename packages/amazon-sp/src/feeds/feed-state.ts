import type { FeedEnding, FeedSummary, IAmazonFeedResult } from './feed-result.js';

interface Uploaded {
  readonly documentId: string;
  /** Milliseconds since the epoch. */
  readonly uploadedAt: number;
  /** Feeds that were found and proved not to be ours. */
  readonly foreign: readonly string[];
}

interface Intended extends Uploaded {
  /** When the submission was recorded as intended, by our clock. Milliseconds since the epoch. */
  readonly intendedAt: number;
}

interface Submitted extends Intended {
  readonly feedId: string;
  /** Its submission was not answered; it was found. */
  readonly found: boolean;
  /** Milliseconds since the epoch: when we knew of it. */
  readonly since: number;
}

/** How far the submission of a feed has come. */
export type FeedState =
  /** Make a document and put the content there. Repeating it leaves an unused document behind, which Amazon drops. */
  | { readonly step: 'upload' }
  /** Wait for our turn to submit. */
  | ({ readonly step: 'reserve' } & Uploaded)
  /** Submit: what may happen once. Whoever finds this record looks first. */
  | ({ readonly step: 'send' } & Intended)
  /** Nobody knows whether it was submitted: look for it. */
  | ({ readonly step: 'look'; readonly from: number; readonly looks: number } & Intended)
  | ({ readonly step: 'poll' } & Submitted)
  /** It has ended: read what became of it. */
  | ({
      readonly step: 'read';
      readonly processingStatus: string;
      readonly resultDocumentId?: string;
    } & Submitted)
  | {
      readonly step: 'end';
      readonly result: IAmazonFeedResult;
      readonly ending: FeedEnding;
      readonly summary?: FeedSummary;
      readonly found: boolean;
    };

export type FeedStep<Name extends FeedState['step']> = Extract<FeedState, { step: Name }>;
