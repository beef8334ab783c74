import type { Clock } from '@fluxori/core';

/** What was learned longer ago may no longer be true: clocks drift apart. */
const memoryMs = 60_000;

/**
 * How the database's clock and ours compare, learned from every answer: the database read its clock after we had asked and before we heard.
 * So the difference lies between two bounds, and the closest pair of the last minute is used, always on the side that makes nobody early.
 */
export class StoreClock {
  readonly #clock: Clock;
  /** The difference (the database's time less ours) is this at least, and that at most; and for how long they are believed. */
  #least = { ms: Number.NEGATIVE_INFINITY, untilMs: 0 };
  #most = { ms: Number.POSITIVE_INFINITY, untilMs: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The database's clock said `storeMs` after we had asked at `askedAtMs`; we hear of it now. */
  learn(askedAtMs: number, storeMs: number): void {
    const nowMs = this.#clock.now();
    // Our clock tells whole milliseconds only, so it is up to one later than it says.
    const least = storeMs - nowMs - 1;
    const most = storeMs - askedAtMs;
    // Where the new does not fit the old, one of the clocks has been set.
    const set = least > this.#most.ms || most < this.#least.ms;
    const untilMs = nowMs + memoryMs;
    if (set || least >= this.#least.ms || this.#forgotten(this.#least, nowMs))
      this.#least = { ms: least, untilMs };
    if (set || most <= this.#most.ms || this.#forgotten(this.#most, nowMs))
      this.#most = { ms: most, untilMs };
  }

  /** When it is that time at the database, on our clock: then at the latest. Whole milliseconds. */
  toOurs(storeMs: number): number {
    return Math.ceil(storeMs - this.#least.ms);
  }

  /** What the database's clock says at this moment of ours: not less than that. Undefined while nothing has been learned. */
  toStore(ourMs: number): number | undefined {
    return Number.isFinite(this.#most.ms) ? ourMs + this.#most.ms : undefined;
  }

  #forgotten(bound: { untilMs: number }, nowMs: number): boolean {
    return nowMs > bound.untilMs || nowMs < bound.untilMs - memoryMs;
  }
}
