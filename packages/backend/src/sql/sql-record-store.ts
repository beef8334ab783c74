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
import { newestOfEach } from '../records/newest-of-each.js';
import type { SqlQueries } from './sql.js';

/** Records and the state of jobs in the tables `record` and `account_state`; a batch is one statement, and so whole or not at all. */
export class SqlRecordStore implements RecordStore {
  readonly #sql: SqlQueries;
  readonly #record: string;
  readonly #state: string;

  /** @param schema - where the tables are. */
  constructor(sql: SqlQueries, schema = 'fluxori') {
    this.#sql = sql;
    this.#record = `${schema}.record`;
    this.#state = `${schema}.account_state`;
  }

  async write(batch: RecordBatch, options: { signal?: AbortSignal } = {}): Promise<WriteResult> {
    const { records, repeated } = newestOfEach(batch.records ?? []);
    const state = Object.entries(batch.state ?? {});
    if (records.length === 0 && state.length === 0) return { inserted: 0, updated: 0, unchanged: repeated };
    // Made into text first: what cannot be written fails here, before anything is sent.
    const rows = records.map(({ kind, id, version, value }) => ({ kind, id, version, value }));
    const kept = state.filter(([, value]) => value !== null).map(([key, value]) => ({ key, value }));
    const gone = state.filter(([, value]) => value === null).map(([key]) => key);
    const json = [storableJson(rows), storableJson(kept), JSON.stringify(gone)];
    options.signal?.throwIfAborted();
    const { inserted, updated } = await this.#write(batch.accountId, json);
    return { inserted, updated, unchanged: (batch.records?.length ?? 0) - inserted - updated };
  }

