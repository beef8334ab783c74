import { ConfigurationError, isFluxoriError } from '@fluxori/core';
import type { Sql, SqlQueries, SqlResult } from './sql.js';

/** The database as our ports use it: nothing after the end, and failures in our own words. BullMQ gets the driver's own errors. */
export class PortSql implements Sql {
  readonly #sql: Sql;
  readonly #name: string;
  readonly #check: () => void;

  /**
   * @param name - what the database is called in messages, e.g. `pglite:./data`.
   * @param check - throws when the backend is closed.
   */
  constructor(sql: Sql, name: string, check: () => void) {
    this.#sql = sql;
    this.#name = name;
    this.#check = check;
  }

  query<Row>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<Row>> {
    return this.#guard(() => this.#sql.query<Row>(text, parameters));
  }

  script(text: string): Promise<void> {
    return this.#guard(() => this.#sql.script(text));
  }

  transaction<T>(work: (queries: SqlQueries) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T> {
    return this.#guard(() => this.#sql.transaction(work, options), options?.signal);
  }

  async #guard<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#check();
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      throw this.inOurWords(error);
    }
  }

  inOurWords(error: unknown): Error {
    return isFluxoriError(error) ? error : this.#failed(error);
  }

  /** PostgreSQL's message names tables and limits; the values that were written are in its `detail`, which stays in the cause. */
  #failed(error: unknown): ConfigurationError {
    const { code, message } = error as { code?: string; message?: string };
    return new ConfigurationError(
      `The database ${this.#name} failed: ${message}${code ? ` (${code})` : ''}.`,
      {
        code: 'BACKEND_UNAVAILABLE',
        remedy: 'Nothing was written by this call. Check the disk (room, rights) and start again.',
        cause: error,
      },
    );
  }
}
