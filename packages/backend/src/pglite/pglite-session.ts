import type { PGlite, Results } from '@electric-sql/pglite';
import type { Sql, SqlQueries, SqlResult } from '../sql/sql.js';
import { Turnstile } from './turnstile.js';

export type NotificationListener = (channel: string, payload: string) => void;

/**
 * The one connection that PGlite has, shared by everyone in the process.
 * Each statement, and each transaction as a whole, passes a turnstile, so that nobody's statement falls into another's transaction.
 */
export class PgliteSession implements Sql {
  readonly #db: PGlite;
  readonly #turnstile = new Turnstile();
  readonly #ended: () => Error;
  #closing: Promise<void> | undefined;

  /** @param ended - the error for whoever comes after `close()`. */
  constructor(db: PGlite, ended: () => Error) {
    this.#db = db;
    this.#ended = ended;
  }

  query<Row>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<Row>> {
    return this.#exclusively((queries) => queries.query<Row>(text, parameters));
  }

  async script(text: string): Promise<void> {
    await this.#exclusively((queries) => queries.query(text));
  }

  transaction<T>(
    work: (queries: SqlQueries) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.#exclusively(async (queries) => {
      await queries.query('BEGIN');
      try {
        const result = await work(queries);
        await queries.query('COMMIT');
        return result;
      } catch (error) {
        await queries.query('ROLLBACK');
        throw error;
      }
    }, options.signal);
  }

  /** Nobody else's statement runs until `work` is done. `work` must use what it is given, never the session. */
  async #exclusively<T>(work: (queries: SqlQueries) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { queries, leave } = await this.enter(signal);
    try {
      return await work(queries);
    } finally {
      leave();
    }
  }

  /** The same for those who cannot say beforehand when they are done; they must call `leave`. */
  async enter(signal?: AbortSignal): Promise<{ queries: SqlQueries; leave: () => void }> {
    if (this.#closing !== undefined) throw this.#ended();
    const leave = await this.#turnstile.enter(signal);
    return { queries: this.#queries, leave };
  }

  onNotification(listener: NotificationListener): () => void {
    return this.#db.onNotification(listener);
  }

  /** Lets what has been asked for finish. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#turnstile.run(() => this.#db.close());
    return this.#closing;
  }

  readonly #queries: SqlQueries = {
    query: async <Row>(text: string, parameters?: readonly unknown[]) => {
      // Without parameters a statement goes by the simple protocol: one trip, and a script may hold several statements.
      if (parameters === undefined || parameters.length === 0) {
        return toResult<Row>((await this.#db.exec(text)).at(-1));
      }
      return toResult<Row>(await this.#db.query(text, [...parameters]));
    },
  };
}

function toResult<Row>(results: Results | undefined): SqlResult<Row> {
  return { rows: (results?.rows ?? []) as Row[], rowCount: results?.affectedRows ?? 0 };
}
