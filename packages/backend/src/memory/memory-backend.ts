import type { Logger } from '@fluxori/core';
import { BucketLedger } from '../buckets/bucket-ledger.js';
import { LedgerBucketStore } from '../buckets/ledger-bucket-store.js';
import type { FluxoriBackend, OpenDriver, QueueConnection } from '../fluxori-backend.js';
import { Lifetime } from '../life/lifetime.js';
import { LocalLocks } from '../locks/local-locks.js';
import { MemoryKeyValueStore } from './memory-key-value-store.js';
import { MemoryRecordStore } from './memory-record-store.js';

/** Everything in this process, gone with it. BullMQ gets a PostgreSQL in memory, started when a queue first asks. */
export const openMemoryBackend: OpenDriver = async ({ url, clock, logger }): Promise<FluxoriBackend> => {
  const life = new Lifetime(url);
  const locks = new LocalLocks(life);
  let queue: Promise<MemoryQueue> | undefined;

  const close = () =>
    life.end(async () => {
      locks.close();
      await queue?.then((opened) => opened.close());
    });

  return {
    kind: 'memory',
    shared: false,
    url,
    keyValues: new MemoryKeyValueStore(clock, life),
    locks,
    buckets: new LedgerBucketStore(new BucketLedger({ clock }), life),
    records: new MemoryRecordStore(life),
    queueConnection: async () => {
      life.check();
      queue ??= openQueue(() => life.endedError(), logger);
      return (await queue).connection;
    },
    health: async () => ({
      status: life.ended ? 'down' : 'up',
      details: { kind: 'memory', url, queue: queue === undefined ? 'not started' : 'started' },
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

interface MemoryQueue {
  readonly connection: QueueConnection;
  readonly close: () => Promise<void>;
}

async function openQueue(ended: () => Error, logger: Logger): Promise<MemoryQueue> {
  const [{ PGlite }, { PgliteSession }, { databaseImage }, { connectQueue }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('../pglite/pglite-session.js'),
    import('../pglite/image/database-image.js'),
    import('../bullmq/pglite-queue-connection.js'),
  ]);
  const image = await databaseImage();
  const session = new PgliteSession(await PGlite.create(image && { loadDataDir: image }), ended);
  return { connection: await connectQueue(session, logger), close: () => session.close() };
}
