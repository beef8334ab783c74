import { describe, expect, it } from '@jest/globals';
import { momentOf } from './moment.js';

const hour = 3_600_000;
const day = Date.UTC(2023, 0, 12);

describe('momentOf', () => {
  it.each([
    ['2023-01-12', day],
    ['2023-01-12T10:30Z', day + 10.5 * hour],
    ['2023-01-12T10:30z', day + 10.5 * hour],
    ['2023-01-12T10:30:15.25Z', day + 10.5 * hour + 15_250],
    ['2023-01-12T10:30:00.123456789Z', day + 10.5 * hour + 123],
    ['2023-01-12T10:30:00-07', day + 17.5 * hour],
    ['2023-01-12T10:30+0530', day + 5 * hour],
    ['2023-01-12T10:30:00+02:00', day + 8.5 * hour],
  ])('reads %s', (text, ms) => {
    expect(momentOf(text)).toBe(ms);
  });

  it.each([
    'yesterday',
    '',
    '2026-13-01',
    '2026-00-10',
    '2026-02-30',
    '2026-02-30T10:00:00Z',
    '2026-01-01T24:00Z',
    '2026-01-01T25:00Z',
    '2026-01-01T10:60Z',
    '2026-01-01T10:00:60Z',
    '2026-01-01T10:00',
    '2026-01-01T10Z',
    '2026-01-01T10:00+9',
    '2026-01-01T10:00+99',
    '2026-01-01T10:00+02:60',
    '2026-01-01Z',
    '01.02.2026',
  ])('finds no moment in "%s"', (text) => {
    expect(momentOf(text)).toBeUndefined();
  });
});
