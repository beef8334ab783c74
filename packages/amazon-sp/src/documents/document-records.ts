import type { Clock, JsonValue } from '@fluxori/core';
import { nameOf } from './document-names.js';
import type { DocumentParts, DocumentRetention } from './document-options.js';
import type { DocumentRecord } from './document-record.js';

const dayMs = 24 * 60 * 60_000;
const usualDays = { documentsDays: 30, restrictedDocumentsDays: 30 };
/** A record without a copy goes by itself, should nobody ever sweep: so long after its retention. */
const unsweptMs = 7 * dayMs;
const gotAtOnce = 200;

type RecordParts = Pick<DocumentParts, 'keyValues' | 'locks'> & {
  readonly retention?: DocumentRetention | undefined;
};

/** What is known of an account's documents, shared by all processes. */
export class DocumentRecords {
  readonly #parts: RecordParts;
  readonly #room: string;
  readonly #clock: Clock;

  constructor(parts: RecordParts, accountId: string, clock: Clock) {
    this.#parts = parts;
    this.#room = `sp-api/documents/${accountId}/`;
    this.#clock = clock;
  }

  async get(documentId: string): Promise<DocumentRecord | undefined> {
    return (await this.#parts.keyValues.get(this.#key(documentId))) as DocumentRecord | undefined;
  }

  /** What `change` makes of what is known; `undefined` forgets it. Nobody else changes it meanwhile. */
  change<Record extends DocumentRecord | undefined>(
    documentId: string,
    change: (before: DocumentRecord | undefined) => Record,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Record> {
    const key = this.#key(documentId);
    const { keyValues, locks } = this.#parts;
    const work = async () => {
      const before = (await keyValues.get(key)) as DocumentRecord | undefined;
      const record = change(before);
      if (record === undefined) {
        if (before !== undefined) await keyValues.delete(key);
      } else if (JSON.stringify(record) !== JSON.stringify(before)) {
        await keyValues.set(key, record as unknown as JsonValue, this.#timeToLive(record));
      }
      return record;
    };
    return locks.withLock(`${key}/record`, work, { ...(signal && { signal }) });
  }

  /** In no particular order of time: by their ids. */
  async *all(signal?: AbortSignal): AsyncGenerator<DocumentRecord, void, undefined> {
    const { keyValues } = this.#parts;
    const keys = await keyValues.keys(this.#room);
    for (let at = 0; at < keys.length; at += gotAtOnce) {
      signal?.throwIfAborted();
      const some = keys.slice(at, at + gotAtOnce);
      const values =
        (await keyValues.getMany?.(some)) ?? (await Promise.all(some.map((key) => keyValues.get(key))));
      // Forgotten since the keys were listed.
      for (const value of values) if (value !== undefined) yield value as unknown as DocumentRecord;
    }
  }

  /** One process at a time works on the copy of a document; the others wait for it. */
  alone<T>(
    documentId: string,
    work: (signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const name = `${this.#key(documentId)}/copy`;
    const { signal } = options;
    return this.#parts.locks.withLock(name, (held) => work(held.signal), { ...(signal && { signal }) });
  }

  deleteAfter({ knownSince, restricted }: DocumentRecord): Date {
    return new Date(knownSince + this.retentionMs(restricted));
  }

  retentionMs(restricted: boolean): number {
    const { documentsDays, restrictedDocumentsDays } = this.#parts.retention ?? usualDays;
    return (restricted ? restrictedDocumentsDays : documentsDays) * dayMs;
  }

  #timeToLive(record: DocumentRecord): { ttlMs?: number } {
    if (record.kept !== undefined || record.copying) return {};
    const leftMs = this.deleteAfter(record).getTime() - this.#clock.now();
    return { ttlMs: Math.max(leftMs, 0) + unsweptMs };
  }

  #key(documentId: string): string {
    return this.#room + nameOf(documentId);
  }
}
