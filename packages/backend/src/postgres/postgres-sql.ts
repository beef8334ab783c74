import { sleep } from '@fluxori/core';
import type pg from 'pg';
import type { Sql, SqlQueries, SqlResult } from '../sql/sql.js';
import { attemptMs, type Connections } from './connections.js';
import { troubleOf } from './postgres-errors.js';
import type { Reach } from './reach.js';

const mostCollisions = 20;

/**
 * PostgreSQL for our ports. A statement whose server went away is sent again when it is back, so each one must do no harm when it is done
 * twice: the answer of the first time may have been lost after it was carried out.
 */
export class PostgresSql implements Sql {
  readonly #connections: Connections;
  readonly #reach: Reach;

  constructor(connections: Connections, reach: Reach) {
    this.#connections = connections;
    this.#reach = reach;
  }

  query<Row>(text: string, parameters: readonly unknown[] = []): Promise<SqlResult<Row>> {
    return this.patiently(() => this.once<Row>(text, parameters));
  }

  async script(text: string): Promise<void> {
    await this.patiently(() => this.once(text));
  }

  transaction<T>(
    work: (queries: SqlQueries) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.patiently(
      () => this.#connections.use((client) => inTransaction(client, work)),
      options.signal,
    );
  }

  /** One attempt, with whatever error comes. */
  once<Row>(text: string, parameters: readonly unknown[] = []): Promise<SqlResult<Row>> {
    return this.#connections.use((client) => send<Row>(client, text, parameters));
  }

  /** To be told of errors that come elsewhere. */
  missed(error: unknown): void {
    if (troubleOf(error) === 'away') this.#reach.missed(error);
  }

  /**
   * Attempts `work` until it is answered.
   *
   * @param work - told which attempt this is, from 1.
   * @throws NetworkError with code `BACKEND_UNAVAILABLE` when the database stays away for longer than patience.
   */
  async patiently<T>(work: (attempt: number) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const startedAt = performance.now();
    let collisions = 0;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      if (this.#reach.absence !== undefined) {
        await this.#reach.untilBack(startedAt, new Error(this.#reach.absence.reason), signal);
      }
      try {
        return await work(attempt);
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'refused') throw error;
        if (trouble === 'collided') {
          if (++collisions > mostCollisions) throw error;
          await sleep(Math.random() * 5 * collisions, signal);
          continue;
        }
        this.#reach.missed(error);
        await this.#reach.untilBack(startedAt, error, signal);
        // It is there, and this failed all the same: perhaps it has no connection left.
        if (attempt > 1) await sleep(Math.min(25 * 2 ** attempt, 1_000) * (0.5 + Math.random()), signal);
      }
    }
  }
}

export async function send<Row>(
  client: pg.ClientBase,
  text: string,
  parameters: readonly unknown[] = [],
  timeoutMs = attemptMs,
): Promise<SqlResult<Row>> {
  const config = { text, values: [...parameters], query_timeout: timeoutMs };
  const result = await client.query(config as pg.QueryConfig);
  const last = Array.isArray(result) ? (result.at(-1) as pg.QueryResult | undefined) : result;
  return { rows: (last?.rows ?? []) as Row[], rowCount: last?.rowCount ?? 0 };
}

export async function inTransaction<T>(
  client: pg.ClientBase,
  work: (queries: SqlQueries) => Promise<T>,
  timeoutMs = attemptMs,
): Promise<T> {
  const queries: SqlQueries = { query: (text, parameters) => send(client, text, parameters, timeoutMs) };
  await queries.query('begin');
  try {
    const result = await work(queries);
    await queries.query('commit');
    return result;
  } catch (error) {
    if (troubleOf(error) !== 'away') await queries.query('rollback').catch(() => {});
    throw error;
  }
}
