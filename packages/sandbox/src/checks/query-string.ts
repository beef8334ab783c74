import { invalidInput } from '../http/refusal.js';

/** The values of each query parameter in the order sent, decoded. */
export type Query = ReadonlyMap<string, readonly string[]>;

const empty: Query = new Map();

/** @throws Refusal (400) for a broken percent-encoding. */
export function parseQuery(text: string): Query {
  if (text === '') return empty;
  const query = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidInput('Request has malformed parameters.', `The percent-encoding of '${text}' is broken.`);
  }
}
