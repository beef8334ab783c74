import type { Column } from '../row-format.js';

const dayMs = 86_400_000;
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones by the names that Amazon's reports write, in minutes east of UTC. `IST` is India's there. Checked 2026-11. */
const zoneMinutes: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  bst: 60,
  wet: 0,
  west: 60,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  mez: 60,
  mesz: 120,
  eet: 120,
  eest: 180,
  sast: 120,
  trt: 180,
  gst: 240,
  ist: 330,
  sgt: 480,
  jst: 540,
  aest: 600,
  aedt: 660,
  brt: -180,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

type Reader<Value> = (line: string, from: number, to: number) => Value | null | undefined;

/** A day as `YYYY-MM-DD`. A time beside it must be midnight, since it would be lost. */
export function dayReader(order: Column['dateOrder']): Reader<string> {
  return (line, from, to) => {
    if (to - from === 10 && isIsoDay(line, from) && daysSinceEpoch(line, from) !== undefined)
      return line.slice(from, to);
    const text = line.slice(from, to).trim();
    if (text === '') return null;
    const parts = partsOf(text, order);
    if (parts === undefined || (parts.timeMs ?? 0) !== 0) return undefined;
    return new Date(parts.days * dayMs).toISOString().slice(0, 10);
  };
}

/** @param zone - what holds where the text names none; without it such a text is not an instant. */
export function instantReader(order: Column['dateOrder'], zone: string | undefined): Reader<Date> {
  const ownMinutes = zone === undefined ? undefined : minutesOf(zone);
  return (line, from, to) => {
    const iso = isoInstant(line, from, to);
    if (iso !== undefined) return new Date(iso);
    const text = line.slice(from, to).trim();
    if (text === '') return null;
    const parts = partsOf(text, order);
    if (parts?.timeMs === undefined) return undefined;
    const minutes = parts.zone === '' ? ownMinutes : minutesOf(parts.zone);
    return minutes === undefined ? undefined : new Date(parts.days * dayMs + parts.timeMs - minutes * 60_000);
  };
}

/** The commonest form, `2026-01-31T10:00:00+00:00` (or `Z`), without a string or a pattern. */
function isoInstant(line: string, from: number, to: number): number | undefined {
  const long = to - from === 25;
  if (!(long || to - from === 20) || !isIsoDay(line, from) || line.charCodeAt(from + 10) !== 84)
    return undefined;
  const days = daysSinceEpoch(line, from);
  const hours = two(line, from + 11);
  const minutes = two(line, from + 14);
  const seconds = two(line, from + 17);
  if (days === undefined || !(hours < 24 && minutes < 60 && seconds < 60)) return undefined;
  if (line.charCodeAt(from + 13) !== 58 || line.charCodeAt(from + 16) !== 58) return undefined;
  const zone = line.charCodeAt(from + 19);
  let east = 0;
  if (long) {
    if ((zone !== 43 && zone !== 45) || line.charCodeAt(from + 22) !== 58) return undefined;
    const offset = offsetMinutes(two(line, from + 20), two(line, from + 23));
    if (offset === undefined) return undefined;
    east = zone === 45 ? -offset : offset;
  } else if (zone !== 90) return undefined;
  return days * dayMs + ((hours * 60 + minutes - east) * 60 + seconds) * 1000;
}

function isIsoDay(line: string, from: number): boolean {
  return line.charCodeAt(from + 4) === 45 && line.charCodeAt(from + 7) === 45;
}

function daysSinceEpoch(line: string, from: number): number | undefined {
  return daysOf(two(line, from) * 100 + two(line, from + 2), two(line, from + 5), two(line, from + 8));
}

