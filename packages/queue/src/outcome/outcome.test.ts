import {
  AuthenticationError,
  CircuitOpenError,
  ConfigurationError,
  DocumentError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { attemptBackoff, backoffMs, hostBackoff } from './backoff.js';
import { type Outcome, outcomeOf, type RunFacts } from './outcome.js';
import { ParkRequest } from './park-request.js';

const now = Date.UTC(2026, 0, 1);
const later = new Date(now + 5_000);
const host = 'sellingpartnerapi-eu.amazon.com:443';
const facts: RunFacts = {
  now,
  attemptsMade: 0,
  maxAttempts: 5,
  tries: 0,
  waitingForHost: () => 0,
  random: () => 1,
};

const parked = (more: Partial<Extract<Outcome, { kind: 'park' }>>) => ({
  kind: 'park',
  usesAttempt: false,
  ...more,
});

/** One row for each class of error, and for each case of a class that is treated differently. */
const table: readonly (readonly [string, unknown, object])[] = [
  [
    'RateLimitError',
    new RateLimitError('m', { retryAt: later }),
    parked({ parkedFor: 'rate', until: now + 5_000 }),
  ],
  [
    'RateLimitError that is over already',
    new RateLimitError('m', { retryAt: new Date(now - 5_000) }),
    parked({ parkedFor: 'rate', until: now + 20 }),
  ],
  [
    'CircuitOpenError: not before it may be tried',
    new CircuitOpenError('m', { host, retryAt: later }),
    parked({ parkedFor: 'host', host, until: now + 5_000, tries: 1 }),
  ],
  [
    'CircuitOpenError: by backoff when that is later',
    new CircuitOpenError('m', { host, retryAt: new Date(now + 1) }),
    parked({ parkedFor: 'host', host, until: now + 1_000, tries: 1 }),
  ],
  [
    'NetworkError that never left',
    new NetworkError('m', { host, outcome: 'not-sent' }),
    parked({ parkedFor: 'host', host, until: now + 1_000, tries: 1 }),
  ],
  [
    'NetworkError whose answer was lost',
    new NetworkError('m', { host, outcome: 'unknown', code: 'NETWORK_TIMEOUT' }),
    parked({ parkedFor: 'host', host, tries: 1 }),
  ],
  [
    'RemoteError 5xx',
    new RemoteError('m', { status: 503 }),
    { ...parked({ parkedFor: 'attempt', until: now + 2_000 }), usesAttempt: true },
  ],
  [
    'RemoteError 4xx',
    new RemoteError('m', { status: 400 }),
    { kind: 'fail', error: { name: 'RemoteError', status: 400 } },
  ],
  [
    'DocumentError that may pass',
    new DocumentError('m', { retryable: true }),
    { ...parked({ parkedFor: 'attempt' }), usesAttempt: true },
  ],
  ['DocumentError', new DocumentError('m'), { kind: 'fail', error: { name: 'DocumentError' } }],
  ['ConfigurationError', new ConfigurationError('m'), { kind: 'fail', error: { code: 'CONFIG_INVALID' } }],
  ['AuthenticationError', new AuthenticationError('m'), { kind: 'fail', error: { code: 'AUTH_DENIED' } }],
  ['ValidationError', new ValidationError('m'), { kind: 'fail', error: { code: 'VALIDATION_FAILED' } }],
  ['NotFoundError', new NotFoundError('m'), { kind: 'fail', error: { code: 'NOT_FOUND' } }],
  [
    'an error of the language',
    new TypeError('x is not a function'),
    { kind: 'fail', error: { name: 'TypeError' } },
  ],
  ['what is no error at all', 'oops', { kind: 'fail', error: { name: 'Error' } }],
  [
    'ctx.park',
    new ParkRequest({ until: later, reason: 'The report is not ready.' }),
    parked({ parkedFor: 'handler', until: now + 5_000, reason: 'The report is not ready.' }),
  ],
];

describe('outcomeOf', () => {
  it.each(table)('%s', (_name, error, expected) => {
    expect(outcomeOf(error, facts)).toMatchObject(expected);
  });

  it('fails with the last attempt', () => {
    const error = new RemoteError('m', { status: 503 });
    expect(outcomeOf(error, { ...facts, attemptsMade: 3 })).toMatchObject({
      kind: 'park',
      usesAttempt: true,
    });
    expect(outcomeOf(error, { ...facts, attemptsMade: 4 })).toMatchObject({ kind: 'fail' });
  });

  it('doubles the wait for a host from one second to thirty, and starts anew after any other reason', () => {
    const error = new NetworkError('m', { host, outcome: 'not-sent' });
    const waits = [0, 1, 2, 3, 4, 5, 6, 100].map((tries) => {
      const outcome = outcomeOf(error, { ...facts, tries });
      return outcome.kind === 'park' ? (outcome.until - now) / 1_000 : undefined;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
    const rate = new RateLimitError('m', { retryAt: later });
    expect(outcomeOf(rate, { ...facts, tries: 7 })).toMatchObject({ tries: 0 });
  });

  it('spreads those who wait for one host, so that they do not come back all at once', () => {
    const error = new NetworkError('m', { host, outcome: 'not-sent' });
    const outcome = outcomeOf(error, { ...facts, waitingForHost: (name) => (name === host ? 400 : 0) });
    expect(outcome).toMatchObject({ until: now + 11_000 });
  });

  it('never makes a job spin, whatever time it is given', () => {
    const error = new ParkRequest({ until: new Date(Number.NaN), reason: 'Wrong.' });
    expect(outcomeOf(error, facts)).toMatchObject({ until: now + 20 });
  });
});

describe('backoffMs', () => {
  it('stays between half and the whole of its step, below its cap', () => {
    for (const backoff of [hostBackoff, attemptBackoff]) {
      for (let tries = 0; tries < 50; tries++) {
        const full = Math.min(backoff.capMs, backoff.firstMs * 2 ** tries);
        for (const chance of [0, 0.3, 0.999]) {
          const ms = backoffMs(backoff, tries, () => chance);
          expect(ms).toBeGreaterThanOrEqual(full / 2);
          expect(ms).toBeLessThanOrEqual(full);
        }
      }
    }
  });
});
