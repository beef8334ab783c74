import type {
  AccountId,
  JsonValue,
  RecordBatch,
  RecordKind,
  RecordKinds,
  RecordQuery,
  RecordReplacement,
  RecordStore,
  RecordWalk,
  StoredRecord,
  WriteResult,
} from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import type { Lifetime } from '../life/lifetime.js';
import { newestOfEach } from '../records/newest-of-each.js';

type Place = Pick<StoredRecord, 'accountId' | 'id' | 'version'>;

interface Stored extends Place {
  readonly json: string;
}

/** Records in maps, one for each kind. Kept as JSON text, so that nobody shares an object with the store. */
export class MemoryRecordStore implements RecordStore {
  readonly #records = new Map<RecordKind, Map<string, Stored>>();
  readonly #state = new Map<string, string>();
  readonly #life: Lifetime;

  constructor(life: Lifetime) {
    this.#life = life;
  }

  async write(batch: RecordBatch, options: { signal?: AbortSignal } = {}): Promise<WriteResult> {
    this.#life.check();
    options.signal?.throwIfAborted();
    const { records, repeated } = newestOfEach(batch.records ?? []);
    // Everything is turned into text before anything is changed: a value that cannot be written leaves nothing half done.
    const rows = records.map(({ kind, id, version, value }) => ({
      kind,
      stored: { accountId: batch.accountId, id, version, json: storableJson(value) },
    }));
    const state = Object.entries(batch.state ?? {}).map(
      ([key, value]) => [key, storableJson(value)] as const,
    );
    const result = { inserted: 0, updated: 0, unchanged: repeated };
    for (const { kind, stored } of rows) result[this.#put(kind, stored)]++;
    for (const [key, json] of state) {
      if (json === 'null') this.#state.delete(pair(batch.accountId, key));
      else this.#state.set(pair(batch.accountId, key), json);
    }
    return result;
  }

  async get<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    id: string,
  ): Promise<RecordKinds[Kind] | undefined> {
    this.#life.check();
    const stored = this.#records.get(kind)?.get(pair(accountId, id));
    return stored && (JSON.parse(stored.json) as RecordKinds[Kind]);
  }

  async list<Kind extends RecordKind>(
    kind: Kind,
    query: RecordQuery = {},
  ): Promise<readonly RecordKinds[Kind][]> {
    this.#life.check();
    const offset = query.offset ?? 0;
    return this.#of(kind, query.accountId)
      .sort(newestFirst)
      .slice(offset, offset + (query.limit ?? 100))
      .map((stored) => JSON.parse(stored.json) as RecordKinds[Kind]);
  }

  async count(kind: RecordKind, query: { accountId?: AccountId } = {}): Promise<number> {
    this.#life.check();
    return this.#of(kind, query.accountId).length;
  }

  async readState(accountId: AccountId, key: string): Promise<JsonValue | undefined> {
    this.#life.check();
    const json = this.#state.get(pair(accountId, key));
    return json === undefined ? undefined : (JSON.parse(json) as JsonValue);
  }

  async walk<Kind extends RecordKind>(
    kind: Kind,
    { accountId, after, limit = 100 }: RecordWalk = {},
  ): Promise<readonly StoredRecord<Kind>[]> {
    this.#life.check();
    return this.#of(kind, accountId)
      .filter((stored) => after === undefined || newestFirst(after, stored) < 0)
      .sort(newestFirst)
      .slice(0, limit)
      .map((stored) => toRecord<Kind>(stored));
  }

  async stored<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    ids: readonly string[],
  ): Promise<readonly StoredRecord<Kind>[]> {
    this.#life.check();
    const found = [...new Set(ids)].map((id) => this.#records.get(kind)?.get(pair(accountId, id)));
    return found.filter((one) => one !== undefined).map((stored) => toRecord<Kind>(stored));
  }

  async replace<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    changes: readonly RecordReplacement<Kind>[],
  ): Promise<number> {
    this.#life.check();
    const ofKind = this.#records.get(kind);
    let replaced = 0;
    for (const { id, version, json } of changes.map((one) => ({ ...one, json: storableJson(one.value) }))) {
      const key = pair(accountId, id);
      if (ofKind?.get(key)?.version !== version) continue;
      ofKind.set(key, { accountId, id, version, json });
      replaced++;
    }
    return replaced;
  }

  async delete(
    kind: RecordKind,
    accountId: AccountId,
    ids: readonly string[],
    { olderThan }: { olderThan?: string } = {},
  ): Promise<number> {
    this.#life.check();
    const ofKind = this.#records.get(kind);
    let deleted = 0;
    for (const key of ids.map((id) => pair(accountId, id))) {
      const there = ofKind?.get(key);
      if (there === undefined || (olderThan !== undefined && there.version >= olderThan)) continue;
      ofKind?.delete(key);
      deleted++;
    }
    return deleted;
  }

  #put(kind: RecordKind, stored: Stored): keyof WriteResult {
    const ofKind = this.#records.get(kind) ?? new Map<string, Stored>();
    this.#records.set(kind, ofKind);
    const key = pair(stored.accountId, stored.id);
    const there = ofKind.get(key);
    if (there !== undefined && there.version >= stored.version) return 'unchanged';
    ofKind.set(key, stored);
    return there === undefined ? 'inserted' : 'updated';
  }

  #of(kind: RecordKind, accountId?: AccountId): Stored[] {
    const all = [...(this.#records.get(kind)?.values() ?? [])];
    return accountId === undefined ? all : all.filter((stored) => stored.accountId === accountId);
  }
}

function toRecord<Kind extends RecordKind>({ json, ...place }: Stored): StoredRecord<Kind> {
  return { ...place, value: JSON.parse(json) as RecordKinds[Kind] };
}

/** One key from two names; the account's cannot hold a space. */
function pair(accountId: AccountId, name: string): string {
  return `${accountId} ${name}`;
}

/** The order that PostgreSQL gives for `version desc, account_id, id` in its C collation: by code unit. */
function newestFirst(a: Place, b: Place): number {
  return compare(b.version, a.version) || compare(a.accountId, b.accountId) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
