import { type Clock, isFluxoriError, type Logger } from '@fluxori/core';
import type pg from 'pg';
import { connectPostgresQueue } from '../bullmq/postgres-queue-connection.js';
import { PostgresQueuePool } from '../bullmq/postgres-queue-pool.js';
import type { DriverInput, FluxoriBackend, OpenDriver, QueueConnection } from '../fluxori-backend.js';
import { compareClocks } from '../life/compare-clocks.js';
import { Lifetime } from '../life/lifetime.js';
import { healthOfSql } from '../sql/health-of-sql.js';
import { PortSql } from '../sql/port-sql.js';
import { migrate } from '../sql/schema.js';
import { sharedSteps } from '../sql/shared-schema.js';
import { SqlKeyValueStore } from '../sql/sql-key-value-store.js';
import { SqlRecordStore } from '../sql/sql-record-store.js';
import { atMost } from './at-most.js';
import { BucketUpkeep } from './bucket-upkeep.js';
import { checkListening } from './check-listening.js';
import { clientOf, connectWithin } from './connect-within.js';
import { Connections } from './connections.js';
import { noConnectionLeft } from './explain-absence.js';
import { LeaseLocks } from './lease-locks.js';
import { Listener } from './listener.js';
import { nothingAnswers, type OpenPostgres, openPostgres, refusedError } from './open-postgres.js';
import { troubleOf } from './postgres-errors.js';
import { inTransaction, PostgresSql, send } from './postgres-sql.js';
import { type PostgresPlace, parsePostgresUrl } from './postgres-url.js';
import { Reach } from './reach.js';
import { SharedBucketStore } from './shared-bucket-store.js';
import { checkWritable, writableColumns } from './writable.js';

/** How long the end waits for a database that is away, to tell it what was settled. */
const lastWordMs = 2_000;

/** A PostgreSQL that many processes on many machines share. */
export const openPostgresBackend: OpenDriver = async (input) => {
  const startedAt = performance.now();
  const place = parsePostgresUrl(input.location);
  const open = await openPostgres(place, input.signal);
  try {
    const backend = await assemble(input, place, open);
    const ms = Math.round(performance.now() - startedAt);
    const { schema, pool } = place;
    input.logger.info(
      { host: place.host, version: open.version, tls: open.tls, schema, connections: pool + 1, ms },
      'backend open',
    );
    return backend;
  } catch (error) {
    throw inOurWords(place, error);
  }
};

