import { BucketJournal } from '../buckets/bucket-journal.js';
import { BucketLedger } from '../buckets/bucket-ledger.js';
import { LedgerBucketStore } from '../buckets/ledger-bucket-store.js';
import { connectQueue } from '../bullmq/pglite-queue-connection.js';
import type { FluxoriBackend, OpenDriver, QueueConnection } from '../fluxori-backend.js';
import { Lifetime } from '../life/lifetime.js';
import { LocalLocks } from '../locks/local-locks.js';
import { PortSql } from '../sql/port-sql.js';
import { migrate } from '../sql/schema.js';
import { bucketWriter, readBuckets } from '../sql/sql-buckets.js';
import { SqlKeyValueStore } from '../sql/sql-key-value-store.js';
import { SqlRecordStore } from '../sql/sql-record-store.js';
import { DataFolder } from './data-folder.js';
import { openDatabase } from './open-database.js';
import { PgliteSession } from './pglite-session.js';

/** PostgreSQL in this process, its data in a folder. */
export const openPgliteBackend: OpenDriver = async ({ url, location, clock, logger }) => {
  const startedAt = performance.now();
  const life = new Lifetime(url);
  const folder = DataFolder.open(location);
  let session: PgliteSession | undefined;
  try {
    session = new PgliteSession(await openDatabase(folder), () => life.endedError());
    const sql = new PortSql(session, url, () => life.check());
    await migrate(sql);
    const ledger = new BucketLedger({ clock });
    ledger.restore(await readBuckets(sql));
    const backend = assemble(url, folder, session, sql, ledger, life, clock);
    logger.info(
      { folder: folder.path, isNew: folder.isNew, ms: performance.now() - startedAt },
      'backend open',
    );
    return backend;
  } catch (error) {
    await session?.close().catch(() => {});
    folder.release();
    throw error;
  }
};

function assemble(
  url: string,
  folder: DataFolder,
  session: PgliteSession,
  sql: PortSql,
  ledger: BucketLedger,
  life: Lifetime,
  clock: Parameters<OpenDriver>[0]['clock'],
): FluxoriBackend {
  const locks = new LocalLocks(life);
  // The journal writes its last when the ports are closed already.
  const journal = new BucketJournal(
    (key) => ledger.row(key),
    bucketWriter(new PortSql(session, url, () => {})),
  );
  let queue: Promise<QueueConnection> | undefined;

  const close = () =>
    life.end(async () => {
      locks.close();
      try {
        await journal.close();
      } finally {
        await session.close();
        folder.release();
      }
    });

  return {
    kind: 'pglite',
    url,
    keyValues: new SqlKeyValueStore(sql, clock),
    locks,
    buckets: new LedgerBucketStore(ledger, life, journal),
    records: new SqlRecordStore(sql),
    queueConnection: async () => {
      life.check();
      queue ??= connectQueue(session);
      return queue;
    },
    health: async () => ({ status: life.ended ? 'down' : 'up', details: { kind: 'pglite', url } }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
