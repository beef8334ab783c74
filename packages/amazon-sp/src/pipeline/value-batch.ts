import { shown, ValidationError } from '@fluxori/core';
import { checkTexts } from './check-list.js';

/**
 * The next values that go into one list parameter: as many as it takes, but a value with a comma goes alone. Amazon cannot tell `%2C` from the
 * comma between two values.
 * Source: developer-docs.amazon.com/sp-api/docs/url-encoding.
 *
 * @param from - index of the first.
 * @param most - how many values the parameter takes.
 */
export function valueBatch<Value extends string>(
  values: readonly Value[],
  from: number,
  most: number,
): readonly Value[] {
  const batch = values.slice(from, from + most);
  const alone = batch.findIndex(holdsComma);
  return alone < 0 ? batch : batch.slice(0, Math.max(1, alone));
}

export function holdsComma(value: string): boolean {
  return value.includes(',');
}

/** @throws ValidationError when a value with a comma is asked for together with others. */
export function checkCommas(values: readonly string[] | undefined, field: string): void {
  if (values === undefined) return;
  checkTexts(values, field);
  if (values.length < 2) return;
  const one = values.find(holdsComma);
  if (one === undefined) return;
  throw new ValidationError(
    `${field}: ${shown(one)} holds a comma, which Amazon takes for the end of a value.`,
    { field, remedy: 'Ask for it in a call of its own.' },
  );
}
