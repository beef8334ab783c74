import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '@fluxori/core';
import { atMost } from './at-most.js';
import type { Listener } from './listener.js';
import type { PostgresSql } from './postgres-sql.js';
import type { PostgresPlace } from './postgres-url.js';

const patienceMs = 5_000;

/**
 * Whether what is told is heard. A pooler that gives each transaction another connection (PgBouncer in transaction mode) takes LISTEN and
 * forgets it, and the session's search path too: jobs would lie about until somebody looks, or land in another schema.
 *
 * @throws ConfigurationError when nothing is heard.
 */
export async function checkListening(
  listener: Listener,
  sql: PostgresSql,
  channel: string,
  { url }: PostgresPlace,
): Promise<void> {
  const word = randomUUID();
  let hear: () => void = () => {};
  let isHeard = false;
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const ear = {
    heard: (payload: string) => {
      if (payload !== word) return;
      isHeard = true;
      hear();
    },
  };
  const stop = await listener.listen(channel, ear);
  try {
    await sql.query('select pg_notify($1, $2)', [channel, word]);
    await atMost(patienceMs, heard);
    // Perhaps it is we who were held up: what was told before is heard before the answer to what is asked on the same connection.
    if (!isHeard) await listener.listen(channel, ear);
  } finally {
    stop();
  }
  if (isHeard) return;
  throw new ConfigurationError(`Through ${url}, LISTEN and NOTIFY do not work.`, {
    code: 'BACKEND_UNAVAILABLE',
    field: 'backend',
    remedy:
      'Is it a pooler in transaction mode (PgBouncer)? Name the server itself, or a pool in session mode.',
  });
}
