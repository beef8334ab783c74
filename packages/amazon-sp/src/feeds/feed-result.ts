/** What ADR-0004 fixes of a feed's result. */
export interface IAmazonFeedResult {
  feedId: string;
  feedType: string;
  /** What it came to, see `FeedEnding`. */
  status: string;
  /** Amazon's own word: `DONE`, `CANCELLED` or `FATAL`. */
  processingStatus: string;
  resultDocumentId?: string;
}

/**
 * What a feed came to.
 *
 * - `accepted`: Amazon took every message
 * - `partly-accepted`: it refused some, and their outcomes say why
 * - `cancelled`: it was cancelled before it began; nothing was applied
 * - `fatal`: it broke off; some, none or all of it was applied
 */
export type FeedEnding = 'accepted' | 'partly-accepted' | 'cancelled' | 'fatal';

export interface FeedIssue {
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** The attribute that it is about, e.g. `purchasable_offer.our_price`. */
  readonly attribute?: string;
}

/** What became of one message of a feed. */
export interface FeedItemOutcome {
  /** The SKU, or what else the message is about, e.g. an order's id. */
  readonly sku: string;
  readonly messageId: number;
  readonly status: 'accepted' | 'warning' | 'error';
  readonly issues: readonly FeedIssue[];
}

/** What Amazon's processing report counts. */
export interface FeedSummary {
  readonly processed: number;
  readonly accepted: number;
  readonly invalid: number;
  readonly errors: number;
  readonly warnings: number;
}

/** A feed that has ended. */
export interface FeedRun {
  readonly result: IAmazonFeedResult;
  readonly ending: FeedEnding;
  readonly summary?: FeedSummary;
  /** An outcome for every message, in their order. */
  readonly items: readonly FeedItemOutcome[];
  /** What is said of the feed as a whole. */
  readonly issues: readonly FeedIssue[];
  /** The answer to its submission was lost, and it was found among the account's feeds. */
  readonly found: boolean;
}

/** A feed as Amazon knows it now. */
export interface FeedView extends Omit<FeedRun, 'ending' | 'found'> {
  /** Its `status` is `under-way` as long as it has not ended. */
  readonly result: IAmazonFeedResult;
  readonly ending?: FeedEnding;
  readonly createdAt: Date;
  readonly endedAt?: Date;
  /** The messages that the processing report names: those with issues. */
  readonly items: readonly FeedItemOutcome[];
}
