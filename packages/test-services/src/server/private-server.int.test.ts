import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { describeWith } from '../describe-with.js';
import type { Service } from '../service.js';
import { type PrivateServer, startServer } from './private-server.js';

/** Writes one line that was acknowledged, or reads how many there are. */
const talk: Record<Service, { write(url: string): Promise<unknown>; count(url: string): Promise<number> }> = {
  redis: {
    write: (url) => withRedis(url, (redis) => redis.incr('lines')),
    count: async (url) => Number(await withRedis(url, (redis) => redis.get('lines'))),
  },
  postgres: {
    write: (url) =>
      withPostgres(url, 'CREATE TABLE IF NOT EXISTS line (id int); INSERT INTO line VALUES (1)'),
    count: async (url) => Number((await withPostgres(url, 'SELECT count(*) FROM line')).rows[0].count),
  },
};

for (const service of ['redis', 'postgres'] as const) {
  describeWith(service, `a ${service} server of one's own`, () => {
    let server: PrivateServer;
    beforeAll(async () => {
      server = await startServer(service);
    });
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]();
    });

    it('keeps what was acknowledged through a stop and a kill, on the same port', async () => {
      const { url } = server;
      await talk[service].write(url);
      await server.stop();
      await expect(talk[service].count(url)).rejects.toBeDefined();
      await server.start();
      await talk[service].write(url);
      for (let kills = 0; kills < 2; kills++) {
        await server.kill();
        await expect(talk[service].count(url)).rejects.toBeDefined();
        await server.start();
      }
      expect(await talk[service].count(url)).toBe(2);
      expect(server.url).toBe(url);
    });

    it('can be stopped, killed and started twice over without harm, and is gone in the end', async () => {
      await server.start();
      await Promise.all([server.stop(), server.stop()]);
      await server.kill();
      await server.start();
      await server[Symbol.asyncDispose]();
      await expect(talk[service].count(server.url)).rejects.toBeDefined();
    });
  });
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function withPostgres(url: string, statement: string) {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.query(statement);
  } finally {
    await client.end().catch(() => {});
  }
}
