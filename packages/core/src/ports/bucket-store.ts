/** A limit: a token bucket that refills at `ratePerSecond` up to `burst`. */
export interface BucketLimit {
  /** Names the bucket for everyone who shares the store. */
  readonly key: string;
  /** Tokens per second, above zero. */
  readonly ratePerSecond: number;
  /** The most that the bucket holds, one or more. */
  readonly burst: number;
}

export interface TakeOptions {
  /** Who is served first: 1 is the most urgent. See `priorities`. */
  readonly priority: number;
  /**
   * Names the one who asks, for example a job. When the answer is no, it is remembered as waiting, in order of priority and arrival, and the
   * turns told to others respect it. Asking again under the same name keeps the place.
   */
  readonly waiter?: string;
}

export type TakeResult =
  | { readonly granted: true; readonly grant: BucketGrant }
  /** `retryAt`: milliseconds since the epoch when it will be the asker's turn. `limitedBy`: the bucket that takes longest. */
  | { readonly granted: false; readonly retryAt: number; readonly limitedBy: string };

/** One token from each bucket, until it is settled. */
export interface BucketGrant {
  readonly id: string;
  readonly keys: readonly string[];
}

/** What a bucket looks like now. */
export interface BucketState {
  readonly key: string;
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Tokens now. Below zero after `drain` with a pause. */
  readonly level: number;
  /** Requests that were granted and have not been settled. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Milliseconds since the epoch when the next token is there (now, when there is one). */
  readonly nextTokenAt: number;
}

/**
 * Token buckets that everyone who shares the store draws from, and that outlive the process.
 *
 * **Never faster than the limit.** The other side takes its token when the request arrives, which may be any time between the grant and
 * the answer. So a granted request counts as *in flight* until it is settled, and a bucket refills only up to `burst - inFlight`: then our
 * level is never above the other side's, however long requests are on their way. A grant that is never settled (its process died)
 * stops counting after `leaseMs`, and its token counts as used. Where several processes share the store, `leaseMs` is short and counts from
 * when the process was last heard of: it renews what it has under way for as long as it lives and reaches the store, an hour at most. What
 * has stopped counting does not count again, whoever comes back, and settling it does nothing.
 */
export interface BucketStore {
  /**
   * One token from each bucket, or none from any, atomically, by the store's clock. A bucket that is seen for the first time is full.
   * A token is not given to an asker while more urgent waiters whose turn has come would be left without.
   * The limits given are those that hold now: when a rate or burst has changed, the level is carried over (never above the burst).
   */
  take(limits: readonly BucketLimit[], options: TakeOptions): Promise<TakeResult>;
  /**
   * The request of this grant is over. With `consumed: false` (it surely never reached the other side) its tokens are given back.
   * Need not be awaited before the next take. Settling twice does nothing.
   */
  settle(grant: BucketGrant, options?: { consumed?: boolean }): Promise<void>;
  /** The one who waited does so no more. */
  forget(waiter: string): Promise<void>;
  /** Empties a bucket because the other side said so; no token before `untilMs` (milliseconds since the epoch) when given. */
  drain(limit: BucketLimit, options?: { untilMs?: number }): Promise<void>;
  /** The state of the buckets whose key begins with `prefix` (all, when it is empty), in order of key. */
  inspect(prefix: string): Promise<readonly BucketState[]>;
}

/** Urgency by name; the number goes into `TakeOptions.priority` and into the queue. */
export const priorities = { critical: 1, high: 2, normal: 3, low: 4, bulk: 5 } as const;

export type Priority = keyof typeof priorities;
