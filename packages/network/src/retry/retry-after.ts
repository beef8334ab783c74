/** A host that asks for more than a day is not believed. */
const longestMs = 24 * 60 * 60_000;

/**
 * Reads a Retry-After header: a number of seconds, or an HTTP date.
 *
 * @param now - milliseconds since the epoch.
 * @returns milliseconds from now, or undefined when there is none or it makes no sense.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : dateMs(text) - now;
  if (!Number.isFinite(waitMs)) return undefined;
  return Math.min(Math.max(Math.ceil(waitMs), 0), longestMs);
}

function dateMs(text: string): number {
  // An HTTP date names its weekday or month; a bare "-5" must not be read as a year.
  return /[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
}
