import type { QueueConnection, QueueTarget } from '../fluxori-backend.js';
import { PglitePool } from '../pglite/pglite-pool.js';
import type { PgliteSession } from '../pglite/pglite-session.js';

/** BullMQ's own schema; its commands name nothing else, so the session's search path leads there. */
const schema = 'bullmq';

/** Brings BullMQ's tables up to date and answers with what its classes take. Our own tables are always named with their schema. */
export async function connectQueue(session: PgliteSession): Promise<QueueConnection> {
  const { createPostgresBackend, runMigrations } = await import('bullmq');
  const pool = new PglitePool(session);
  const client = await pool.connect();
  try {
    await runMigrations(client, schema, {});
    await client.query(`SET search_path TO ${schema}`);
  } finally {
    client.release();
  }
  const backendFactory: QueueConnection['backendFactory'] = (name, options, extra) =>
    createPostgresBackend(name, { ...options, connection: pool }, extra);
  return { connection: pool satisfies QueueTarget, backendFactory };
}
