/**
 * What the store's clock shows beside ours, learnt from its answers, so that times can be told on either.
 *
 * An answer was made between our asking and our hearing of it. Of all answers those count which took the shortest way there and the shortest way
 * back; should one be impossible by what was learnt before, then a clock was set or has drifted, and it counts alone. So a time that is told, either
 * way, is late by the quickest way at most, and not early; where clocks drift, early by no more than an answer takes.
 */
export class StoreTime {
  /** By how much the store's clock is ahead of ours, at least and at most. */
  #leastMs = Number.NEGATIVE_INFINITY;
  #mostMs = Number.POSITIVE_INFINITY;

  /** The store's time was `storeMs` at some moment between `askedMs` and `heardMs` of ours, both rounded down to milliseconds. */
  learn(storeMs: number, askedMs: number, heardMs: number): void {
    const least = storeMs - (heardMs + 1);
    const most = storeMs - askedMs;
    const wasSet = most < this.#leastMs || least > this.#mostMs;
    this.#leastMs = wasSet ? least : Math.max(this.#leastMs, least);
    this.#mostMs = wasSet ? most : Math.min(this.#mostMs, most);
  }

  /** Up to the next whole millisecond, so that who comes then is not early. */
  toOurs(storeMs: number): number {
    return Math.ceil(storeMs - known(this.#leastMs));
  }

  toStore(ourMs: number): number {
    return ourMs + known(this.#mostMs);
  }
}

function known(aheadMs: number): number {
  return Number.isFinite(aheadMs) ? aheadMs : 0;
}
