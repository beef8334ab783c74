import type { AccountId, RecordStore, StoredRecord } from '@fluxori/core';
import type { PruneOrder } from '../job/job-context.js';

const page = 500;

/** Deletes old records that match. Looks only at what is older: records come newest first, so it begins behind those that are not. */
export async function pruneRecords(
  records: Pick<RecordStore, 'walk' | 'delete'>,
  accountId: AccountId,
  { kind, olderThan, matches }: PruneOrder,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0;
  let after: Pick<StoredRecord, 'accountId' | 'id' | 'version'> = { accountId, id: '', version: olderThan };
  for (;;) {
    signal?.throwIfAborted();
    const found = await records.walk(kind, { accountId, after, limit: page });
    const gone = found.filter(({ id, version }) => version < olderThan && matches(id)).map(({ id }) => id);
    // Looked at once more by the store: one that was written meanwhile is newer.
    if (gone.length > 0) deleted += await records.delete(kind, accountId, gone, { olderThan });
    if (found.length < page) return deleted;
    after = found.at(-1) as StoredRecord;
  }
}
