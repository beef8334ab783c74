import type { Clock, JsonValue, KeyValueStore } from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import type { SqlQueries } from './sql.js';

export interface SqlKeyValueOptions {
  /** Where the table is; `fluxori` by default. */
  readonly schema?: string;
  /** Whose time counts for expiry; the database's own when it is left out, as it must be where several processes share it. */
  readonly clock?: Clock;
}

/** At most so many values go into one statement. */
const mostWritten = 500;
/** At most so many expired values are cleared away by one write, so that no write pays for the idleness of all others. */
const mostCleared = 100;

/** Values in the table `key_value`. What has expired is invisible at once and removed by later writes. */
export class SqlKeyValueStore implements KeyValueStore {
  readonly #sql: SqlQueries;
  readonly #clock: Clock | undefined;
  readonly #table: string;

  constructor(sql: SqlQueries, { schema = 'fluxori', clock }: SqlKeyValueOptions = {}) {
    this.#sql = sql;
    this.#clock = clock;
    this.#table = `${schema}.key_value`;
  }

  async get(key: string): Promise<JsonValue | undefined> {
    const { rows } = await this.#sql.query<{ value: string }>(
      `select value::text as value from ${this.#table}
       where key = $1 and (expires_at_ms is null or expires_at_ms > ${nowAt(2)})`,
      [key, this.#now()],
    );
    return rows[0] && (JSON.parse(rows[0].value) as JsonValue);
  }

  async getMany(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    const { rows } = await this.#sql.query<{ key: string; value: string }>(
      `select key, value::text as value from ${this.#table}
       where key = any($1::text[]) and (expires_at_ms is null or expires_at_ms > ${nowAt(2)})`,
      [keys, this.#now()],
    );
    const found = new Map(rows.map(({ key, value }) => [key, JSON.parse(value) as JsonValue]));
    return keys.map((key) => found.get(key));
  }

  async set(key: string, value: JsonValue, options: { ttlMs?: number } = {}): Promise<void> {
    // Rows that somebody else is writing or clearing away are passed over, so that two writes never wait for each other crosswise.
    await this.#sql.query(
      `with expired as (
         delete from ${this.#table} where key in (
           select key from ${this.#table} where expires_at_ms <= ${nowAt(4)} and key <> $1
           limit ${mostCleared} for update skip locked)
       )
       insert into ${this.#table} (key, value, expires_at_ms)
       values ($1, $2::text::jsonb, ${nowAt(4)} + $3::double precision)
       on conflict (key) do update set value = excluded.value, expires_at_ms = excluded.expires_at_ms`,
      [key, storableJson(value), options.ttlMs ?? null, this.#now()],
    );
  }

  async setMany(
    entries: readonly { readonly key: string; readonly value: JsonValue }[],
    options: { ttlMs?: number } = {},
  ): Promise<void> {
    // The last of a key wins, and one statement may not write a row twice; in order of key, so that two writers never wait crosswise.
    const last = [...new Map(entries.map(({ key, value }) => [key, storableJson(value)]))].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    for (let start = 0; start < last.length; start += mostWritten) {
      const some = last.slice(start, start + mostWritten);
      await this.#sql.query(
        `insert into ${this.#table} (key, value, expires_at_ms)
         select key, value::jsonb, ${nowAt(4)} + $3::double precision
         from unnest($1::text[], $2::text[]) as given(key, value)
         on conflict (key) do update set value = excluded.value, expires_at_ms = excluded.expires_at_ms`,
        [some.map(([key]) => key), some.map(([, json]) => json), options.ttlMs ?? null, this.#now()],
      );
    }
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += mostWritten) {
      await this.#sql.query(`delete from ${this.#table} where key = any($1::text[])`, [
        keys.slice(start, start + mostWritten),
      ]);
    }
  }

  async delete(key: string): Promise<void> {
    await this.#sql.query(`delete from ${this.#table} where key = $1`, [key]);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const { rows } = await this.#sql.query<{ key: string }>(
      `select key from ${this.#table}
       where key >= $1 and starts_with(key, $1) and (expires_at_ms is null or expires_at_ms > ${nowAt(2)})
       order by key`,
      [prefix, this.#now()],
    );
    return rows.map((row) => row.key);
  }

  #now(): number | null {
    return this.#clock?.now() ?? null;
  }
}

/** Now in milliseconds since the epoch: the parameter of this number, or the database's clock when that is null. */
function nowAt(parameter: number): string {
  return `coalesce($${parameter}::double precision, extract(epoch from now())::double precision * 1000)`;
}
