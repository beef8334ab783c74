/**
 * What the store's clock shows beside ours, learnt from its answers, so that times can be told on either.
 *
 * An answer was made between our asking and our hearing of it. Of all answers that one counts which took the shortest way back; should one
 * be impossible by what was learnt before, then a clock was set, and it counts alone. So a time that is told is never too early, and late
 * by the quickest way back at most.
 */
export class StoreTime {
  #aheadMs: number | undefined;

  /** The store's time was `storeMs` at some moment between `askedMs` and `heardMs` of ours, both rounded down to milliseconds. */
  learn(storeMs: number, askedMs: number, heardMs: number): void {
    const least = storeMs - (heardMs + 1);
    const isPossible = this.#aheadMs !== undefined && storeMs - askedMs >= this.#aheadMs;
    this.#aheadMs = isPossible ? Math.max(this.#aheadMs!, least) : least;
  }

  /** Up to the next whole millisecond, so that who comes then is not early. */
  toOurs(storeMs: number): number {
    return Math.ceil(storeMs - (this.#aheadMs ?? 0));
  }

  toStore(ourMs: number): number {
    return ourMs + (this.#aheadMs ?? 0);
  }
}
