import { ValidationError } from '@fluxori/core';

/** A part begins with no dot: so neither `..` nor a hidden file can be named. */
const part = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** The longest name, in characters, that all stores take. S3's own limit is 1,024 with the store's prefix. */
export const longestName = 600;

/**
 * Lets no name out of the store's place, and none in that only some systems could keep.
 * @throws ValidationError that names the rule.
 */
export function checkContentName(name: string, longest = longestName): void {
  const good =
    typeof name === 'string' &&
    name.length <= longest &&
    name.split('/').every((one) => part.test(one) && !one.endsWith('.'));
  if (good) return;
  throw new ValidationError(`${JSON.stringify(String(name).slice(0, 80))} cannot be the name of a content.`, {
    field: 'name',
    remedy: `Use parts of letters, digits, "-", "_" and ".", not beginning or ending with a dot, with "/" between them, ${longest} characters at most.`,
  });
}

/** @throws ValidationError when the reading is to begin outside of the content. */
export function checkFrom(from: number, { name, bytes }: { name: string; bytes: number }): void {
  if (Number.isSafeInteger(from) && from >= 0 && from <= bytes) return;
  throw new ValidationError(`${name} has ${bytes} bytes, so it cannot be read from byte ${from}.`, {
    field: 'from',
    remedy: 'Begin at a whole number from 0 to its size.',
  });
}