/** Two digits, or NaN. */
function two(line: string, at: number): number {
  const tens = line.charCodeAt(at) - 48;
  const ones = line.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Days before the first of each month, in a year that is none of leap. */
const daysBefore = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

/** Days since 1970-01-01 of a day of the Gregorian calendar; `undefined` for one that does not exist. */
export function daysOf(year: number, month: number, day: number): number | undefined {
  // Each is NaN where its places hold no digits.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined;
  const isLeap = (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > 28 && day > monthLength(isLeap, month)) return undefined;
  const before = year - 1;
  const leapDays = (before >> 2) - ((before / 100) | 0) + ((before / 400) | 0);
  return (
    before * 365 +
    leapDays -
    719_162 +
    (daysBefore[month] as number) +
    (isLeap && month > 2 ? 1 : 0) +
    day -
    1
  );
}

function monthLength(isLeap: boolean, month: number): number {
  if (month === 2) return isLeap ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

interface Parts {
  readonly days: number;
  /** Since midnight; absent when the text has no time. */
  readonly timeMs?: number;
  readonly zone: string;
}

const dayForms =
  /^(?:(?<y>\d{4})([-/.])(?<m>\d{1,2})\2(?<d>\d{1,2})|(?<a>\d{1,2})(?<sign>[-/.])(?<b>\d{1,2})\k<sign>(?<y2>\d{4})|(?<d3>\d{1,2})[- ](?<name3>[a-z]{3,9})\.?[- ](?<y3>\d{4})|(?<name4>[a-z]{3,9})\.? (?<d4>\d{1,2}),? (?<y4>\d{4})|(?<y5>\d{4})(?<m5>\d\d)(?<d5>\d\d))(?<rest>$|[T ,].*$)/i;
const timeForm =
  /^[T ,]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?\s*([a-z]{1,4}|(?:utc|gmt)?[+-]\d\d:?(?:\d\d)?)?$/i;

function partsOf(text: string, order: Column['dateOrder']): Parts | undefined {
  const found = dayForms.exec(text)?.groups;
  if (found === undefined) return undefined;
  const days = daysOfForm(found, order);
  if (days === undefined) return undefined;
  const rest = found.rest ?? '';
  if (rest.trim() === '') return { days, zone: '' };
  const time = timeForm.exec(rest);
  if (time === null) return undefined;
  const [, hour, minute, second = '0', fraction = '', half, zone = ''] = time;
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (hours > 23 || Number(minute) > 59 || Number(second) > 59 || (half !== undefined && Number(hour) > 12))
    return undefined;
  const timeMs =
    ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000 +
    Number(fraction.padEnd(3, '0').slice(0, 3));
  return { days, timeMs, zone };
}

function daysOfForm(
  found: Record<string, string | undefined>,
  order: Column['dateOrder'],
): number | undefined {
  if (found.y2 !== undefined) {
    const [a, b] = [Number(found.a), Number(found.b)];
    const known = order ?? (found.sign === '.' || a > 12 ? 'dmy' : b > 12 ? 'mdy' : undefined);
    if (known === undefined) return undefined;
    return known === 'dmy' ? daysOf(Number(found.y2), b, a) : daysOf(Number(found.y2), a, b);
  }
  const name = found.name3 ?? found.name4;
  const month =
    name === undefined ? Number(found.m ?? found.m5) : monthNames.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  return daysOf(
    Number(found.y ?? found.y3 ?? found.y4 ?? found.y5),
    month,
    Number(found.d ?? found.d3 ?? found.d4 ?? found.d5),
  );
}

function minutesOf(zone: string): number | undefined {
  const named = zoneMinutes[zone.toLowerCase()];
  if (named !== undefined) return named;
  const offset = /^(?:utc|gmt)?([+-])(\d\d):?(\d\d)?$/i.exec(zone);
  if (offset === null) return undefined;
  const minutes = offsetMinutes(Number(offset[2]), Number(offset[3] ?? 0));
  if (minutes === undefined) return undefined;
  return offset[1] === '-' ? -minutes : minutes;
}

/** Undefined for an offset that no place on earth has; -12:00 to +14:00 are in use. */
function offsetMinutes(hours: number, minutes: number): number | undefined {
  return hours <= 14 && minutes < 60 ? hours * 60 + minutes : undefined;
}
