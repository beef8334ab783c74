import type { Logger } from '@fluxori/core';
import pg from 'pg';
import { Gate } from './gate.js';
import { troubleOf } from './postgres-errors.js';

export interface ConnectionsOptions {
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

/**
 * The connections of one process, as many as are needed and `most` at the most. Who finds all of them at work waits in line, for as long
 * as it takes: a timeout there would take a busy process for a database that is away.
 */
export class Connections {
  readonly pool: pg.Pool;
  readonly #gate: Gate;

  constructor({ client, most, searchPath, logger, onLost }: ConnectionsOptions) {
    this.#gate = new Gate(most);
    this.pool = new pg.Pool({
      ...client,
      max: most,
      idleTimeoutMillis: idleMs,
      onConnect: (connected) => prepare(connected, searchPath, logger),
    });
    this.pool.on('error', onLost);
  }

  /** Runs `work` on a connection of its own, which is closed when it may be broken. */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    await this.#gate.enter();
    try {
      const client = await this.pool.connect();
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
      }
    } finally {
      this.#gate.leave();
    }
  }

  /** Connections now: at work, and in all. */
  get counts(): { readonly busy: number; readonly open: number } {
    return { busy: this.pool.totalCount - this.pool.idleCount, open: this.pool.totalCount };
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
