import type { BackoffOptions } from './backoff.js';

export interface RetryOptions extends BackoffOptions {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  /** How often a call that was throttled although it had a token lines up again. */
  readonly maxThrottles: number;
}

export const defaultRetry: RetryOptions = { maxAttempts: 4, maxThrottles: 5, baseMs: 250, capMs: 10_000 };

/**
 * Answers after which an idempotent call may be repeated: the host, or a gateway before it, failed for the moment.
 * 501 and 505 will say the same again; 429 has its own way, because it tells of a limit.
 * Source: RFC 9110, section 15.6; Amazon models 500 and 503 on all operations, 504 is seen in practice.
 */
export const transientStatuses: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Which bad ends may be followed by another attempt. */
export function mayRepeat(end: AttemptEnd, idempotent: boolean): boolean {
  switch (end.kind) {
    case 'unsent':
      return end.repeat;
    case 'unanswered':
    case 'unreadable':
      return idempotent;
    case 'refused':
      return idempotent && transientStatuses.has(end.status);
  }
}

/** How an attempt ended that did not succeed. */
export type AttemptEnd =
  /** It surely never reached the host. `repeat`: the cause may pass by itself. */
  | { readonly kind: 'unsent'; readonly repeat: boolean }
  /** No answer, or half of one: it may have been carried out. */
  | { readonly kind: 'unanswered' }
  /** A success whose body makes no sense. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'refused'; readonly status: number };
