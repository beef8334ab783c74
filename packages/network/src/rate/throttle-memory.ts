import type { Clock, Random } from '@fluxori/core';
import type { UsagePlan } from './usage-plan.js';

interface Spell {
  /** Refusals in a row, each after a token that was given since the one before. */
  streak: number;
  lastAt: number;
  untilMs: number;
}

/** No pause between two tries is shorter or, unless one token takes longer, longer than this. */
const shortestPauseMs = 500;
const longestPauseMs = 5 * 60_000;
const quietSpellMs = 60_000;

/**
 * What to do when the remote side refuses although our bucket had a token: somebody else draws from the same budget. The bucket pauses for
 * the time of one token and a random part more; each further refusal doubles that; a quiet spell restores it.
 */
export class ThrottleMemory {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #spells = new Map<string, Spell>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * @param grantedAt - when the refused request got its token: several requests that were under way together count as one refusal.
   * @param retryAfterMs - what the remote side asked for, if it did.
   * @returns no token before this moment, in milliseconds since the epoch.
   */
  refused(plan: UsagePlan, grantedAt: number, retryAfterMs = 0): number {
    const now = this.#clock.now();
    const tokenMs = 1000 / plan.ratePerSecond;
    const spell = this.#spells.get(plan.key);
    if (spell !== undefined && grantedAt <= spell.lastAt) {
      spell.untilMs = Math.max(spell.untilMs, now + retryAfterMs);
      return spell.untilMs;
    }
    const quiet = spell === undefined || now - spell.untilMs > Math.max(quietSpellMs, 2 * tokenMs);
    const streak = quiet ? 1 : spell.streak + 1;
    const base = Math.max(tokenMs, shortestPauseMs);
    const pause = Math.min(base * 2 ** (streak - 1), Math.max(longestPauseMs, base));
    const jittered = pause * (1 + this.#random() / 2);
    const untilMs = now + Math.max(Math.ceil(jittered), retryAfterMs);
    this.#spells.set(plan.key, { streak, lastAt: now, untilMs });
    this.#dropQuiet(now);
    return untilMs;
  }

  /** Refusals in a row that are remembered for a bucket. */
  streak(key: string): number {
    return this.#spells.get(key)?.streak ?? 0;
  }

  #dropQuiet(now: number): void {
    if (this.#spells.size < 256) return;
    for (const [key, spell] of this.#spells) {
      if (now - spell.untilMs > longestPauseMs + quietSpellMs) this.#spells.delete(key);
    }
  }
}
