import type { Clock, JsonValue, KeyValueStore, Locks } from '@fluxori/core';

interface Holder {
  readonly intent: string;
  /** Milliseconds since the epoch: when the holder was last heard of. */
  readonly at: number;
}

export interface SubmissionSlotOptions {
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly clock: Clock;
  /** Whose and which kind of feed: seller, region and feed type. */
  readonly name: string;
  /** A holder that was not heard of for so long has given up; 900,000 ms by default. It cannot take another's feed for its own afterwards. */
  readonly abandonedMs?: number;
}

/** How long it is remembered whose feed a feed is, in milliseconds: Amazon lists feeds for 90 days. */
const claimMs = 90 * 24 * 60 * 60_000;

/**
 * One submission at a time per seller and feed type. Amazon's list of feeds does not say which document a feed was made of, so a feed can be
 * told to be ours only if nobody else of us was submitting one at the same time, and if it is not known to be another's.
 */
export class SubmissionSlot {
  readonly #options: SubmissionSlotOptions;

  constructor(options: SubmissionSlotOptions) {
    this.#options = options;
  }

  /**
   * @throws NetworkError `BACKEND_UNAVAILABLE` when the lock was lost on the way: then it was not taken.
   * @returns whether the slot is now this intent's. Asking again renews it.
   */
  take(intent: string): Promise<boolean> {
    const { keyValues, clock, abandonedMs = 900_000 } = this.#options;
    return this.#alone(async ({ signal }) => {
      const holder = (await keyValues.get(this.#key)) as Holder | undefined;
      // The store was away for longer than the lock lasts: another may have taken the slot since it was looked at.
      signal.throwIfAborted();
      const free = holder === undefined || holder.intent === intent || clock.now() - holder.at > abandonedMs;
      if (free) await keyValues.set(this.#key, { intent, at: clock.now() }, { ttlMs: abandonedMs * 2 });
      return free;
    });
  }

  /** Does nothing when the slot is another's. */
  free(intent: string): Promise<void> {
    const { keyValues } = this.#options;
    return this.#alone(async ({ signal }) => {
      const holder = (await keyValues.get(this.#key)) as Holder | undefined;
      signal.throwIfAborted();
      if (holder?.intent === intent) await keyValues.delete(this.#key);
    });
  }

  /** From now on nobody else takes this feed for its own. */
  async claim(feedId: string, intent: string): Promise<void> {
    await this.#options.keyValues.set(this.#claimKey(feedId), intent, { ttlMs: claimMs });
  }

  /** @returns whose the feed is; undefined when nobody here has claimed it. */
  async claimant(feedId: string): Promise<JsonValue | undefined> {
    return this.#options.keyValues.get(this.#claimKey(feedId));
  }

  #alone<T>(work: (held: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    return this.#options.locks.withLock(this.#key, work);
  }

  get #key(): string {
    return `sp-api/feed-slot/${this.#options.name}`;
  }

  #claimKey(feedId: string): string {
    return `sp-api/feed-claim/${this.#options.name}/${feedId}`;
  }
}
