import { ValidationError } from '@fluxori/core';
import { isoMoment } from './iso-moment.js';

/** A date as Amazon takes it. @throws ValidationError naming `field` when it is no date. */
export function instant(date: Date, field: string): string {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
    throw new ValidationError(`${field}: is not a valid date.`, {
      field,
      remedy: 'Pass a Date made from ISO 8601 text, e.g. new Date("2026-01-31T08:00:00Z").',
    });
  }
  return date.toISOString();
}

/** Amazon's date as ISO 8601 in UTC, always in the same form, so that it sorts as text; undefined when Amazon gave none that can be read. */
export function utc(text: string | undefined): string | undefined {
  const at = text === undefined || text === '' ? Number.NaN : (isoMoment(text) ?? Date.parse(text));
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
