import type { Logger } from '@fluxori/core';
import type { QueueConnection } from '../fluxori-backend.js';
import { PglitePool } from '../pglite/pglite-pool.js';
import type { PgliteSession } from '../pglite/pglite-session.js';

/** BullMQ's own schema; its commands name nothing else, so the session's search path leads there. */
const schema = 'bullmq';

/** Brings BullMQ's tables up to date and answers with what its classes take. Our own tables are always named with their schema. */
export async function connectQueue(session: PgliteSession, logger: Logger): Promise<QueueConnection> {
  const { createPostgresBackend, runMigrations } = await import('bullmq');
  const pool = new PglitePool(session);
  const client = await pool.connect();
  try {
    await runMigrations(client, schema, {});
    await client.query(`SET search_path TO ${schema}`);
  } finally {
    client.release();
  }
  await releaseOrphans(session, logger);
  return {
    connection: pool,
    clearEvents: async (queue) => {
      await session.query(`delete from ${schema}.event where queue = $1`, [queue]);
    },
    backendFactory: (name, options, extra) =>
      createPostgresBackend(name, { ...options, connection: pool }, extra),
  };
}

/**
 * No other process can be at work here, so whatever is still marked as being worked on was left by one that died. BullMQ would wait for
 * the dead worker's lock to run out (30 s) and then for two checks (30 s each); with the locks ended and the marks set, the first check
 * of the first worker, which is at its start, puts the jobs back. They count as stalled once, as they would have.
 */
async function releaseOrphans(session: PgliteSession, logger: Logger): Promise<void> {
  try {
    const { rowCount } = await session.query(
      `update bullmq.job set locked_until_ms = 0, stalled_marked = true where state = 'active'`,
    );
    if (rowCount === 0) return;
    await session.query(`delete from bullmq.meta where field = 'stalled-check'`);
    logger.info({ jobs: rowCount }, 'jobs of a process that died go back to their queues');
  } catch (error) {
    // These columns are BullMQ's own affair. Should they change, recovery takes as long as BullMQ's own.
    logger.warn(
      { error: (error as Error).message },
      'jobs of a process that died return when their locks run out',
    );
  }
}
