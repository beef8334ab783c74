import type { Clock } from '@fluxori/core';

/**
 * The time that one call may take, shared by its attempts and pauses. Waiting for a rate token does not count: it is the limit's doing, can
 * last minutes, and has a bound of its own (`maxWaitMs`).
 */
export class Deadline {
  readonly #clock: Clock;
  readonly totalMs: number;
  #endsAt: number;

  constructor(totalMs: number, clock: Clock) {
    this.#clock = clock;
    this.totalMs = totalMs;
    this.#endsAt = clock.now() + totalMs;
  }

  /** Milliseconds left; zero or less when it is over. */
  get leftMs(): number {
    return this.#endsAt - this.#clock.now();
  }

  /** Takes out a wait that does not count. */
  extend(ms: number): void {
    this.#endsAt += ms;
  }
}
