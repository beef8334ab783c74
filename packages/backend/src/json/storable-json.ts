/**
 * JSON text that every database takes. PostgreSQL's `jsonb` has no NUL character and no half of a surrogate pair, and marketplaces do send
 * them in titles; each becomes U+FFFD, the replacement character, so that one bad title does not stop an import.
 */
export function storableJson(value: unknown): string {
  // A replacer costs a call for each value, so it is used only when there is something to replace.
  const json = JSON.stringify(value);
  return suspicious.test(json) ? JSON.stringify(value, replaceText) : json;
}

/** JSON.stringify writes both as escapes: \u0000 and \ud800 to \udfff. */
const suspicious = /\\u(?:0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/;

function replaceText(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storableText(name), inner]));
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
