import {
  type ErasedOrder,
  type Order,
  type PersonalGroup,
  personalGroups,
  type RecordStore,
} from '@fluxori/core';
import { type PartedValue, parted } from './sealed-groups.js';

const mostPasses = 5;

/**
 * Deletes the personal data of an order that is kept. A record that is written meanwhile has another version: it is looked at again.
 *
 * @param store - the store itself, not one that protects it.
 * @returns what was deleted.
 */
export async function stripPersons(
  store: RecordStore,
  { accountId, orderId }: ErasedOrder,
): Promise<readonly PersonalGroup[]> {
  const deleted = new Set<PersonalGroup>();
  for (let pass = 0; pass < mostPasses; pass++) {
    const [there] = await store.stored('order', accountId, [orderId]);
    if (there === undefined) break;
    const { open, groups } = partsOf(there);
    if (groups.length === 0) break;
    const done = await store.replace('order', accountId, [{ ...there, value: open }]);
    if (done > 0) for (const group of groups) deleted.add(group);
  }
  return [...deleted];
}

/** An order taken apart, and which groups of personal data it has, sealed or not. */
export function partsOf({ value }: { readonly value: Order }) {
  const { open, plain, sealed } = parted('order', value) as PartedValue;
  const groups = personalGroups.filter((group) => plain[group] !== undefined || sealed[group] !== undefined);
  return { open: open as Order, plain, sealed, groups };
}
