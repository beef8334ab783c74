import type {
  AccountId,
  JsonValue,
  RecordBatch,
  RecordKind,
  RecordKinds,
  RecordQuery,
  RecordStore,
  WriteResult,
} from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import { newestOfEach } from '../records/newest-of-each.js';
import type { Sql, SqlQueries } from './sql.js';

/** Records and the state of jobs in `fluxori.record` and `fluxori.account_state`; a batch is one transaction. */
export class SqlRecordStore implements RecordStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async write(batch: RecordBatch, options: { signal?: AbortSignal } = {}): Promise<WriteResult> {
    const { records, repeated } = newestOfEach(batch.records ?? []);
    const state = Object.entries(batch.state ?? {});
    if (records.length === 0 && state.length === 0) return { inserted: 0, updated: 0, unchanged: repeated };
    // Made into text first: what cannot be written fails here, and the connection is held for as short as possible.
    const rows = records.map(({ kind, id, version, value }) => ({ kind, id, version, value }));
    const kept = state.filter(([, value]) => value !== null).map(([key, value]) => ({ key, value }));
    const gone = state.filter(([, value]) => value === null).map(([key]) => key);
    const json = { rows: storableJson(rows), kept: storableJson(kept), gone: JSON.stringify(gone) };
    return this.#sql.transaction(async (queries) => {
      const { inserted, updated } = await upsert(queries, batch.accountId, json.rows);
      if (kept.length > 0) await putState(queries, batch.accountId, json.kept);
      if (gone.length > 0) await dropState(queries, batch.accountId, json.gone);
      return { inserted, updated, unchanged: (batch.records?.length ?? 0) - inserted - updated };
    }, options);
  }

  async get<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    id: string,
  ): Promise<RecordKinds[Kind] | undefined> {
    const { rows } = await this.#sql.query<{ value: string }>(
      'select value::text as value from fluxori.record where account_id = $1 and kind = $2 and id = $3',
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
          `select value::text as value from fluxori.record where kind = $1
           order by version desc, account_id, id limit $2 offset $3`,
          page,
        )
      : this.#sql.query<{ value: string }>(
          `select value::text as value from fluxori.record where kind = $1 and account_id = $4
           order by version desc, id limit $2 offset $3`,
          [...page, query.accountId],
        ));
    return rows.map((row) => JSON.parse(row.value) as RecordKinds[Kind]);
  }

  async count(kind: RecordKind, query: { accountId?: AccountId } = {}): Promise<number> {
    const { rows } = await this.#sql.query<{ count: number }>(
      `select count(*)::int as count from fluxori.record where kind = $1 and ($2::text is null or account_id = $2)`,
      [kind, query.accountId ?? null],
    );
    return rows[0]?.count ?? 0;
  }

  async readState(accountId: AccountId, key: string): Promise<JsonValue | undefined> {
    const { rows } = await this.#sql.query<{ value: string }>(
      'select value::text as value from fluxori.account_state where account_id = $1 and key = $2',
      [accountId, key],
    );
    return rows[0] && (JSON.parse(rows[0].value) as JsonValue);
  }
}

/** One statement for the whole batch. A row that is there in the same or a newer version is left alone and does not come back. */
async function upsert(
  queries: SqlQueries,
  accountId: AccountId,
  rowsJson: string,
): Promise<{ inserted: number; updated: number }> {
  // xmax tells the two apart: it is 0 in a row that has just been inserted, and names our transaction in one that was updated.
  const { rows } = await queries.query<{ inserted: number; updated: number }>(
    `with written as (
       insert into fluxori.record as there (account_id, kind, id, version, value)
       select $1, kind, id, version, value
       from jsonb_to_recordset($2::text::jsonb) as new (kind text, id text, version text, value jsonb)
       order by kind, id
       on conflict (account_id, kind, id) do update
         set version = excluded.version, value = excluded.value, written_at = now()
         where there.version < excluded.version
       returning (xmax = 0) as inserted
     )
     select count(*) filter (where inserted)::int as inserted, count(*) filter (where not inserted)::int as updated
     from written`,
    [accountId, rowsJson],
  );
  return rows[0] ?? { inserted: 0, updated: 0 };
}

async function putState(queries: SqlQueries, accountId: AccountId, keptJson: string): Promise<void> {
  await queries.query(
    `insert into fluxori.account_state (account_id, key, value)
     select $1, key, value from jsonb_to_recordset($2::text::jsonb) as new (key text, value jsonb)
     on conflict (account_id, key) do update set value = excluded.value`,
    [accountId, keptJson],
  );
}

async function dropState(queries: SqlQueries, accountId: AccountId, goneJson: string): Promise<void> {
  await queries.query(
    `delete from fluxori.account_state
     where account_id = $1 and key in (select jsonb_array_elements_text($2::text::jsonb))`,
    [accountId, goneJson],
  );
}
