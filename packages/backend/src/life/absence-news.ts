import type { Logger } from '@fluxori/core';

/** Who goes away again so soon was not back for long enough to be told of: a store whose disk or memory is full takes some writes and some not. */
const steadyMs = 10_000;
/** Twice can be an accident: a restart that took two goes. */
const accidents = 2;

/** Tells the log that a store went away and that it is back: once each, and of one that comes and goes once in all. */
export class AbsenceNews {
  readonly #name: string;
  readonly #host: string;
  readonly #logger: Logger;
  /** On the clock of `performance.now()`. */
  #backAt = Number.NEGATIVE_INFINITY;
  /** How often it went away without having been back for long. */
  #times = 0;
  #comesAndGoes = false;
  #steady: ReturnType<typeof setTimeout> | undefined;

  /** @param name - what it is called in messages, e.g. `Redis at cache:6379`. */
  constructor(name: string, host: string, logger: Logger) {
    this.#name = name;
    this.#host = host;
    this.#logger = logger;
  }

  /** @returns whether it had been back for a moment only: who looks whether it is back again should take his time. */
  away(reason: string): boolean {
    clearTimeout(this.#steady);
    const isUnsteady = performance.now() - this.#backAt < steadyMs;
    if (this.#comesAndGoes) return isUnsteady;
    this.#times = isUnsteady ? this.#times + 1 : 0;
    this.#comesAndGoes = this.#times >= accidents;
    const what = this.#comesAndGoes ? 'comes and goes' : 'is away';
    this.#logger.warn({ host: this.#host, reason }, `${this.#name} ${what}: ${reason}`);
    return isUnsteady;
  }

  back(awayMs: number): void {
    this.#backAt = performance.now();
    const host = this.#host;
    if (!this.#comesAndGoes) {
      const after = `${(awayMs / 1000).toFixed(1)} s`;
      this.#logger.info({ host, awayMs: Math.round(awayMs) }, `${this.#name} is back after ${after}`);
      return;
    }
    this.#steady = setTimeout(() => {
      this.#comesAndGoes = false;
      this.#logger.info({ host }, `${this.#name} is back for good`);
    }, steadyMs);
    this.#steady.unref();
  }

  close(): void {
    clearTimeout(this.#steady);
  }
}
