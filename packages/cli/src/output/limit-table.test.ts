import type { RateState } from '@fluxori/network';
import { describe, expect, it } from '@jest/globals';
import { limitRow, mostUsed } from './limit-table.js';

const now = Date.UTC(2026, 10, 21);
const limit = (label: string, more: Partial<RateState> = {}): RateState => ({
  ...{
    key: label,
    label,
    source: 'published',
    ratePerSecond: 2,
    burst: 10,
    level: 10,
    inFlight: 0,
    waiting: 0,
  },
  nextTokenAt: new Date(now),
  ...more,
});

describe('the table of limits', () => {
  it('tells level, rate, where it comes from, who waits, and when the next token comes', () => {
    const slow = limit('orders.searchOrders@acme', {
      ...{ ratePerSecond: 0.0056, burst: 20, level: 0.349, inFlight: 1, waiting: 3, source: 'observed' },
      nextTokenAt: new Date(now + 116_000),
    });
    expect(limitRow(slow, now)).toEqual([
      'orders.searchOrders@acme',
      '0.34',
      20,
      '1 in 2 min 59 s',
      'observed',
      1,
      3,
      'in 1 min 56 s',
    ]);
  });

  it('says when another program draws from the same limit, and when only another process knows it', () => {
    const shared = limit('a', { yielding: { share: 0.52, since: new Date(now) } });
    expect(limitRow(shared, now)[4]).toBe('published; shared with another program: 52 % is ours');
    expect(limitRow(limit('a', { source: undefined }), now)[4]).toBe('another process');
  });

  it('keeps those in which most goes on, in order of their names', () => {
    const all = [limit('d'), limit('c', { waiting: 1 }), limit('b', { level: 0 }), limit('a')];
    expect(mostUsed(all, 2).map(({ label }) => label)).toEqual(['b', 'c']);
    expect(mostUsed(all, 9).map(({ label }) => label)).toEqual(['a', 'b', 'c', 'd']);
  });
});
