import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { type Clock, type Logger, systemClock } from '@fluxori/core';
import { describeWith, freshPlace, type PrivateServer, startServer } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { failureOf, undisturbed } from '../conformance/under-test.js';
import { openBackend } from '../open-backend.js';
import { connect } from './connect.js';
import { createRedisClient } from './redis-client.js';
import { readRedisUrl } from './redis-url.js';

/** Somebody else behind the port. */
async function somethingElse(answer: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    answer(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

async function failureToOpen(url: string): Promise<Record<string, unknown>> {
  const failure = await failureOf(openBackend(url));
  const told = `${inspect(failure, { depth: 20, showHidden: true })} ${JSON.stringify(failure)}`;
  expect(told).not.toMatch(/geheim/);
  return failure ?? {};
}

describe('opening what is no Redis', () => {
  it('fails at once when something else answers', async () => {
    const { port, server } = await somethingElse((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    expect(await failureToOpen(`redis://:geheim@127.0.0.1:${port}`)).toMatchObject({
      name: 'ConfigurationError',
      code: 'BACKEND_UNAVAILABLE',
      message: `What answers at 127.0.0.1:${port} does not speak as Redis does.`,
    });
    server.close();
  });

  it('fails soon when nothing listens, or nobody knows the host', async () => {
    const { port, server } = await somethingElse(() => {});
    server.close();
    const [refused, unknown] = await Promise.all([
      failureToOpen(`redis://:geheim@127.0.0.1:${port}`),
      failureToOpen('redis://u:geheim@no-such-host.invalid'),
    ]);
    expect(refused).toMatchObject({
      name: 'NetworkError',
      code: 'BACKEND_UNAVAILABLE',
      host: `127.0.0.1:${port}`,
    });
    expect(String(refused.message)).toContain('nothing listens there');
    expect(unknown).toMatchObject({ name: 'NetworkError', code: 'BACKEND_UNAVAILABLE' });
    expect(String(unknown.message)).toContain('the name of the host is not known');
  });

  it('fails in time when nobody says anything', async () => {
    const sockets: Socket[] = [];
    const { port, server } = await somethingElse((socket) => sockets.push(socket));
    const address = readRedisUrl(`//:geheim@127.0.0.1:${port}`, false);
    await undisturbed(async (inTime) => {
      const client = createRedisClient(address, { name: 'impatient', silenceMs: 200, waits: false });
      const failure = await failureOf(connect(client, address, 1_500));
      client.disconnect();
      expect(failure).toMatchObject({ name: 'NetworkError', code: 'BACKEND_UNAVAILABLE' });
      // Where the machine holds us up, the time is over before anything has been accepted.
      inTime(Number.POSITIVE_INFINITY, 200);
      expect(String(failure?.message)).toContain('it accepts connections but does not answer');
    });
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

describeWith('redis', 'opening a Redis', () => {
  let server: PrivateServer;
  let admin: Redis;

  beforeAll(async () => {
    server = await startServer('redis');
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  });

  it('fails at once when it refuses the credentials, or lacks the database', async () => {
    await admin.config('SET', 'requirepass', 'the right one');
    const place = `127.0.0.1:${server.port}`;
    for (const url of [`redis://${place}`, `redis://:geheim@${place}`, `redis://thabo:geheim@${place}`]) {
      expect(await failureToOpen(url)).toMatchObject({
        name: 'ConfigurationError',
        code: 'BACKEND_UNAVAILABLE',
        message: expect.stringContaining('refuses the user or password'),
      });
    }
    const backend = await openBackend(`redis://:the%20right%20one@${place}`);
    expect((await backend.health()).status).toBe('up');
    expect(backend.url).toBe(`redis://${place}`);
    await backend.close();
    await admin.config('SET', 'requirepass', '');
    expect(await failureToOpen(`redis://${place}/999`)).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('does not have the database'),
    });
  });

  it('says what may be meant when TLS is asked of a Redis that has none', async () => {
    const address = readRedisUrl(`//:geheim@127.0.0.1:${server.port}`, true);
    const client = createRedisClient(address, { name: 'mistaken', silenceMs: 5_000, waits: false });
    const failure = await failureOf(connect(client, address, 500));
    client.disconnect();
    expect(String(failure?.message)).toContain('nothing answers in TLS; perhaps redis:// is meant');
  });

  it('is not given up because the connection is lost while it is looked at', async () => {
    let lost = 0;
    const proxy = await somethingElse((socket) => {
      const upstream = createConnection(server.port, '127.0.0.1').on('error', () => {});
      socket.on('close', () => upstream.destroy()).pipe(upstream);
      upstream.on('close', () => socket.destroy()).pipe(socket);
      // First ioredis asks whether Redis is ready, then we ask what it is.
      let asked = 0;
      socket.on('data', (data) => {
        if (/\binfo\b/i.test(String(data)) && ++asked === 2 && lost++ === 0) socket.destroy();
      });
    });
    const backend = await openBackend(`redis://127.0.0.1:${proxy.port}?prefix=lost`);
    // Once more where a machine that stood still made it fall silent.
    expect(lost).toBeGreaterThanOrEqual(2);
    expect((await backend.health()).status).toBe('up');
    await backend.close();
    proxy.server.close();
  });

  it('warns of settings that lose work', async () => {
    const warnings: string[] = [];
    const note = (_fields: object, message: string) => warnings.push(message);
    const logger: Logger = { debug() {}, info() {}, warn: note, error: note, child: () => logger };
    await (await openBackend(server.url, { logger })).close();
    expect(warnings).toEqual([]);
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru', 'appendonly', 'no');
    const printed = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const backend = await openBackend(server.url, { logger });
    const { connection, backendFactory } = await backend.queueConnection();
    const { Queue, Worker } = await import('bullmq');
    const queue = new Queue('risky', { connection }, backendFactory);
    const worker = new Worker('risky', null, { connection, autorun: false }, backendFactory);
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
    expect((await backend.health()).details).toMatchObject({
      maxmemoryPolicy: 'allkeys-lru',
      appendonly: 'no',
    });
    await Promise.all([worker.close(), queue.close()]);
    await backend.close();
    expect(warnings.length).toBe(2);
    expect(warnings[0]).toContain('"maxmemory-policy noeviction"');
    expect(warnings[1]).toContain('"appendonly yes"');
    // BullMQ would say it once more for each of its connections, and not in the log.
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    await admin.config('SET', 'maxmemory-policy', 'noeviction', 'appendonly', 'yes');
  });

  it('warns of a clock that is far from its own', async () => {
    const warnings: string[] = [];
    const note = (_fields: object, message: string) => warnings.push(message);
    const logger: Logger = { debug() {}, info() {}, warn: note, error: note, child: () => logger };
    const clock: Clock = { ...systemClock, now: () => Date.now() + 7_200_000 };
    await (await openBackend(server.url, { logger, clock })).close();
    expect(warnings).toEqual([expect.stringMatching(/72\d\d.* s ahead of that of Redis/)]);
  });

  it('leaves nothing that stays for ever, but what was written and the lists of names', async () => {
    const place = await freshPlace('redis');
    const redis = new Redis(place.url.split('?')[0]!);
    const prefix = new URL(place.url).searchParams.get('prefix')!;
    const backend = await openBackend(`${place.url}&lease=600`);
    const limit = { key: 'slow', ratePerSecond: 0.0001, burst: 1 };
    await backend.buckets.take([limit], { priority: 3 });
    for (const waiter of ['a', 'b', 'c']) await backend.buckets.take([limit], { priority: 3, waiter });
    const look = async () => {
      const keys = await redis.keys(`{${prefix}}/*`);
      const forEver: string[] = [];
      for (const key of keys) if ((await redis.pttl(key)) === -1) forEver.push(key.slice(prefix.length + 3));
      expect(forEver.sort()).toEqual(['bucket-names', 'clock', 'leases']);
      expect(keys.length).toBeGreaterThan(8);
    };
    await backend.locks.withLock('held', look, { ttlMs: 600_000 });
    for (const waiter of ['a', 'b', 'c']) await backend.buckets.forget(waiter);
    await backend.close();
    const left = await redis.keys(`{${prefix}}/*`);
    expect(left.map((key) => key.slice(prefix.length + 3)).sort()).toEqual([
      'bucket-names',
      'bucket/slow',
      'clock',
    ]);
    redis.disconnect();
    await place.remove();
  });

  it('goes on when somebody throws the scripts out', async () => {
    await using backend = await openBackend(`${server.url}?prefix=scripts`);
    const limit = { key: 'a', ratePerSecond: 1, burst: 5 };
    await backend.buckets.take([limit], { priority: 3 });
    await admin.script('FLUSH');
    expect(await backend.buckets.take([limit], { priority: 3 })).toMatchObject({ granted: true });
  });

  it('keeps apart what has different prefixes', async () => {
    await using one = await openBackend(`${server.url}?prefix=one`);
    await using two = await openBackend(`${server.url}?prefix=two`);
    await one.keyValues.set('a', 1);
    expect(await two.keyValues.get('a')).toBe(undefined);
    expect(await two.keyValues.keys('')).toEqual([]);
  });
});
