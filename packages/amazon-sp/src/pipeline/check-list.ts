import { shown, ValidationError } from '@fluxori/core';

/** For programs without types: text that a request can hold. @throws ValidationError that names the field. */
export function checkText(value: unknown, field: string): void {
  if (isText(value)) return;
  throw new ValidationError(`${field}: must be text, not ${shown(value)}.`, {
    field,
    remedy: 'Pass text.',
  });
}

/** For programs without types: a list of texts. @throws ValidationError that names the field, and the first item that is none. */
export function checkTexts<Text extends string>(values: readonly Text[], field: string): readonly Text[] {
  return checked(values, field, isText, 'texts');
}

/** For programs without types: a list of objects. @throws ValidationError that names the field, and the first item that is none. */
export function checkObjects<Item extends object>(values: readonly Item[], field: string): readonly Item[] {
  return checked(values, field, (one) => typeof one === 'object' && one !== null, 'objects');
}

function checked<Item>(
  values: readonly Item[],
  field: string,
  fits: (one: unknown) => boolean,
  what: string,
): readonly Item[] {
  if (!Array.isArray(values)) throw wrong(field, `must be a list of ${what}, not ${shown(values)}`, what);
  // `findIndex` also sees the holes of a list.
  const at = values.findIndex((one) => !fits(one));
  if (at < 0) return values;
  throw wrong(`${field}[${at}]`, `must be one of a list of ${what}, not ${shown(values[at])}`, what);
}

/** No URL has a way to write half of a surrogate pair. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

function wrong(field: string, problem: string, what: string): ValidationError {
  return new ValidationError(`${field}: ${problem}.`, { field, remedy: `Pass a list of ${what}.` });
}
