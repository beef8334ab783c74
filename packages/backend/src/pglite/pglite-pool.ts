import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { sleep } from '@fluxori/core';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import { BulkStatements } from '../bullmq/bulk-statements.js';
import type { SqlQueries } from '../sql/sql.js';
import type { PgliteSession } from './pglite-session.js';

/**
 * BullMQ asks again at once after most errors, and a failing answer of this database comes without a turn of the event loop: a worker
 * whose database is closed or has stopped would keep every timer, socket and signal of the process waiting for ever.
 */
const pauseAfterErrorMs = 250;
/** The errors of BullMQ's own commands, such as a lock that is not there any more, belong to its work. */
const bullmqError = 'BM001';

/** Calls that go in one statement, for which nothing else of the process runs. */
const mostInOne = 25;

const begins = /^\s*(begin|start\s+transaction)\b/i;
const ends = /^\s*(commit|end|abort|rollback(?!\s+to))\b/i;

/**
 * A `pg.Pool` in shape, for BullMQ: as many clients as anybody wants, all on the one connection of PGlite.
 * A client is alone on the connection from its BEGIN to its COMMIT or ROLLBACK, not from check-out to release,
 * because BullMQ keeps a client checked out for ever to LISTEN.
 */
export class PglitePool extends EventEmitter implements PgPool {
  readonly #session: PgliteSession;
  readonly #statements: BulkStatements;

  constructor(session: PgliteSession) {
    super();
    this.#session = session;
    this.#statements = new BulkStatements(async <Row>(text: string, parameters?: readonly unknown[]) => {
      const { rows, rowCount } = await session.query<Row>(text, parameters);
      return { rows: [...rows], rowCount };
    }, mostInOne);
    this.setMaxListeners(0);
  }

  async query<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    return this.#statements.query<Row>(text, parameters).catch(afterPause);
  }

  async connect(): Promise<PgPoolClient> {
    const client = new PglitePoolClient(this.#session);
    this.emit('connect', client);
    return client;
  }

  /** The connection belongs to the backend, which closes it. */
  async end(): Promise<void> {
    this.removeAllListeners();
  }
}

class PglitePoolClient extends EventEmitter implements PgPoolClient {
  readonly #session: PgliteSession;
  readonly #stopListening: () => void;
  #transaction: { queries: SqlQueries; leave: () => void } | undefined;

  constructor(session: PgliteSession) {
    super();
    this.#session = session;
    this.setMaxListeners(0);
    this.#stopListening = session.onNotification((channel, payload) => {
      this.emit('notification', { channel, payload });
    });
  }

  async query<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    // Within a transaction it holds the one connection, so that only the end of it may wait.
    const within = this.#transaction !== undefined && !ends.test(text);
    const { rows, rowCount } = await this.#route<Row>(text, parameters).catch(
      within ? afterTurn : afterPause,
    );
    return { rows: [...rows], rowCount };
  }

  release(): void {
    this.#stopListening();
    this.removeAllListeners();
    if (this.#transaction !== undefined) void this.#end('ROLLBACK').catch(() => {});
  }

  #route<Row>(text: string, parameters?: readonly unknown[]) {
    if (this.#transaction === undefined) {
      return begins.test(text) ? this.#begin<Row>(text) : this.#session.query<Row>(text, parameters);
    }
    return ends.test(text) ? this.#end<Row>(text) : this.#transaction.queries.query<Row>(text, parameters);
  }

  async #begin<Row>(text: string) {
    const turn = await this.#session.enter();
    try {
      const result = await turn.queries.query<Row>(text);
      this.#transaction = turn;
      return result;
    } catch (error) {
      turn.leave();
      throw error;
    }
  }

  async #end<Row>(text: string) {
    const { queries, leave } = this.#transaction!;
    this.#transaction = undefined;
    try {
      return await queries.query<Row>(text);
    } finally {
      leave();
    }
  }
}

async function afterPause(error: unknown): Promise<never> {
  if ((error as { code?: unknown }).code !== bullmqError) await sleep(pauseAfterErrorMs);
  throw error;
}

async function afterTurn(error: unknown): Promise<never> {
  await turn();
  throw error;
}
