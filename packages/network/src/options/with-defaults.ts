/** The defaults, with what was given in place of them. An option that is there but undefined was not given: a spread would let it win. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> = {}): T {
  const merged = { ...defaults };
  for (const name of Object.keys(given) as (keyof T)[]) {
    const value = given[name];
    if (value !== undefined) merged[name] = value as T[keyof T];
  }
  return merged;
}
