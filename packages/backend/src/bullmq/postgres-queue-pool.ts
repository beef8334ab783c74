import { EventEmitter } from 'node:events';
import { isErrorOf, NetworkError, sleep } from '@fluxori/core';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import type { Connections } from '../postgres/connections.js';
import type { Listener } from '../postgres/listener.js';
import { reasonOf, troubleOf } from '../postgres/postgres-errors.js';
import { type PostgresSql, send } from '../postgres/postgres-sql.js';
import { BulkStatements } from './bulk-statements.js';

export interface QueuePoolOptions {
  readonly connections: Connections;
  readonly sql: PostgresSql;
  readonly listener: Listener;
  /** `host:port`, for errors. */
  readonly host: string;
  /** Whether the backend is closed. */
  readonly ended: () => boolean;
}

/** Some of BullMQ's statements clear whole queues. */
const statementMs = 120_000;

/**
 * Commands that would do something twice when sent twice: another job, another line. All others set what is there to what it shall be, or
 * find that it has been done (and say so by an error, which BullMQ reports).
 */
const onlyOnce =
  /\b(add_job|add_jobs_bulk|add_flow|add_job_scheduler|update_job_scheduler|job_log|publish_event|collect_metrics)\b/;

/** Calls that go in one statement: enough that the way to the database does not count. */
const mostInOne = 50;

/** BullMQ asks again at once after most errors. */
const pauseAfterErrorMs = 250;

/**
 * What BullMQ takes for a `pg.Pool`. Its statements go to the connections that the whole process shares, and its clients, which it checks
 * out to LISTEN for as long as a worker lives, are all one connection.
 *
 * BullMQ 6.7 takes only ECONNREFUSED for a lost connection. Any other error while a finished job is marked as done lets the job be done again,
 * half a minute later. So a statement waits here for a database that is away, and what may be sent twice is sent again.
 */
export class PostgresQueuePool extends EventEmitter implements PgPool {
  readonly #connections: Connections;
  readonly #sql: PostgresSql;
  readonly #listener: Listener;
  readonly #host: string;
  readonly #ended: () => boolean;
  readonly #statements = new BulkStatements((text, parameters) => this.#send(text, parameters), mostInOne);
  /** BullMQ looks here for keepalive; without it, an idle worker would ask every ten seconds. The listener looks after itself. */
  readonly options = { keepAlive: true };

  constructor({ connections, sql, listener, host, ended }: QueuePoolOptions) {
    super();
    this.#connections = connections;
    this.#sql = sql;
    this.#listener = listener;
    this.#host = host;
    this.#ended = ended;
    this.setMaxListeners(0);
  }

  query<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    return this.#statements.query<Row>(text, parameters);
  }

  async #send<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    let sent = false;
    try {
      const { rows, rowCount } = await this.#sql.patiently(async () => {
        sent = false;
        try {
          return await this.#connections.use((client) => {
            sent = true;
            return send<Row>(client, text, parameters, statementMs);
          });
        } catch (error) {
          if (sent && onlyOnce.test(text) && troubleOf(error) === 'away') {
            this.#sql.missed(error);
            throw new UnknownOutcome(error);
          }
          throw error;
        }
      });
      return { rows: [...rows], rowCount };
    } catch (error) {
      if (this.#ended()) await sleep(pauseAfterErrorMs);
      throw this.#asBullmqKnowsIt(error);
    }
  }

  /**
   * BullMQ waits and tries again, for as long as it takes, when a message has ECONNREFUSED in it. That is right for a database that is away,
   * and wrong for what may have been done.
   */
  #asBullmqKnowsIt(error: unknown): unknown {
    if (error instanceof UnknownOutcome) {
      return new NetworkError(`The database ${this.#host} went away before it answered: ${error.message}.`, {
        code: 'BACKEND_UNAVAILABLE',
        host: this.#host,
        outcome: 'unknown',
        remedy:
          'It may have been carried out. Look before you send it again, or give the job an id of its own.',
        cause: error.cause,
      });
    }
    if (!isErrorOf(error, 'NetworkError')) return error;
    return new NetworkError(`${error.message} (ECONNREFUSED)`, {
      code: 'BACKEND_UNAVAILABLE',
      host: this.#host,
      outcome: 'not-sent',
      ...(error.remedy !== undefined && { remedy: error.remedy }),
      cause: error,
    });
  }

  async connect(): Promise<PgPoolClient> {
    const client = new ListenClient(this, this.#listener, this.#sql);
    this.emit('connect', client);
    return client;
  }

  /** The connections belong to the backend, which closes them. */
  async end(): Promise<void> {
    this.removeAllListeners();
  }
}

class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

const listen = /^\s*listen\s+("?)([\w$]+)\1\s*;?\s*$/i;
const naming = /set_config\('application_name'/i;

/** A client on which BullMQ does nothing but LISTEN and ask small things. */
class ListenClient extends EventEmitter implements PgPoolClient {
  readonly #pool: PostgresQueuePool;
  readonly #listener: Listener;
  readonly #sql: PostgresSql;
  readonly #stops: (() => void)[] = [];
  #released = false;

  constructor(pool: PostgresQueuePool, listener: Listener, sql: PostgresSql) {
    super();
    this.#pool = pool;
    this.#listener = listener;
    this.#sql = sql;
    this.setMaxListeners(0);
  }

  async query<Row>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    const channel = listen.exec(stripComments(text))?.[2];
    if (channel !== undefined) {
      await this.#listen(channel);
      return { rows: [], rowCount: 0 };
    }
    // The name would be that of a connection which many share.
    if (naming.test(text)) return { rows: [], rowCount: 0 };
    return this.#pool.query<Row>(text, parameters);
  }

  release(): void {
    this.#released = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.removeAllListeners();
  }

  /** BullMQ answers to an error of this client by taking a new one, listening again, and looking for what it missed. */
  async #listen(channel: string): Promise<void> {
    const lost = (error: Error) => {
      if (this.listenerCount('error') > 0) this.emit('error', error);
    };
    const heard = (payload: string) => this.emit('notification', { channel, payload });
    const stop = await this.#sql.patiently(() => this.#listener.listen(channel, { heard, lost }));
    if (this.#released) stop();
    else this.#stops.push(stop);
  }
}

function stripComments(text: string): string {
  return text.replace(/^\s*--.*$/gm, '').trim();
}
