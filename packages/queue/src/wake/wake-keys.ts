import { type AccountId, ValidationError } from '@fluxori/core';
import { isStorable } from '../job/storable-text.js';

const longestKey = 300;
const mostKeys = 100;

/**
 * What `ctx.park` was given, as a list.
 * @throws ValidationError for a key that no store keeps, or more of them than a job may wait for.
 */
export function wakeKeys(
  wakeOn: string | readonly string[] | undefined,
  account: AccountId,
): readonly string[] {
  if (wakeOn === undefined) return [];
  const keys = [...new Set(typeof wakeOn === 'string' ? [wakeOn] : wakeOn)];
  for (const key of keys) checkWakeKey(key, account);
  if (keys.length > mostKeys) {
    throw new ValidationError(`A job wants to be woken by ${keys.length} keys; ${mostKeys} are the most.`, {
      field: 'wakeOn',
      account,
      remedy: 'Let the job wait for fewer at a time, or for one that stands for all of them.',
    });
  }
  return keys;
}

/** @throws ValidationError for a key that is empty, too long, or not plain text. */
export function checkWakeKey(key: string, account: AccountId): void {
  if (key !== '' && key.length <= longestKey && isStorable(key)) return;
  throw new ValidationError(
    `A job can be woken by a key of 1 to ${longestKey} characters of plain text; this is none.`,
    { field: 'wakeOn', account, remedy: 'Make the key of ids, e.g. report:1234.' },
  );
}
