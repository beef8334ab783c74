import type { Logger } from '@fluxori/core';
import type { Sql } from '../sql/sql.js';

const everyMs = 60_000;

/** Autovacuum waits for 20 % and 50 rows. With one connection for all, a small table may well carry a few more. */
const crowded = `select format('%I.%I', schemaname, relname) as table_name
   from pg_stat_user_tables where n_dead_tup > 2000 + 0.2 * n_live_tup`;

/**
 * PGlite has no autovacuum: without it every change of a job leaves a dead row behind for ever (measured: 0.3 MB for 1,000 jobs).
 * Looks once a minute, and at the end, and clears the tables that need it; a few milliseconds each.
 */
export class Upkeep {
  readonly #sql: Sql;
  readonly #logger: Logger;
  readonly #timer: ReturnType<typeof setInterval>;
  #running: Promise<void> | undefined;

  constructor(sql: Sql, logger: Logger) {
    this.#sql = sql;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.run(), everyMs);
    this.#timer.unref();
  }

  /** Never rejects: a table that could not be cleared now is cleared another time. */
  run(): Promise<void> {
    this.#running ??= this.#clear().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.run();
  }

  async #clear(): Promise<void> {
    try {
      // PostgreSQL passes its counts on about once a second, unless asked to.
      await this.#sql.query('select pg_stat_force_next_flush()');
      const { rows } = await this.#sql.query<{ table_name: string }>(crowded);
      for (const { table_name } of rows) await this.#sql.script(`vacuum (analyze) ${table_name}`);
      if (rows.length > 0)
        this.#logger.debug({ tables: rows.map((row) => row.table_name) }, 'tables cleared');
    } catch (error) {
      this.#logger.warn({ error: (error as Error).message }, 'tables could not be cleared');
    }
  }
}
