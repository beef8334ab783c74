const form =
  /^(\d{4}-\d{2}-\d{2})(?:T((?:[01]\d|2[0-3]):\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?))?$/i;

/**
 * Reads ISO 8601 as Amazon's documentation writes it: a date (`2023-01-12`), or a date and time, with or without seconds and fractions, whose
 * offset is `Z`, `z`, `-07`, `-0700` or `-07:00`.
 *
 * @returns milliseconds since 1970; undefined for what is no date, or names none that the calendar has.
 */
export function isoMoment(text: string): number | undefined {
  const [, day, time = '00:00', seconds = ':00', offset = 'Z'] = form.exec(text) ?? [];
  if (day === undefined || !isRealDay(day)) return undefined;
  const ms = Date.parse(`${day}T${time}${seconds}${withMinutes(offset)}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `-07` as `-07:00`, which `Date.parse` needs. */
function withMinutes(offset: string): string {
  return offset.length === 3 ? `${offset}:00` : offset;
}

/** `Date.parse` alone takes February 31. */
function isRealDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
