import { isErrorOf, isFluxoriError, type Random } from '@fluxori/core';
import { attemptBackoff, backoffMs, hostBackoff } from './backoff.js';
import { ParkRequest } from './park-request.js';
import { type StoredError, storeError } from './stored-error.js';

/**
 * What a job waits for while it is parked: a token, a host, what its handler asked for, the next attempt; that an operator resumes its
 * account, that another job of its account ends, a worker of a newer release, its turn after it was there when a process died.
 */
export type ParkedFor = 'rate' | 'host' | 'handler' | 'attempt' | 'pause' | 'account' | 'version' | 'crash';

/** What becomes of a run that ended with an error. Times are milliseconds since the epoch. */
export type Outcome =
  | {
      readonly kind: 'park';
      readonly parkedFor: ParkedFor;
      readonly until: number;
      readonly reason: string;
      readonly host?: string;
      /** Runs in a row that this host ended. */
      readonly tries: number;
      readonly usesAttempt: boolean;
      /** What wakes it before. */
      readonly wakeOn?: readonly string[];
      /** When it began to wait for this, where the wait has an end. */
      readonly since?: number;
    }
  | { readonly kind: 'fail'; readonly error: StoredError };

export interface RunFacts {
  readonly now: number;
  /** Attempts that failed before this run, and how many there are. */
  readonly attemptsMade: number;
  readonly maxAttempts: number;
  /** Runs in a row that a host ended before this one. */
  readonly tries: number;
  /** How many jobs wait for this host already: they come back one by one, not all at once. */
  readonly waitingForHost: (host: string) => number;
  readonly random: Random;
}

/** However soon a turn is said to be, a job does not spin. */
const shortestParkMs = 20;
/** Between two jobs that come back to a host by themselves. */
const hostSpacingMs = 25;

/**
 * The one place where our errors become what the queue does.
 *
 * | error | outcome |
 * | --- | --- |
 * | `RateLimitError` | parked until `retryAt`, no attempt used |
 * | `CircuitOpenError`, `NetworkError` | parked until the host is back (or a backoff is over), no attempt used |
 * | `ctx.park(…)` | parked as asked, or until it is woken; no attempt used |
 * | any other error of ours that is `retryable` (`RemoteError` 5xx, some `DocumentError`s) | an attempt is used, then a backoff; failed after the last |
 * | everything else, ours or not | failed at once: repeating cannot help |
 */
export function outcomeOf(error: unknown, facts: RunFacts): Outcome {
  if (error instanceof ParkRequest) {
    const { until, reason, wakeOn } = error.order;
    const park = parked(error.parkedFor, until.getTime(), reason, facts);
    return wakeOn === undefined ? park : { ...park, wakeOn: typeof wakeOn === 'string' ? [wakeOn] : wakeOn };
  }
  if (isErrorOf(error, 'RateLimitError')) {
    return parked('rate', error.retryAt.getTime(), error.message, facts);
  }
  if (isErrorOf(error, 'CircuitOpenError')) {
    return parkedForHost(error.host, error.message, error.retryAt.getTime(), facts);
  }
  if (isErrorOf(error, 'NetworkError')) {
    return parkedForHost(error.host, error.message, facts.now, facts);
  }
  const attempt = facts.attemptsMade + 1;
  if (isFluxoriError(error) && error.retryable && attempt < facts.maxAttempts) {
    const until = facts.now + backoffMs(attemptBackoff, facts.attemptsMade, facts.random);
    const reason = `Attempt ${attempt} of ${facts.maxAttempts} failed: ${error.message}`;
    return { ...parked('attempt', until, reason, facts), usesAttempt: true };
  }
  return { kind: 'fail', error: storeError(error) };
}

function parkedForHost(host: string, reason: string, notBefore: number, facts: RunFacts): Outcome {
  const alone = backoffMs(hostBackoff, facts.tries, facts.random);
  const wait = alone + facts.waitingForHost(host) * hostSpacingMs;
  const until = Math.max(facts.now + wait, notBefore);
  return { ...parked('host', until, reason, facts), host, tries: facts.tries + 1 };
}

function parked(parkedFor: ParkedFor, until: number, reason: string, facts: RunFacts) {
  return {
    kind: 'park',
    parkedFor,
    until: Math.max(Number.isFinite(until) ? until : 0, facts.now + shortestParkMs),
    reason,
    tries: 0,
    usesAttempt: false,
  } as const;
}
