type Entry = Readonly<Record<string, unknown>>;

/** Members that tell entries of one attribute apart; the rest is what they say. */
const selectors = [
  'marketplace_id',
  'language_tag',
  'audience',
  'currency',
  'fulfillment_channel_code',
] as const;

/**
 * Applies one patch to an attribute, as the Listings Items API does it: `replace` and `add` set the whole attribute,
 * `merge` changes the entries with the same selectors and keeps the others, `delete` removes those entries, or all
 * without a value.
 *
 * @returns the new entries, or `undefined` when none is left.
 */
export function patchAttribute(
  current: unknown,
  op: 'add' | 'replace' | 'merge' | 'delete',
  value: readonly Entry[],
): readonly Entry[] | undefined {
  const entries: readonly Entry[] = Array.isArray(current) ? current : [];
  if (op === 'add' || op === 'replace') return value;
  if (op === 'delete') {
    const left = value.length === 0 ? [] : entries.filter((entry) => !value.some((one) => same(entry, one)));
    return left.length === 0 ? undefined : left;
  }
  const merged = entries.map((entry) => ({ ...entry, ...value.find((one) => same(entry, one)) }));
  return [...merged, ...value.filter((one) => !entries.some((entry) => same(entry, one)))];
}

/** Selectors that one side leaves out do not tell them apart. */
function same(a: Entry, b: Entry): boolean {
  return selectors.every((name) => a[name] === undefined || b[name] === undefined || a[name] === b[name]);
}
