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
  readonly #diskFailure: () => Error | undefined;
  #closing: Promise<void> | undefined;
  /** Why nothing more is sent: after a failure of the disk, only a new start from what is on it can be trusted. */
  #stopped: Error | undefined;

  /**
   * @param ended - the error for whoever comes after `close()`.
   * @param diskFailure - whether the disk has failed; looked at after each statement.
   */
  constructor(db: PGlite, ended: () => Error, diskFailure: () => Error | undefined = () => undefined) {
    this.#db = db;
    this.#ended = ended;
    this.#diskFailure = diskFailure;
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
        await queries.query('ROLLBACK').catch(() => {});
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
    this.#closing ??= this.#turnstile.run(async () => {
      if (this.#stopped === undefined) await this.#db.close();
    });
    return this.#closing;
  }

  async #send<Row>(text: string, parameters: readonly unknown[] = []): Promise<SqlResult<Row>> {
    // Without parameters a statement goes by the simple protocol: one trip, and a script may hold several statements.
    if (parameters.length === 0) return toResult<Row>((await this.#db.exec(text)).at(-1));
    return toResult<Row>(await this.#db.query(text, [...parameters]));
  }

  #checkDisk(): void {
    this.#stopped = this.#diskFailure();
    if (this.#stopped !== undefined) throw stoppedError(this.#stopped);
  }

  readonly #queries: SqlQueries = {
    query: async <Row>(text: string, parameters?: readonly unknown[]) => {
      if (this.#stopped !== undefined) throw stoppedError(this.#stopped);
      const result = await this.#send<Row>(text, parameters).catch((error: unknown) => {
        this.#checkDisk();
        throw error;
      });
      this.#checkDisk();
      return result;
    },
  };
}

function stoppedError(cause: Error): Error {
  return new Error(`the disk failed, and PostgreSQL has been stopped (${cause.message})`, { cause });
}

function toResult<Row>(results: Results | undefined): SqlResult<Row> {
  return { rows: (results?.rows ?? []) as Row[], rowCount: results?.affectedRows ?? 0 };
}
