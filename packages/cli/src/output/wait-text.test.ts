import { describe, expect, it } from '@jest/globals';
import { parkedReason, spanText, waitText } from './wait-text.js';

const now = Date.parse('2026-11-20T23:17:15Z');

describe('a wait, for people', () => {
  it.each([
    [200, '1 s'],
    [59_000, '59 s'],
    [174_100, '2 min 55 s'],
    [5_340_000, '1 h 29 min'],
    [-5_000, '0 s'],
  ])('%i ms is %s', (ms, text) => expect(spanText(ms)).toBe(text));

  it('says how long and until when, in which time zone, and the day when it is another', () => {
    expect(waitText(new Date('2026-11-20T23:20:10Z'), now)).toBe('2 min 55 s (until 23:20:10 UTC)');
    expect(waitText(new Date('2026-11-21T00:46:15Z'), now)).toBe(
      '1 h 29 min (until 2026-11-21 00:46:15 UTC)',
    );
  });

  it('says of a time that is past that the turn has come', () => {
    expect(waitText(new Date(now - 1), now)).toContain('its turn has come');
  });

  it('leaves out of a reason the time that stands beside it', () => {
    const reason = 'orders.searchOrders@demo-za has no token left until 2026-11-20T23:20:10.992Z.';
    expect(parkedReason(reason)).toBe('orders.searchOrders@demo-za has no token left.');
    expect(parkedReason('127.0.0.1 does not answer.')).toBe('127.0.0.1 does not answer.');
  });
});