async function assemble(
  { clock, logger }: DriverInput,
  place: PostgresPlace,
  open: OpenPostgres,
): Promise<FluxoriBackend> {
  const { url, host, schema } = place;
  const life = new Lifetime(url);
  const connect = async () => {
    const client = clientOf(open.client);
    await connectWithin(client, open.client.connectionTimeoutMillis);
    return client;
  };
  await migrateWith(connect, schema);

  const reach = new Reach({
    name: `PostgreSQL ${host}`,
    host,
    patienceMs: place.patienceMs,
    probe: ({ writes }) => probe(connect, connections, writes ? schema : undefined),
    logger,
    clock,
  });
  const missed = (error: unknown) => reach.missed(error);
  const connections = new Connections({
    name: `PostgreSQL ${host}`,
    client: open.client,
    most: place.pool,
    searchPath: place.queueSchema,
    logger,
    onLost: missed,
  });
  const store = new PostgresSql(connections, reach, place.patienceMs);
  const listener = new Listener({
    client: open.client,
    logger,
    missed,
    untilBack: () => reach.untilBack(performance.now(), new Error('not connected')),
  });
  const sql = new PortSql(store, url, () => life.check());
  const locks = new LeaseLocks({ sql: store, listener, life, logger, schema, host });
  const buckets = new SharedBucketStore({
    sql: store,
    life,
    clock,
    schema,
    leaseMs: place.leaseMs,
    inOurWords: (error) => sql.inOurWords(error),
  });
  try {
    await locks.listen();
    await checkListening(listener, store, `${schema}_open`, place);
    await checkClock(store, host, clock, logger);
  } catch (error) {
    await Promise.allSettled([listener.close(), connections.close()]);
    throw error;
  }
  const upkeep = new BucketUpkeep(store, schema, logger);
  const queuePool = new PostgresQueuePool({
    connections,
    sql: store,
    listener,
    host,
    ended: () => life.ended,
  });
  let queue: Promise<QueueConnection> | undefined;

  const close = () =>
    life.end(async () => {
      await Promise.all([locks.close(), atMost(lastWordMs, buckets.close()), upkeep.close()]);
      reach.close(life.endedError());
      await Promise.allSettled([listener.close(), connections.close()]);
    });

  return {
    kind: 'postgres',
    shared: true,
    url,
    keyValues: new SqlKeyValueStore(sql, { schema }),
    locks,
    buckets,
    records: new SqlRecordStore(sql, schema),
    queueConnection: async () => {
      life.check();
      queue ??= store
        .patiently(() => connectPostgresQueue(connect, queuePool, place.queueSchema))
        .catch((error: unknown) => {
          queue = undefined;
          throw (error as { severity?: unknown }).severity ? refusedError(place, error) : error;
        });
      return queue;
    },
    health: async () => {
      const details = {
        kind: 'postgres',
        url,
        version: open.version,
        connections: connections.counts.open + 1,
      };
      if (life.ended) return { status: 'down', details };
      const { absence } = reach;
      if (absence !== undefined) {
        return {
          status: 'down',
          details: { ...details, since: absence.since.toISOString(), error: absence.reason },
        };
      }
      return healthOfSql(
        {
          query: async <Row>() => {
            const answer = await store.once<Row>(`select ${writableColumns}`);
            checkWritable(answer.rows[0] as Parameters<typeof checkWritable>[0]);
            return answer;
          },
        },
        details,
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function checkClock(sql: PostgresSql, host: string, clock: Clock, logger: Logger): Promise<void> {
  let askedAtMs = clock.now();
  const { rows } = await sql.patiently(() => {
    askedAtMs = clock.now();
    return sql.once<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
  });
  const reading = { storeMs: rows[0]!.now, askedAtMs, heardAtMs: clock.now() };
  compareClocks(reading, `PostgreSQL ${host}`, host, logger);
}

async function migrateWith(connect: () => Promise<pg.Client>, schema: string): Promise<void> {
  const client = await connect();
  try {
    await migrate(
      { transaction: (work) => inTransaction(client, work, 300_000) },
      { schema, shared: sharedSteps },
    );
  } finally {
    client.end().catch(() => {});
  }
}

/** Needs as much room as a good many small writes, and leaves nothing but what vacuum takes away. */
async function writeInVain(client: pg.ClientBase, schema: string): Promise<void> {
  await send(client, 'begin');
  try {
    await send(
      client,
      `insert into ${schema}.key_value (key, value) values ('room/' || gen_random_uuid(),
        to_jsonb((select string_agg(md5(random()::text), '') from generate_series(1, 8192))))`,
    );
  } finally {
    await send(client, 'rollback').catch(() => {});
  }
}

/** On a new connection, since those that are there may be dead; where none can be had, on one of those. */
async function probe(
  connect: () => Promise<pg.Client>,
  connections: Connections,
  writesIn?: string,
): Promise<void> {
  const ask = async (client: pg.ClientBase) => {
    const { rows } = await client.query({
      text: `select ${writableColumns}`,
      query_timeout: 5_000,
    } as pg.QueryConfig);
    checkWritable(rows[0]);
    if (writesIn !== undefined) await writeInVain(client, writesIn);
  };
  let client: pg.Client;
  try {
    client = await connect();
  } catch (error) {
    if ((error as { code?: unknown }).code !== noConnectionLeft || connections.counts.open === 0) throw error;
    return connections.use(ask);
  }
  try {
    await ask(client);
  } finally {
    client.end().catch(() => {});
  }
}

/** What went wrong while it was opened; it was there a moment ago. */
function inOurWords(place: PostgresPlace, error: unknown): unknown {
  if (isFluxoriError(error)) return error;
  if (troubleOf(error) === 'away') return nothingAnswers(place, error);
  return (error as { severity?: unknown }).severity ? refusedError(place, error) : error;
}
