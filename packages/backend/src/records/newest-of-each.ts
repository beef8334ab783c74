import type { CanonicalRecord } from '@fluxori/core';

/**
 * A batch may name a record more than once; only its newest version is written (of equal ones the first), and the others count as unchanged.
 */
export function newestOfEach(records: readonly CanonicalRecord[]): {
  records: CanonicalRecord[];
  repeated: number;
} {
  const newest = new Map<string, CanonicalRecord>();
  for (const record of records) {
    const key = `${record.kind} ${record.id}`;
    const there = newest.get(key);
    if (there === undefined || there.version < record.version) newest.set(key, record);
  }
  return { records: [...newest.values()], repeated: records.length - newest.size };
}
