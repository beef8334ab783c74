import type { Clock, JsonValue, KeyValueStore } from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import type { SqlQueries } from './sql.js';

/** Values in the table `fluxori.key_value`. What has expired is invisible at once and removed by the next write. */
export class SqlKeyValueStore implements KeyValueStore {
  readonly #sql: SqlQueries;
  readonly #clock: Clock;

  constructor(sql: SqlQueries, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  async get(key: string): Promise<JsonValue | undefined> {
    const { rows } = await this.#sql.query<{ value: string }>(
      `select value::text as value from fluxori.key_value
       where key = $1 and (expires_at_ms is null or expires_at_ms > $2)`,
      [key, this.#clock.now()],
    );
    return rows[0] && (JSON.parse(rows[0].value) as JsonValue);
  }

  async set(key: string, value: JsonValue, options: { ttlMs?: number } = {}): Promise<void> {
    const now = this.#clock.now();
    const expiresAt = options.ttlMs === undefined ? null : now + options.ttlMs;
    await this.#sql.query(
      `with expired as (delete from fluxori.key_value where expires_at_ms <= $4 and key <> $1)
       insert into fluxori.key_value (key, value, expires_at_ms) values ($1, $2::text::jsonb, $3)
       on conflict (key) do update set value = excluded.value, expires_at_ms = excluded.expires_at_ms`,
      [key, storableJson(value), expiresAt, now],
    );
  }

  async delete(key: string): Promise<void> {
    await this.#sql.query('delete from fluxori.key_value where key = $1', [key]);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const { rows } = await this.#sql.query<{ key: string }>(
      `select key from fluxori.key_value
       where starts_with(key, $1) and (expires_at_ms is null or expires_at_ms > $2)
       order by key`,
      [prefix, this.#clock.now()],
    );
    return rows.map((row) => row.key);
  }
}
