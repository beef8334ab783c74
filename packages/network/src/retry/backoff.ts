import type { Random } from '@fluxori/core';

export interface BackoffOptions {
  /** The longest first pause. */
  readonly baseMs: number;
  /** No pause is longer. */
  readonly capMs: number;
}

/**
 * Full jitter: anything from nothing to an exponentially growing ceiling, so that clients that failed together do not come back together.
 *
 * @param attempt - which attempt failed, from 1.
 * @returns milliseconds.
 */
export function fullJitter(attempt: number, options: BackoffOptions, random: Random): number {
  const ceiling = Math.min(options.capMs, options.baseMs * 2 ** (attempt - 1));
  return Math.floor(random() * ceiling);
}
