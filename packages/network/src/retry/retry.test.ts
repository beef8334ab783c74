import { ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { fullJitter } from './backoff.js';
import { Deadline } from './deadline.js';
import { retryAfterMs } from './retry-after.js';
import { type AttemptEnd, mayRepeat } from './retry-policy.js';

const now = Date.UTC(2026, 10, 20, 12, 0, 0);

describe('retryAfterMs', () => {
  it.each<[string | undefined, number | undefined]>([
    ['0', 0],
    ['2', 2_000],
    [' 1.5 ', 1_500],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:59:00 GMT', 0],
    ['999999999', 86_400_000],
    ['', undefined],
    ['-5', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads %j as %j ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('fullJitter', () => {
  it('lies between nothing and a ceiling that doubles up to the cap', () => {
    const options = { baseMs: 100, capMs: 1_000 };
    const highest = [1, 2, 3, 4, 5, 60].map((attempt) => fullJitter(attempt, options, () => 0.999_999));
    expect(highest).toEqual([99, 199, 399, 799, 999, 999]);
    expect(fullJitter(3, options, () => 0)).toBe(0);
  });
});

describe('mayRepeat', () => {
  it.each<[AttemptEnd, boolean, boolean]>([
    [{ kind: 'unsent', repeat: true }, true, true],
    [{ kind: 'unsent', repeat: false }, false, false],
    [{ kind: 'unanswered' }, false, true],
    [{ kind: 'unreadable' }, false, true],
    [{ kind: 'refused', status: 500 }, false, true],
    [{ kind: 'refused', status: 502 }, false, true],
    [{ kind: 'refused', status: 503 }, false, true],
    [{ kind: 'refused', status: 504 }, false, true],
    [{ kind: 'refused', status: 501 }, false, false],
    [{ kind: 'refused', status: 400 }, false, false],
    [{ kind: 'refused', status: 403 }, false, false],
    [{ kind: 'refused', status: 409 }, false, false],
  ])('%j: once only %p, idempotent %p', (end, otherwise, idempotent) => {
    expect(mayRepeat(end, false)).toBe(otherwise);
    expect(mayRepeat(end, true)).toBe(idempotent);
  });
});

describe('Deadline', () => {
  it('runs, but not while a rate token is waited for', async () => {
    const clock = new ManualClock();
    const deadline = new Deadline(1_000, clock);
    await clock.advance(600);
    expect(deadline.leftMs).toBe(400);
    await clock.advance(5_000);
    deadline.extend(5_000);
    expect(deadline.leftMs).toBe(400);
  });
});
