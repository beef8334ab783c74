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
  readonly #patienceMs: number;

  /** @param patienceMs - how long a call waits for a database that is away, as `reach` does. */
  constructor(connections: Connections, reach: Reach, patienceMs: number) {
    this.#connections = connections;
    this.#reach = reach;
    this.#patienceMs = patienceMs;
  }

  query<Row>(text: string, parameters: readonly unknown[] = []): Promise<SqlResult<Row>> {
    return this.patiently((attempt) => this.once<Row>(text, parameters, attempt.leftMs));
  }

  async script(text: string): Promise<void> {
    await this.patiently((attempt) => this.once(text, [], attempt.leftMs));
  }

  transaction<T>(
    work: (queries: SqlQueries) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.patiently(
      (attempt) => this.#connections.use((client) => inTransaction(client, work, attempt.leftMs)),
      options.signal,
    );
  }

  /** One attempt, with whatever error comes. */
  once<Row>(
    text: string,
    parameters: readonly unknown[] = [],
    timeoutMs = attemptMs,
  ): Promise<SqlResult<Row>> {
    return this.#connections.use((client) => send<Row>(client, text, parameters, timeoutMs));
  }

  /** To be told of errors that come elsewhere. */
  missed(error: unknown): void {
    const trouble = troubleOf(error);
    if (trouble === 'away' || trouble === 'full') this.#reach.missed(error);
  }

  /**
   * Attempts `work` until it is answered.
   *
   * @throws NetworkError with code `BACKEND_UNAVAILABLE` when the database stays away for longer than patience.
   */
  async patiently<T>(work: (attempt: Attempt) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const startedAt = performance.now();
    let collisions = 0;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      if (this.#reach.absence !== undefined) {
        await this.#reach.untilBack(startedAt, this.#reach.absence.cause, signal);
      }
      try {
        return await work({ number: attempt, leftMs: this.#left(startedAt) });
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

  /** An attempt that begins late still gets a moment. */
  #left(startedAt: number): number {
    return Math.max(Math.min(attemptMs, this.#patienceMs - (performance.now() - startedAt)), 250);
  }
}

/** One of several goes at the same thing. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** How long it may take. */
  readonly leftMs: number;
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
