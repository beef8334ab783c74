import { listingsFeedBounds } from '../feeds/listings-feed.js';
import type { CoalescingOptions } from './change-means.js';

/** How long a feed that is not full waits for more to come. */
export class Gathering {
  readonly #options: Pick<CoalescingOptions, 'quietMs' | 'longestGatherMs'>;
  #since: number | undefined;
  #grewAt = 0;
  #size = 0;

  constructor(options: Pick<CoalescingOptions, 'quietMs' | 'longestGatherMs'>) {
    this.#options = options;
  }

  /**
   * Tells of a look at what has come.
   * @param size - the listings that wait. @param now - milliseconds since the epoch.
   * @returns when to look again, in milliseconds since the epoch; undefined when the feed need not wait any more.
   */
  look(size: number, now: number): number | undefined {
    const { quietMs, longestGatherMs } = this.#options;
    this.#since ??= now;
    if (size > this.#size) this.#grewAt = now;
    this.#size = size;
    const quietAt = this.#grewAt + quietMs;
    if (now >= quietAt) return undefined;
    const waitedMs = now - this.#since;
    // At the pace at which they came so far, would as long again fill the feed?
    const worthwhile =
      waitedMs < longestGatherMs * 4 &&
      size * (1 + longestGatherMs / waitedMs) >= listingsFeedBounds.messages;
    if (waitedMs >= longestGatherMs && !worthwhile) return undefined;
    return Math.min(quietAt, now + quietMs / 2);
  }

  /** What was gathered has gone. */
  end(): void {
    this.#since = undefined;
    this.#size = 0;
  }
}
