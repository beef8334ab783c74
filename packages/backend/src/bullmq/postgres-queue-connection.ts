import type { IQueueBackend, PgPool } from 'bullmq';
import type pg from 'pg';
import type { QueueConnection } from '../fluxori-backend.js';
import { send } from '../postgres/postgres-sql.js';

/** Migrations may have much to do. */
const migrationMs = 300_000;
const createsSchema = /^\s*create schema if not exists\b/i;

/**
 * Brings BullMQ's tables up to date and answers with what its classes take.
 *
 * @param connect - gives a connection of its own, which is closed afterwards.
 * @param pool - for all statements; its search path leads to `schema`.
 */
export async function connectPostgresQueue(
  connect: () => Promise<pg.Client>,
  pool: PgPool,
  schema: string,
): Promise<QueueConnection> {
  const { PostgresConnection, PostgresQueueBackend, runMigrations } = await import('bullmq');
  const client = await connect();
  try {
    const { rows } = await send(client, 'select from pg_namespace where nspname = $1', [schema]);
    const isThere = rows.length > 0;
    // Under BullMQ's own lock: many processes may start at once.
    await runMigrations(
      {
        query: async <Row>(text: string, values?: readonly unknown[]) => {
          // PostgreSQL asks for the right to create schemas even where IF NOT EXISTS finds one.
          if (isThere && createsSchema.test(text)) return { rows: [], rowCount: 0 };
          const { rows, rowCount } = await send<Row>(client, text, values, migrationMs);
          return { rows: [...rows], rowCount };
        },
      },
      schema,
    );
  } finally {
    await client.end().catch(() => {});
  }

  /** BullMQ looks for the tables of a given pool in the schema "bullmq" alone. */
  class ConnectionInSchema extends PostgresConnection {
    override readonly schema = schema;
  }

  return {
    connection: pool,
    clearEvents: async (queue) => {
      // The pool's search path leads to BullMQ's tables.
      await pool.query('delete from event where queue = $1', [queue]);
    },
    backendFactory: (name, options, extra = {}) => {
      // As createPostgresBackend does it; the names of workers are those of connections, and ours is one for all.
      const backend: IQueueBackend = new PostgresQueueBackend(
        new ConnectionInSchema(pool),
        name,
        options as ConstructorParameters<typeof PostgresQueueBackend>[2],
        true,
        listenerName(name, options, extra),
      );
      return backend;
    },
  };
}

function listenerName(
  queue: string,
  options: object,
  extra: { withBlockingConnection?: boolean; blocking?: boolean },
): string | undefined {
  const { name } = options as { name?: string };
  if (extra.withBlockingConnection) return name ? `${queue}:w:${name}` : queue;
  return extra.blocking ? `${queue}:qe` : undefined;
}
