import { BucketJournal } from '../buckets/bucket-journal.js';
import { BucketLedger } from '../buckets/bucket-ledger.js';
import { LedgerBucketStore } from '../buckets/ledger-bucket-store.js';
import { connectQueue } from '../bullmq/pglite-queue-connection.js';
import type { DriverInput, FluxoriBackend, OpenDriver, QueueConnection } from '../fluxori-backend.js';
import { Lifetime } from '../life/lifetime.js';
import { LocalLocks } from '../locks/local-locks.js';
import { healthOfSql } from '../sql/health-of-sql.js';
import { PortSql } from '../sql/port-sql.js';
import { migrate } from '../sql/schema.js';
import { bucketWriter, readBuckets } from '../sql/sql-buckets.js';
import { SqlKeyValueStore } from '../sql/sql-key-value-store.js';
import { SqlRecordStore } from '../sql/sql-record-store.js';
import { DataFolder } from './data-folder.js';
import { openDatabase } from './open-database.js';
import type { PgliteSession } from './pglite-session.js';
import { Upkeep } from './upkeep.js';

/** PostgreSQL in this process, its data in a folder. */
export const openPgliteBackend: OpenDriver = async (input) => {
  const startedAt = performance.now();
  const folder = DataFolder.open(input.location);
  const life = new Lifetime(input.url);
  let session: PgliteSession | undefined;
  try {
    session = await openDatabase(folder, () => life.endedError());
    const backend = await assemble(input, folder, session, life);
    const ms = Math.round(performance.now() - startedAt);
    input.logger.info({ folder: folder.path, isNew: folder.isNew, ms }, 'backend open');
    return backend;
  } catch (error) {
    await session?.close().catch(() => {});
    folder.release();
    throw error;
  }
};

async function assemble(
  { url, clock, logger }: DriverInput,
  folder: DataFolder,
  session: PgliteSession,
  life: Lifetime,
): Promise<FluxoriBackend> {
  const sql = new PortSql(session, url, () => life.check());
  // The journal and the upkeep have their last say when the ports are closed already.
  const lastSql = new PortSql(session, url, () => {});
  await migrate(sql);
  const ledger = new BucketLedger({ clock });
  ledger.restore(await readBuckets(sql));
  const journal = new BucketJournal((key) => ledger.row(key), bucketWriter(lastSql));
  const locks = new LocalLocks(life);
  const upkeep = new Upkeep(lastSql, logger);
  let queue: Promise<QueueConnection> | undefined;

  const close = () =>
    life.end(async () => {
      locks.close();
      try {
        await journal.close();
        await upkeep.close();
      } finally {
        await session.close();
        folder.release();
      }
    });

  return {
    kind: 'pglite',
    shared: false,
    url,
    keyValues: new SqlKeyValueStore(sql, { clock }),
    locks,
    buckets: new LedgerBucketStore(ledger, life, journal),
    records: new SqlRecordStore(sql),
    queueConnection: async () => {
      life.check();
      queue ??= connectQueue(session, logger).catch((error: unknown) => {
        queue = undefined;
        throw error;
      });
      return queue;
    },
    health: async () => {
      const details = { kind: 'pglite', url, folder: folder.path };
      return life.ended ? { status: 'down', details } : healthOfSql(sql, details);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
