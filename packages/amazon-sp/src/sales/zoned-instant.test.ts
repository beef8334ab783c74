import { describe, expect, it } from '@jest/globals';
import { zonedInstant } from './zoned-instant.js';

describe('a moment with its zone’s offset', () => {
  it.each([
    ['UTC', '2026-01-31T00:00:00.000Z', '2026-01-31T00:00:00.000Z'],
    ['Africa/Johannesburg', '2026-01-30T22:00:00Z', '2026-01-31T00:00:00+02:00'],
    ['America/Los_Angeles', '2026-01-31T08:00:00Z', '2026-01-31T00:00:00-08:00'],
    ['America/Los_Angeles', '2026-07-31T07:00:00Z', '2026-07-31T00:00:00-07:00'],
    ['Asia/Kolkata', '2026-01-31T18:30:00Z', '2026-02-01T00:00:00+05:30'],
    ['Europe/London', '2026-01-31T00:00:00.999Z', '2026-01-31T00:00:00+00:00'],
  ])('is right in %s', (zone, utc, local) => {
    expect(zonedInstant(new Date(utc), zone, 'from')).toBe(local);
  });

  it('is the same moment through a change to summer time', () => {
    for (let hour = 0; hour < 48; hour++) {
      const at = new Date(Date.UTC(2026, 2, 28, hour));
      expect(new Date(zonedInstant(at, 'Europe/Berlin', 'from'))).toEqual(at);
    }
  });

  it('needs a zone that exists', () => {
    expect(() => zonedInstant(new Date(), 'Mars/Olympus', 'from')).toThrow(/no time zone/);
  });
});
