import { accountId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { AccountSlots } from './account-slots.js';

const a = accountId('acme-za');
const b = accountId('other-za');

describe('places of an account', () => {
  it('are so many and no more, for each account its own', () => {
    const slots = new AccountSlots(2);
    expect([1, 2, 3].map((n) => slots.enter(a, `a${n}`, 3))).toEqual([true, true, false]);
    expect(slots.enter(b, 'b1', 3)).toBe(true);
    slots.leave(a, 3);
    expect(slots.enter(a, 'a3', 3)).toBe(true);
  });

  it('are given on as they fall free: one is called for each, most urgent first, then in order of arrival', () => {
    const slots = new AccountSlots(1);
    slots.enter(a, 'running', 3);
    for (const [jobId, priority] of [
      ['bulk', 5],
      ['first', 3],
      ['second', 3],
      ['high', 2],
    ] as const) {
      expect(slots.enter(a, jobId, priority)).toBe(false);
      slots.wait(a, jobId, priority);
    }
    expect(slots.call(a)).toEqual([]);
    const called: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      slots.leave(a, 3);
      const [next, ...more] = slots.call(a);
      expect(more).toEqual([]);
      called.push(next!);
      expect(slots.enter(a, next!, 3)).toBe(true);
    }
    expect(called).toEqual(['high', 'first', 'second', 'bulk']);
    slots.leave(a, 3);
    expect(slots.call(a)).toEqual([]);
  });

  it('are kept for one that was called, from others that come meanwhile, but not for ever', () => {
    const slots = new AccountSlots(1);
    slots.enter(a, 'running', 3);
    slots.wait(a, 'early', 3);
    slots.wait(a, 'late', 3);
    slots.leave(a, 3);
    expect(slots.call(a)).toEqual(['early']);
    expect(slots.isWaiting(a, 'early')).toBe(false);
    expect(slots.enter(a, 'faster', 3)).toBe(false);
    expect(slots.call(a)).toEqual([]);
    expect([1, 2, 3, 4].map(() => slots.callAgain())).toEqual([[], [], [], ['late']]);
    expect(slots.enter(a, 'late', 3)).toBe(true);
    slots.wait(a, 'early', 3);
    slots.leave(a, 3);
    expect(slots.call(a)).toEqual(['early']);
    expect(slots.enter(a, 'early', 3)).toBe(true);
  });

  it('neither hold a critical job back nor count it', () => {
    const slots = new AccountSlots(1);
    expect(slots.enter(a, 'critical', 1)).toBe(true);
    expect(slots.enter(a, 'normal', 3)).toBe(true);
    expect(slots.enter(a, 'critical2', 1)).toBe(true);
    slots.leave(a, 1);
    expect(slots.enter(a, 'normal2', 3)).toBe(false);
  });

  it('forget who is gone', () => {
    const slots = new AccountSlots(1);
    slots.enter(a, 'running', 3);
    slots.wait(a, 'gone', 3);
    slots.forget('gone');
    slots.leave(a, 3);
    expect(slots.call(a)).toEqual([]);
  });
});
