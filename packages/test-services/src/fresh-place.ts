import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { nameOf, type Service, serviceUrl, whyMissing } from './service.js';

/** A place that nobody else uses in a server that others do. */
export interface FreshPlace {
  readonly url: string;
  /** Clears it away, whoever is still connected. */
  remove(): Promise<void>;
}

/** The first to come waits for the server to start: a limit for what hangs, also on a slow machine that others use. */
const patienceMs = 170_000;

/**
 * A fresh, empty place in the running service: in Redis a prefix of its own (`?prefix=`), in PostgreSQL a database of its own.
 *
 * @throws Error with the reason when the service is missing or does not answer.
 */
export async function freshPlace(service: Service): Promise<FreshPlace> {
  const url = serviceUrl(service);
  if (url === undefined) throw new Error(`There is no ${nameOf[service]} here: ${whyMissing(service)}`);
  const name = `fluxori_test_${randomBytes(8).toString('hex')}`;
  return service === 'redis' ? redisPlace(new URL(url), name) : postgresPlace(new URL(url), name);
}

async function redisPlace(server: URL, prefix: string): Promise<FreshPlace> {
  await withRedis(server, (redis) => redis.ping());
  const url = new URL(server);
  url.searchParams.set('prefix', prefix);
  return {
    url: url.href,
    remove: () =>
      withRedis(server, async (redis) => {
        let cursor = '0';
        do {
          const [next, keys] = await redis.scan(cursor, 'MATCH', `*${prefix}*`, 'COUNT', 1_000);
          if (keys.length > 0) await redis.unlink(...keys);
          cursor = next;
        } while (cursor !== '0');
      }),
  };
}

async function postgresPlace(server: URL, database: string): Promise<FreshPlace> {
  await withPostgres(server, (client) => create(client, database));
  const url = new URL(server);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    remove: () =>
      withPostgres(server, (client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)),
  };
}

/** Sorted as people of a language sort, where the server can: what relies on the order of code units must say so itself. */
async function create(client: Client, database: string): Promise<void> {
  const statement = `CREATE DATABASE ${database} TEMPLATE template0`;
  try {
    await client.query(`${statement} LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`);
  } catch (error) {
    // Before version 15 that is a syntax error, and without ICU it is not supported.
    if (!['42601', '0A000', '22023'].includes((error as { code?: string }).code ?? '')) throw error;
    await client.query(statement);
  }
}

async function withRedis(server: URL, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  await patiently('redis', async () => {
    const redis = new Redis(server.href, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => {});
    try {
      await redis.connect();
      await work(redis);
    } finally {
      redis.disconnect();
    }
  });
}

async function withPostgres(server: URL, work: (client: Client) => Promise<unknown>): Promise<void> {
  await patiently('postgres', async () => {
    const client = new Client({ connectionString: server.href });
    client.on('error', () => {});
    try {
      await client.connect();
      await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  });
}

/** Again, while the server is not there yet (refused, reset, "is starting up"). */
async function patiently(service: Service, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || Date.now() > deadline) {
        throw new Error(
          `${nameOf[service]} at ${hostOf(service)} does not do what the tests need: ${String(error)}`,
          {
            cause: error,
          },
        );
      }
      await sleep(50);
    }
  }
}

function mayPass(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P03'].includes(code ?? '')) return true;
  return /connection (is closed|terminated)|loading the dataset/i.test(message ?? '');
}

function hostOf(service: Service): string {
  return new URL(serviceUrl(service) ?? 'none://none').host;
}
