import { ValidationError } from '@fluxori/core';

const longest = 120;
/** A date names nobody. */
const day = /\b20\d\d-\d\d-\d\d\b/g;

/**
 * For what somebody takes personal data out, in his words. It goes into the audit trail, which holds no person.
 * @throws ValidationError for none, a long one, or one that looks like a person's address or number.
 */
export function purposeOption(text: string): string {
  const purpose = text.trim().replace(/\s+/g, ' ');
  const problem =
    purpose.length < 3
      ? 'says no purpose'
      : purpose.length > longest
        ? `is longer than ${longest} characters`
        : /@|\d[\d\s-]{7,}\d/.test(purpose.replaceAll(day, ''))
          ? 'looks as if it named a person or an order'
          : undefined;
  if (problem === undefined) return purpose;
  throw new ValidationError(`--personal ${problem}.`, {
    field: 'personal',
    remedy: 'Say in a few words what the file is for, and no names: e.g. --personal "shipping labels".',
  });
}
