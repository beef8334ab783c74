import { isErrorOf } from '@fluxori/core';
import type { ContentFacts, ContentStore } from '@fluxori/documents';
import { isDamage } from './document-errors.js';
import { nameOf } from './document-names.js';
import type { SweepResult } from './document-options.js';
import type { DocumentRecord } from './document-record.js';
import type { DocumentRecords } from './document-records.js';
import type { KeptCopies } from './kept-copies.js';

/** A copy is written before it is recorded: so long it may stand without a record. */
const unrecordedMs = 60 * 60_000;

export interface SweepParts {
  readonly records: DocumentRecords;
  readonly copies: KeptCopies;
  readonly account: string;
  readonly deleteDocument: (documentId: string) => Promise<{ bytes: number } | undefined>;
}

/** Deletes what has outlived its retention, copies that nothing points to, and what writers that died left behind. */
export async function sweepDocuments(
  { records, copies, account, deleteDocument }: SweepParts,
  nowMs: number,
  signal?: AbortSignal,
): Promise<SweepResult> {
  const swept = { documents: 0, copies: 0, leftovers: 0, bytes: 0 };
  const named = new Set<string>();
  const count = (bytes: number) => {
    swept.copies += 1;
    swept.bytes += bytes;
  };
  for await (const record of records.all(signal)) {
    signal?.throwIfAborted();
    if (records.deleteAfter(record).getTime() > nowMs || !canDelete(record, copies)) {
      if (record.kept) named.add(keyOf(record.kept));
      continue;
    }
    const deleted = await deleteDocument(record.documentId);
    swept.documents += 1;
    if (deleted !== undefined) count(deleted.bytes);
  }
  for (const [store, place] of copies.stores) {
    for await (const { name, bytes, writtenAt } of contentsIn(place, copies.prefix, count)) {
      signal?.throwIfAborted();
      if (named.has(keyOf({ store, name })) || nowMs - writtenAt.getTime() < unrecordedMs) continue;
      if (await place.delete(name)) count(bytes);
    }
    // Documents on their way to Amazon, which feeds forget themselves unless their process ended for good.
    for await (const { name, bytes, writtenAt } of contentsIn(place, `feeds/${nameOf(account)}/`, count)) {
      signal?.throwIfAborted();
      if (nowMs - writtenAt.getTime() < records.retentionMs(store === 'sealedContents')) continue;
      if (await place.delete(name)) count(bytes);
    }
    const { removed, bytes } = await place.sweep({ ...(signal && { signal }) });
    swept.leftovers += removed;
    swept.bytes += bytes;
  }
  return swept;
}

/** What is damaged is of no use to anybody, and must not keep the rest from being looked at: it is deleted. */
async function* contentsIn(
  place: ContentStore,
  prefix: string,
  onDeleted: (bytes: number) => void,
): AsyncGenerator<ContentFacts, void, undefined> {
  for (;;) {
    try {
      yield* place.list(prefix);
      return;
    } catch (error) {
      const { name, size } = (isErrorOf(error, 'DocumentError') && error.details) || {};
      const ours = isDamage(error) && typeof name === 'string' && name.startsWith(prefix);
      if (!ours || !(await place.delete(name))) throw error;
      onDeleted(typeof size === 'number' ? size : 0);
    }
  }
}

/** What lies in a store that is not open here is left to a sweep that has it. */
function canDelete({ kept }: DocumentRecord, copies: KeptCopies): boolean {
  return kept === undefined || copies.has(kept.store);
}

function keyOf({ store, name }: { store: string; name: string }): string {
  return `${store} ${name}`;
}
