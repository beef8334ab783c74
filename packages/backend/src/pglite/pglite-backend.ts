import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { BucketLedger } from '../buckets/bucket-ledger.js';
import { LedgerBucketStore } from '../buckets/ledger-bucket-store.js';
import { connectQueue } from '../bullmq/pglite-queue-connection.js';
import type { OpenDriver, QueueConnection } from '../fluxori-backend.js';
import { Lifetime } from '../life/lifetime.js';
import { LocalLocks } from '../locks/local-locks.js';
import { migrate } from '../sql/schema.js';
import { SqlKeyValueStore } from '../sql/sql-key-value-store.js';
import { SqlRecordStore } from '../sql/sql-record-store.js';
import { PgliteSession } from './pglite-session.js';

/** PostgreSQL in this process, its data in a folder. */
export const openPgliteBackend: OpenDriver = async ({ url, location, clock }) => {
  const life = new Lifetime(url);
  const folder = resolve(location);
  await mkdir(folder, { recursive: true });
  const session = new PgliteSession(await PGlite.create(folder), () => life.endedError());
  await migrate(session);
  const locks = new LocalLocks(life);
  let queue: Promise<QueueConnection> | undefined;

  const close = () =>
    life.end(async () => {
      locks.close();
      await session.close();
    });

  return {
    kind: 'pglite',
    url,
    keyValues: new SqlKeyValueStore(session, clock),
    locks,
    buckets: new LedgerBucketStore(new BucketLedger(clock), life),
    records: new SqlRecordStore(session),
    queueConnection: async () => {
      life.check();
      queue ??= connectQueue(session);
      return queue;
    },
    health: async () => ({ status: life.ended ? 'down' : 'up', details: { kind: 'pglite', url } }),
    close,
    [Symbol.asyncDispose]: close,
  };
};
