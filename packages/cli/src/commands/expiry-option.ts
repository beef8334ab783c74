import { ValidationError } from '@fluxori/core';

const dayMs = 86_400_000;

/** When something ends: an ISO 8601 date or date-time in the future, or a span from now in days such as `180d`. */
export function expiryOption(text: string, now = Date.now()): Date {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const end =
    days !== undefined ? new Date(now + Number(days) * dayMs) : new Date(isDate ? text : Number.NaN);
  if (end.getTime() > now) return end;
  throw new ValidationError(
    `--expires ${JSON.stringify(text)} is ${Number.isNaN(end.getTime()) ? 'no date' : 'past'}.`,
    { field: 'expires', remedy: 'Write a date such as 2027-05-01, or a span in days such as 180d.' },
  );
}
