import type { Random } from '@fluxori/core';

interface Backoff {
  readonly firstMs: number;
  readonly capMs: number;
}

/** For what waits until a host is back. The host's recovery ends the wait; this is the net below it. */
export const hostBackoff: Backoff = { firstMs: 1_000, capMs: 30_000 };
/** Between attempts, when the remote side answered that it failed. */
export const attemptBackoff: Backoff = { firstMs: 2_000, capMs: 300_000 };

/**
 * Doubles from `firstMs` to `capMs`; half of it is left to chance, so that what failed together does not come back together.
 *
 * @param tries - how many times it failed before, from 0.
 * @returns milliseconds.
 */
export function backoffMs({ firstMs, capMs }: Backoff, tries: number, random: Random): number {
  const full = Math.min(capMs, firstMs * 2 ** Math.min(tries, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