  async get<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    id: string,
  ): Promise<RecordKinds[Kind] | undefined> {
    const { rows } = await this.#sql.query<{ value: string }>(
      `select value::text as value from ${this.#record} where account_id = $1 and kind = $2 and id = $3`,
      [accountId, kind, id],
    );
    return rows[0] && (JSON.parse(rows[0].value) as RecordKinds[Kind]);
  }

  async list<Kind extends RecordKind>(
    kind: Kind,
    query: RecordQuery = {},
  ): Promise<readonly RecordKinds[Kind][]> {
    const page = [kind, query.limit ?? 100, query.offset ?? 0];
    const { rows } = await (query.accountId === undefined
      ? this.#sql.query<{ value: string }>(
          `select value::text as value from ${this.#record} where kind = $1
           order by version desc, account_id, id limit $2 offset $3`,
          page,
        )
      : this.#sql.query<{ value: string }>(
          `select value::text as value from ${this.#record} where kind = $1 and account_id = $4
           order by version desc, id limit $2 offset $3`,
          [...page, query.accountId],
        ));
    return rows.map((row) => JSON.parse(row.value) as RecordKinds[Kind]);
  }

  async count(kind: RecordKind, query: { accountId?: AccountId } = {}): Promise<number> {
    const { rows } = await this.#sql.query<{ count: number }>(
      `select count(*)::int as count from ${this.#record} where kind = $1 and ($2::text is null or account_id = $2)`,
      [kind, query.accountId ?? null],
    );
    return rows[0]?.count ?? 0;
  }

  async readState(accountId: AccountId, key: string): Promise<JsonValue | undefined> {
    const { rows } = await this.#sql.query<{ value: string }>(
      `select value::text as value from ${this.#state} where account_id = $1 and key = $2`,
      [accountId, key],
    );
    return rows[0] && (JSON.parse(rows[0].value) as JsonValue);
  }

  async walk<Kind extends RecordKind>(
    kind: Kind,
    { accountId, after, limit = 100 }: RecordWalk = {},
  ): Promise<readonly StoredRecord<Kind>[]> {
    // Two forms, since an index serves each of them and neither serves both.
    const [where, order, own] =
      accountId === undefined
        ? [
            '(version < $3 or (version = $3 and (account_id, id) > ($4, $5)))',
            'version desc, account_id, id',
            [],
          ]
        : [
            'account_id = $6 and (version < $3 or (version = $3 and account_id = $4 and id > $5))',
            'version desc, id',
            [accountId],
          ];
    const start = after === undefined ? [] : [after.version, after.accountId, after.id];
    const { rows } = await this.#sql.query<Row>(
      `select account_id, id, version, value::text as value from ${this.#record}
       where kind = $1 and ${after === undefined ? (accountId === undefined ? 'true' : 'account_id = $3') : where}
       order by ${order} limit $2`,
      [kind, limit, ...start, ...own],
    );
    return rows.map((row) => toRecord<Kind>(row));
  }

  async stored<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    ids: readonly string[],
  ): Promise<readonly StoredRecord<Kind>[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.#sql.query<Row>(
      `select account_id, id, version, value::text as value from ${this.#record}
       where account_id = $1 and kind = $2 and id = any($3::text[])`,
      [accountId, kind, ids],
    );
    return rows.map((row) => toRecord<Kind>(row));
  }

  async replace<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    changes: readonly RecordReplacement<Kind>[],
  ): Promise<number> {
    if (changes.length === 0) return 0;
    const rows = changes.map(({ id, version, value }) => ({ id, version, value }));
    const { rows: replaced } = await this.#sql.query<{ count: number }>(
      `with replaced as (
         update ${this.#record} as there set value = new.value, written_at = now()
         from jsonb_to_recordset($3::text::jsonb) as new (id text, version text, value jsonb)
         where there.account_id = $1 and there.kind = $2 and there.id = new.id and there.version = new.version
         returning 1
       ) select count(*)::int as count from replaced`,
      [accountId, kind, storableJson(rows)],
    );
    return replaced[0]?.count ?? 0;
  }

  async delete(
    kind: RecordKind,
    accountId: AccountId,
    ids: readonly string[],
    { olderThan }: { olderThan?: string } = {},
  ): Promise<number> {
    if (ids.length === 0) return 0;
    const { rows } = await this.#sql.query<{ count: number }>(
      `with gone as (
         delete from ${this.#record}
         where account_id = $1 and kind = $2 and id = any($3::text[]) and ($4::text is null or version < $4 collate "C")
         returning 1
       ) select count(*)::int as count from gone`,
      [accountId, kind, ids, olderThan ?? null],
    );
    return rows[0]?.count ?? 0;
  }

  /**
   * A row that is there in the same or a newer version is left alone and does not come back. Rows are written in order of their key, so that
   * two batches never wait for each other crosswise.
   */
  async #write(
    accountId: AccountId,
    json: readonly string[],
  ): Promise<{ inserted: number; updated: number }> {
    // xmax tells the two apart: it is 0 in a row that has just been inserted, and names our transaction in one that was updated.
    const { rows } = await this.#sql.query<{ inserted: number; updated: number }>(
      `with written as (
         insert into ${this.#record} as there (account_id, kind, id, version, value)
         select $1, kind, id, version, value
         from jsonb_to_recordset($2::text::jsonb) as new (kind text, id text, version text, value jsonb)
         order by kind collate "C", id collate "C"
         on conflict (account_id, kind, id) do update
           set version = excluded.version, value = excluded.value, written_at = now()
           where there.version < excluded.version
         returning (xmax = 0) as inserted
       ), kept as (
         insert into ${this.#state} (account_id, key, value)
         select $1, key, value from jsonb_to_recordset($3::text::jsonb) as new (key text, value jsonb)
         order by key collate "C"
         on conflict (account_id, key) do update set value = excluded.value
       ), gone as (
         delete from ${this.#state}
         where account_id = $1 and key in (select jsonb_array_elements_text($4::text::jsonb))
       )
       select count(*) filter (where inserted)::int as inserted, count(*) filter (where not inserted)::int as updated
       from written`,
      [accountId, ...json],
    );
    return rows[0] ?? { inserted: 0, updated: 0 };
  }
}

interface Row {
  readonly account_id: AccountId;
  readonly id: string;
  readonly version: string;
  readonly value: string;
}

function toRecord<Kind extends RecordKind>({
  account_id: accountId,
  id,
  version,
  value,
}: Row): StoredRecord<Kind> {
  return { accountId, id, version, value: JSON.parse(value) as RecordKinds[Kind] };
}
