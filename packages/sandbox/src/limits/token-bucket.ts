import type { ForeignUse } from './foreign-use.js';

/** A usage plan: `rate` requests per second on average, `burst` at once. */
export interface Plan {
  readonly rate: number;
  readonly burst: number;
}

/** Amazon's token bucket. It starts full, refills continuously, and never holds more than its burst. */
export class TokenBucket {
  #plan: Plan;
  #tokens: number;
  #filledAtMs: number;

  constructor(plan: Plan, nowMs: number) {
    this.#plan = plan;
    this.#tokens = plan.burst;
    this.#filledAtMs = nowMs;
  }

  get plan(): Plan {
    return this.#plan;
  }

  /** Gives the bucket another plan from now on. What it holds stays, as far as the new burst allows. */
  adopt(plan: Plan, nowMs: number, foreign: readonly ForeignUse[] = []): void {
    this.#tokens = Math.min(plan.burst, this.tokens(nowMs, foreign));
    this.#plan = plan;
  }

  /** The tokens there are now, fractions included. */
  tokens(nowMs: number, foreign: readonly ForeignUse[] = []): number {
    if (nowMs <= this.#filledAtMs) return this.#tokens;
    let effectiveMs = nowMs - this.#filledAtMs;
    for (const use of foreign) effectiveMs -= use.share * overlapMs(use, this.#filledAtMs, nowMs);
    const gained = (Math.max(effectiveMs, 0) / 1_000) * this.#plan.rate;
    this.#tokens = Math.min(this.#plan.burst, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    return this.#tokens;
  }

  /** Takes one token. Call it only when `tokens` says that there is one. */
  take(): void {
    this.#tokens -= 1;
  }

  /** Removes a part of what the bucket can hold, as another program's requests would. */
  drain(part: number): void {
    this.#tokens = Math.max(0, this.#tokens - part * this.#plan.burst);
  }
}

function overlapMs(use: ForeignUse, fromMs: number, toMs: number): number {
  return Math.max(0, Math.min(toMs, use.untilMs) - Math.max(fromMs, use.fromMs));
}
