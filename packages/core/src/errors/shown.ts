/** So much of a value is told in a message; more would not be read. */
const mostLetters = 120;

/**
 * A value that is not what it should be, for the message that refuses it: as JSON where it can be, cut where it is long. Input may be anything: a
 * cycle, a big integer, an object whose own `toString` is no function; telling of it must not break on it. Not for what may be secret or a buyer's.
 */
export function shown(value: unknown): string {
  const text = written(value);
  return text.length <= mostLetters ? text : `${text.slice(0, mostLetters).toWellFormed()}…`;
}

function written(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return `${value}`;
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return 'an object that cannot be written as JSON';
  }
}
