import { ValidationError } from '@fluxori/core';
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
  const offsetMinutes = Math.round((wallClockMs(new Date(wholeMs), timeZone) - wholeMs) / 60_000);
  const local = new Date(wholeMs + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMinutes);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** What clocks in the zone show, as if they were UTC. */
function wallClockMs(date: Date, timeZone: string): number {
  const shown = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(date)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
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
    throw new ValidationError(`timeZone: ${JSON.stringify(timeZone)} is no time zone.`, {
      field: 'timeZone',
      remedy: 'Use an IANA name such as Africa/Johannesburg.',
    });
  }
}
