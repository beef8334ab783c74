import type { JsonValue } from '@fluxori/core';

/** PostgreSQL's `jsonb`, in which jobs are kept, has no NUL character and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** @returns the way to the first text that cannot be kept (to the object, when it is the name of a field); undefined when all can. */
export function findUnstorable(value: JsonValue): readonly string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (!isStorable(name)) return [];
    const path = findUnstorable(inner);
    if (path !== undefined) return [name, ...path];
  }
  return undefined;
}
