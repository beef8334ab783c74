import type { Logger } from '@fluxori/core';
import pg from 'pg';
import { explainAbsence, noConnectionLeft } from './explain-absence.js';
import { Gate } from './gate.js';
import { troubleOf } from './postgres-errors.js';

export interface ConnectionsOptions {
  /** What the server is called in messages, e.g. `PostgreSQL db.example.com:5432`. */
  readonly name: string;
  readonly client: pg.ClientConfig;
  /** The most connections at once. */
  readonly most: number;
  /** For statements that name no schema: BullMQ's. Ours always do. */
  readonly searchPath: string;
  readonly logger: Logger;
  /** Hears of connections that were lost while nobody used them. */
  readonly onLost: (error: Error) => void;
}

/** A statement that has not been answered for so long is given up together with its connection, which may be dead. */
export const attemptMs = 15_000;
const idleMs = 30_000;
/** After so long without a connection more than we have, another is asked for. */
const contentMs = 10_000;
/** That connections are short is told once in so long. */
const tellAgainMs = 600_000;

/**
 * The connections of one process, as many as are needed and `most` at the most. Who finds all of them at work waits in line, for as long
 * as it takes: a timeout there would take a busy process for a database that is away.
 */
export class Connections {
  readonly pool: pg.Pool;
  readonly #gate: Gate;
  readonly #most: number;
  readonly #name: string;
  readonly #logger: Logger;
  /** Connections that are made; the pool counts those, too, that are on their way. */
  #made = 0;
  /** On the clock of `performance.now()`. */
  #contentUntil = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor({ name, client, most, searchPath, logger, onLost }: ConnectionsOptions) {
    this.#gate = new Gate(most);
    this.#most = most;
    this.#name = name;
    this.#logger = logger;
    this.pool = new pg.Pool({
      ...client,
      max: most,
      idleTimeoutMillis: idleMs,
      onConnect: (connected) => prepare(connected, searchPath, logger),
    });
    this.pool.on('error', onLost);
    this.pool.on('connect', () => this.#made++);
    this.pool.on('remove', () => this.#made--);
  }

  /** Runs `work` on a connection of its own, which is closed when it may be broken. */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#checkOut();
    // An error of the connection is told by the statement; without a listener it would end the process.
    client.on('error', ignore);
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = troubleOf(error) === 'away' || !isAnswer(error);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
      this.#gate.leave();
    }
  }

  /**
   * A server that has none left for us has not gone away as long as we have some: then those are shared by all who ask here, for a while.
   * A place at the gate comes with it.
   */
  async #checkOut(): Promise<pg.PoolClient> {
    for (;;) {
      if (this.#gate.places < this.#most && performance.now() >= this.#contentUntil) {
        this.#gate.resize(this.#most);
      }
      await this.#gate.enter();
      try {
        return await this.pool.connect();
      } catch (error) {
        const short = (error as { code?: unknown }).code === noConnectionLeft && this.#made > 0;
        if (short) this.#makeDo(this.#made, error);
        this.#gate.leave();
        if (!short) throw error;
      }
    }
  }

  #makeDo(ours: number, error: unknown): void {
    const now = performance.now();
    this.#contentUntil = now + contentMs;
    this.#gate.resize(Math.min(ours, this.#most));
    if (now - this.#toldAt < tellAgainMs) return;
    this.#toldAt = now;
    const { what, remedy } = explainAbsence(error);
    this.#logger.warn(
      { connections: ours, wanted: this.#most },
      `${this.#name} ${what}. It goes on with the ${ours} that it has. ${remedy}`,
    );
  }

  /** Connections now: at work, and in all. */
  get counts(): { readonly busy: number; readonly open: number } {
    return { busy: this.#made - this.pool.idleCount, open: this.#made };
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

/** What the server said no to; the connection goes on as before. */
function isAnswer(error: unknown): boolean {
  return typeof (error as { severity?: unknown }).severity === 'string';
}

function ignore(): void {}

/** What each session needs; errors here are those of a connection that could not be made. */
async function prepare(client: pg.ClientBase, searchPath: string, logger: Logger): Promise<void> {
  // A commit that was answered is on the disk: taken tokens and written records count on it, whatever the server's default.
  await client.query({
    text: `select set_config('search_path', $1, false),
      case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'local', false) end`,
    values: [searchPath],
    query_timeout: attemptMs,
  } as pg.QueryConfig);
  try {
    // A statement that we have given up ends, instead of waiting for a lock on behalf of nobody. Not every system can tell.
    await client.query(`set client_connection_check_interval = '5s'`);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    logger.debug({ error: (error as Error).message }, 'the server does not look after lost clients');
  }
}
