import type {
  AccountId,
  CanonicalRecord,
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
import { newestOfEach } from '../records/newest-of-each.js';
import {
  deleteRecords,
  listRecords,
  replaceRecords,
  storedRecords,
  walkRecords,
  writeRecords,
} from './lua/record-scripts.js';
import type { RedisLink } from './redis-link.js';

/** How many records one script lists, so that others are not held up for long. */
const page = 500;

/** Records and the state of jobs in hashes, and their order in sorted sets; a batch is one script, whole or not at all. */
export class RedisRecordStore implements RecordStore {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async write(batch: RecordBatch, options: { signal?: AbortSignal } = {}): Promise<WriteResult> {
    options.signal?.throwIfAborted();
    const { records, repeated } = newestOfEach((batch.records ?? []).map(withStorableNames));
    const state = Object.entries(batch.state ?? {});
    if (records.length === 0 && state.length === 0) return { inserted: 0, updated: 0, unchanged: repeated };
    const kinds = Map.groupBy(records, ({ kind }) => kind);
    const args: (string | number)[] = [batch.accountId, kinds.size];
    for (const [kind, ofKind] of kinds) {
      args.push(kind, ofKind.length);
      for (const { id, version, value } of ofKind) args.push(id, version, storableJson(value));
    }
    for (const [key, value] of state) args.push(key, value === null ? '' : storableJson(value));
    const [inserted, updated] = (await this.#link.script(writeRecords, args, options)) as [number, number];
    return { inserted, updated, unchanged: (batch.records?.length ?? 0) - inserted - updated };
  }

  async get<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    id: string,
  ): Promise<RecordKinds[Kind] | undefined> {
    const json = await this.#field(`record/${kind}/${accountId}`, id);
    return json === null ? undefined : (JSON.parse(json) as RecordKinds[Kind]);
  }

  async list<Kind extends RecordKind>(
    kind: Kind,
    query: RecordQuery = {},
  ): Promise<readonly RecordKinds[Kind][]> {
    const limit = query.limit ?? 100;
    const found: RecordKinds[Kind][] = [];
    let last: readonly string[] = [];
    while (found.length < limit) {
      const wanted = Math.min(limit - found.length, page);
      const skip = last.length === 0 ? (query.offset ?? 0) : 0;
      const args = [kind, query.accountId ?? '', skip, wanted, ...last];
      const [values, end] = (await this.#link.script(listRecords, args)) as [string[], string[]];
      for (const json of values) found.push(JSON.parse(json) as RecordKinds[Kind]);
      if (values.length < wanted) break;
      last = end;
    }
    return found;
  }

  async count(kind: RecordKind, query: { accountId?: AccountId } = {}): Promise<number> {
    const order = `${this.#link.root}record-order/${kind}`;
    const { accountId } = query;
    return this.#link.run((client) =>
      client.zcard(accountId === undefined ? order : `${order}/${accountId}`),
    );
  }

  async readState(accountId: AccountId, key: string): Promise<JsonValue | undefined> {
    const json = await this.#field(`state/${accountId}`, key);
    return json === null ? undefined : (JSON.parse(json) as JsonValue);
  }

  async walk<Kind extends RecordKind>(
    kind: Kind,
    { accountId, after, limit = 100 }: RecordWalk = {},
  ): Promise<readonly StoredRecord<Kind>[]> {
    const walked: StoredRecord<Kind>[] = [];
    let last = after;
    while (walked.length < limit) {
      const wanted = Math.min(limit - walked.length, page);
      const from = last === undefined ? [] : [last.version, last.accountId, last.id];
      const found = (await this.#link.script(walkRecords, [
        kind,
        accountId ?? '',
        wanted,
        ...from,
      ])) as string[];
      walked.push(...recordsIn<Kind>(found));
      last = walked.at(-1);
      if (found.length < wanted * 4) break;
    }
    return walked;
  }

  async stored<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    ids: readonly string[],
  ): Promise<readonly StoredRecord<Kind>[]> {
    const names = [...new Set(ids.map(storable))];
    const found: StoredRecord<Kind>[] = [];
    for (let start = 0; start < names.length; start += page) {
      const some = names.slice(start, start + page);
      const answer = (await this.#link.script(storedRecords, [kind, accountId, ...some])) as string[];
      found.push(...recordsIn<Kind>(answer));
    }
    return found;
  }

  async replace<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    changes: readonly RecordReplacement<Kind>[],
  ): Promise<number> {
    let replaced = 0;
    for (let start = 0; start < changes.length; start += page) {
      const args = changes
        .slice(start, start + page)
        .flatMap(({ id, version, value }) => [storable(id), storable(version), storableJson(value)]);
      replaced += (await this.#link.script(replaceRecords, [kind, accountId, ...args])) as number;
    }
    return replaced;
  }

  async delete(
    kind: RecordKind,
    accountId: AccountId,
    ids: readonly string[],
    { olderThan = '' }: { olderThan?: string } = {},
  ): Promise<number> {
    let deleted = 0;
    for (let start = 0; start < ids.length; start += page) {
      const some = ids.slice(start, start + page).map(storable);
      deleted += (await this.#link.script(deleteRecords, [kind, accountId, olderThan, ...some])) as number;
    }
    return deleted;
  }

  #field(hash: string, field: string): Promise<string | null> {
    return this.#link.run((client) => client.hget(`${this.#link.root}${hash}`, field));
  }
}

/** Account, id, version and value of each, one after another. */
function recordsIn<Kind extends RecordKind>(flat: readonly string[]): StoredRecord<Kind>[] {
  return Array.from({ length: flat.length / 4 }, (_, at) => {
    const [accountId, id, version, json] = flat.slice(at * 4, at * 4 + 4) as [
      AccountId,
      string,
      string,
      string,
    ];
    return { accountId, id, version, value: JSON.parse(json) as RecordKinds[Kind] };
  });
}

/** As the other stores have them: without NUL, which ends a version in the order here, and without halves of surrogate pairs. */
function withStorableNames(record: CanonicalRecord): CanonicalRecord {
  const id = storable(record.id);
  const version = storable(record.version);
  return id === record.id && version === record.version ? record : { ...record, id, version };
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
