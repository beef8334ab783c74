import { describe, expect, it } from '@jest/globals';
import { beginningOf, zonedInstant } from './zoned-instant.js';

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

describe('where a piece of time begins', () => {
  it.each([
    ['hour', 'Asia/Kolkata', '2026-01-31T10:10:00Z', '2026-01-31T09:30:00.000Z'],
    ['day', 'UTC', '2026-01-31T10:10:00Z', '2026-01-31T00:00:00.000Z'],
    ['day', 'Africa/Johannesburg', '2026-01-31T22:00:00Z', '2026-01-31T22:00:00.000Z'],
    ['day', 'Africa/Johannesburg', '2026-01-31T21:59:59Z', '2026-01-30T22:00:00.000Z'],
    // On the days on which the clocks change.
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z'],
    ['hour', 'Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25T01:00:00.000Z'],
    ['hour', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T00:00:00.000Z'],
    // There the clocks jump at midnight, so that the day begins at one o’clock.
    ['day', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00.000Z'],
    ['week', 'Africa/Johannesburg', '2026-11-18T02:00:00Z', '2026-11-15T22:00:00.000Z'],
    ['month', 'America/New_York', '2026-11-18T02:00:00Z', '2026-11-01T04:00:00.000Z'],
    ['year', 'Asia/Tokyo', '2026-11-18T02:00:00Z', '2025-12-31T15:00:00.000Z'],
  ] as const)('is right for a %s in %s at %s', (unit, zone, at, begins) => {
    expect(new Date(beginningOf(unit, Date.parse(at), zone)).toISOString()).toBe(begins);
  });
});
