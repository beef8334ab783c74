import type { Clock } from '@fluxori/core';

/**
 * The wall clock, except that it stands still while the wall clock repeats time after having been set back:
 * no bucket refills, no pause or lease grows longer. Times that go out are told on the wall clock as it is now.
 */
export class SteadyClock {
  readonly #wall: Clock;
  #last = Number.NEGATIVE_INFINITY;
  #aheadMs = 0;

  constructor(wall: Clock) {
    this.#wall = wall;
  }

  now(): number {
    const now = this.#wall.now() + this.#aheadMs;
    if (now >= this.#last) {
      this.#last = now;
      return now;
    }
    this.#aheadMs += this.#last - now;
    return this.#last;
  }

  toWall(steadyMs: number): number {
    return steadyMs - this.#aheadMs;
  }

  fromWall(wallMs: number): number {
    return wallMs + this.#aheadMs;
  }
}
