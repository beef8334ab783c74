/** Writes plain data (strings, numbers, booleans, arrays, objects) as a TypeScript literal on one line. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{ ${members(value).join(', ')} }`;
  return String(value);
}

/** The members of an object literal, each as `key: value`. */
export function members(value: object): string[] {
  return Object.entries(value).map(([key, member]) => `${propertyName(key)}: ${literal(member)}`);
}

/** A string in single quotes. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}

/** A property's name, in quotes where it must be. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : quoted(name);
}
