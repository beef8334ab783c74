import { shown, ValidationError } from '@fluxori/core';
import { instant } from '../mapping/instant.js';

/**
 * A moment with the offset that a time zone has at it: `2026-01-31T00:00:00+02:00`. Amazon wants the offset of an interval to be that of its zone.
 * @throws ValidationError when the zone does not exist.
 */
export function zonedInstant(date: Date, timeZone: string, field: string): string {
  const utc = instant(date, field);
  if (timeZone === 'UTC') return utc;
  // Without fractions, which the zone's format does not give.
  const wholeMs = Math.floor(date.getTime() / 1_000) * 1_000;
  const offsetMinutes = offsetMinutesAt(wholeMs, timeZone);
  const local = new Date(wholeMs + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMinutes);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * When the hour, day, week (from Monday), month or year began in which a moment lies, as clocks in the zone show it.
 * @throws ValidationError when the zone does not exist.
 */
export function beginningOf(
  unit: 'hour' | 'day' | 'week' | 'month' | 'year',
  atMs: number,
  timeZone: string,
): number {
  const wall = new Date(wallClockMs(atMs, timeZone));
  wall.setUTCMinutes(0, 0, 0);
  if (unit !== 'hour') wall.setUTCHours(0);
  if (unit === 'week') wall.setUTCDate(wall.getUTCDate() - ((wall.getUTCDay() + 6) % 7));
  if (unit === 'month' || unit === 'year') wall.setUTCDate(1);
  if (unit === 'year') wall.setUTCMonth(0);
  return instantOfWall(wall.getTime(), timeZone, atMs);
}

/** When clocks in the zone show a time: of two such moments the later that is not after `atMs`, of none the one at which the clocks jump. */
function instantOfWall(wallMs: number, timeZone: string, atMs: number): number {
  const tried = [atMs, wallMs - 86_400_000, wallMs + 86_400_000].map(
    (near) => wallMs - offsetMinutesAt(near, timeZone) * 60_000,
  );
  const exact = tried.filter((ms) => ms <= atMs && wallClockMs(ms, timeZone) === wallMs);
  return exact.length > 0 ? Math.max(...exact) : Math.min(atMs, Math.max(...tried));
}

function offsetMinutesAt(ms: number, timeZone: string): number {
  const wholeMs = Math.floor(ms / 1_000) * 1_000;
  return Math.round((wallClockMs(wholeMs, timeZone) - wholeMs) / 60_000);
}

/** What clocks in the zone show, as if they were UTC; whole seconds. */
function wallClockMs(ms: number, timeZone: string): number {
  const clock = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(new Date(ms))
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = clock;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'gregory', hourCycle: 'h23', year: 'numeric', month: two, day: two },
      ...{ hour: two, minute: two, second: two },
    });
  } catch {
    throw new ValidationError(`timeZone: ${shown(timeZone)} is no time zone.`, {
      field: 'timeZone',
      remedy: 'Use an IANA name such as Africa/Johannesburg.',
    });
  }
}
