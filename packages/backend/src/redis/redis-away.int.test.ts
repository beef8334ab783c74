import { accountId, type Logger, sleep } from '@fluxori/core';
import { describeWith, openRelay, type PrivateServer, type Relay, startServer } from '@fluxori/test-services';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { failureOf, undisturbed } from '../conformance/under-test.js';
import { openBackend } from '../open-backend.js';

interface Line {
  readonly level: string;
  readonly message: string;
}

function listeningLogger(lines: Line[]): Logger {
  const note = (level: string) => (_fields: object, message: string) => {
    if (/is (away|back)|comes and goes/.test(message)) lines.push({ level, message });
  };
  const logger: Logger = {
    debug: () => {},
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    child: () => logger,
  };
  return logger;
}

/** It went away and came back, each told once, and once more for each time that a machine that stood still made it fall silent. */
function expectToldOnce(lines: readonly Line[]): void {
  const away = lines.filter(({ level }) => level === 'warn');
  expect(lines.map(({ level }) => level)).toEqual(away.flatMap(() => ['warn', 'info']));
  expect(away.length).toBeGreaterThan(0);
  expect(away.filter(({ message }) => !message.includes('does not answer')).length).toBeLessThanOrEqual(1);
  for (const { message } of lines.filter(({ level }) => level === 'info')) {
    expect(message).toMatch(/is back after \d+\.\d s/);
  }
}

/** What is waited for comes, however long it takes: a limit for what hangs is that of the tests. */
const patience = 'patience=600';

describeWith('redis', 'a Redis that goes away', () => {
  let server: PrivateServer;
  let relay: Relay;

  beforeAll(async () => {
    server = await startServer('redis');
    relay = await openRelay(server.port);
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('is waited for: killed and started again under load, nothing is lost, refused or told twice', async () => {
    const lines: Line[] = [];
    const account = accountId('acme');
    await using backend = await openBackend(`redis://127.0.0.1:${server.port}?prefix=killed&${patience}`, {
      logger: listeningLogger(lines),
    });
    const counts = { taken: 0, refused: 0, set: 0, written: 0, locked: 0 };
    let isOver = false;
    const stream = async (work: (turn: number) => Promise<void>) => {
      for (let turn = 0; !isOver; turn++) await work(turn);
    };
    const limit = { key: 'load', ratePerSecond: 10_000, burst: 100_000 };
    const streams = [
      stream(async () => {
        const answer = await backend.buckets.take([limit], { priority: 3 });
        if (!answer.granted) counts.refused++;
        else {
          counts.taken++;
          await backend.buckets.settle(answer.grant);
        }
      }),
      stream(async (turn) => {
        await backend.keyValues.set(`key ${turn}`, turn);
        counts.set = turn + 1;
      }),
      stream(async (turn) => {
        await backend.records.write({ accountId: account, state: { [`mark ${turn}`]: turn } });
        counts.written = turn + 1;
      }),
      stream(async () => {
        await backend.locks.withLock('one', async () => {
          counts.locked++;
        });
      }),
    ];
    await sleep(200);
    await server.kill();
    let health = await backend.health();
    while (health.details?.since === undefined) {
      await sleep(20);
      health = await backend.health();
    }
    const before = { ...counts };
    await server.start();
    const more = (name: keyof typeof counts) => counts[name] >= before[name] + 20;
    while (!(more('taken') && more('set') && more('written') && more('locked'))) await sleep(5);
    isOver = true;
    await Promise.all(streams);

    expect(health.status).toBe('down');
    expect(health.details).toMatchObject({ since: expect.any(String), error: expect.any(String) });
    expect((await backend.health()).status).toBe('up');
    expect(counts.refused).toBe(0);
    expect((await backend.keyValues.keys('key ')).length).toBe(counts.set);
    for (let turn = 0; turn < counts.written; turn++) {
      expect(await backend.records.readState(account, `mark ${turn}`)).toBe(turn);
    }
    const [bucket] = await backend.buckets.inspect('load');
    expect(bucket!.inFlight).toBe(0);
    expectToldOnce(lines);
  });

  it('loses no job of BullMQ when it is killed at work, and does none twice', async () => {
    const { Queue, Worker } = await import('bullmq');
    await using backend = await openBackend(`redis://127.0.0.1:${server.port}?prefix=jobs&${patience}`);
    const { connection, prefix, backendFactory } = await backend.queueConnection();
    const options = { connection, ...(prefix !== undefined && { prefix }) };
    const jobs = 400;
    // A job whose lock ended while nobody could renew it is done again, and rightly so.
    const lockDuration = 6_000;
    let plays = 0;
    await undisturbed(async (inTime) => {
      const name = `work ${++plays}`;
      const queue = new Queue(name, options, backendFactory);
      queue.on('error', () => {});
      const done = new Set<number>();
      let runs = 0;
      let doneAt = performance.now();
      let longestPauseMs = 0;
      await queue.addBulk(Array.from({ length: jobs }, (_, index) => ({ name: 'one', data: { index } })));
      const worker = new Worker(
        name,
        async (job) => {
          runs++;
          await sleep(5);
          done.add(job.data.index);
          // Those that were claimed when the answer was lost come last, and late.
          if (done.size <= jobs - 10) longestPauseMs = Math.max(longestPauseMs, performance.now() - doneAt);
          doneAt = performance.now();
        },
        { ...options, concurrency: 5, stalledInterval: 1_000, lockDuration },
        backendFactory,
      );
      worker.on('error', () => {});
      while (done.size < 50) await sleep(5);
      await server.kill();
      await sleep(300);
      await server.start();
      while (done.size < jobs) await sleep(20);
      await worker.close();
      await queue.close();
      // Locks are renewed at half their length, unless the machine holds up this process, or Redis, or its start.
      inTime(Number.POSITIVE_INFINITY, 0.4 * lockDuration);
      if (longestPauseMs > 0.4 * lockDuration) inTime(0);
      expect({ done: done.size, runs }).toEqual({ done: jobs, runs: jobs });
    });
  });

  it('is told apart from a slow one: a silent connection is given up and made anew', async () => {
    const lines: Line[] = [];
    await using backend = await openBackend(`redis://127.0.0.1:${relay.port}?prefix=silent&${patience}`, {
      logger: listeningLogger(lines),
    });
    await backend.keyValues.set('before', 1);
    relay.stall();
    const asked = backend.keyValues.get('before');
    while (lines.length === 0) await sleep(50);
    expect(lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('does not answer') });
    await relay.heal();
    expect(await asked).toBe(1);
  });

  it('whose memory is full is waited for, and one that comes and goes is not told of each time', async () => {
    const lines: Line[] = [];
    await using backend = await openBackend(`${server.url}?prefix=full&${patience}`, {
      logger: listeningLogger(lines),
    });
    const admin = new Redis(server.url);
    // Who was back for ten seconds has not come and gone: on a slow machine it takes more turns.
    const isTold = () => lines.some(({ message }) => message.includes('comes and goes'));
    for (let turn = 1, after = 0; after < 2; turn++) {
      if (isTold()) after++;
      await admin.config('SET', 'maxmemory', '1');
      const written = backend.keyValues.set(`key ${turn}`, turn);
      while ((await backend.health()).status === 'up') await sleep(5);
      expect(JSON.stringify((await backend.health()).details)).toContain('its memory is full (OOM)');
      await admin.config('SET', 'maxmemory', '0');
      await written;
      expect(await backend.keyValues.get(`key ${turn}`)).toBe(turn);
    }
    admin.disconnect();
    const letter = { 'is away': 'a', 'is back after': 'b', 'comes and goes': 'c', 'is back for good': 'g' };
    const told = lines.map(({ message }) =>
      Object.entries(letter).flatMap(([words, one]) => (message.includes(words) ? one : [])),
    );
    expect(told.flat().join('')).toMatch(/^(ab){2,}c(g(ab)*c?)*$/);
  });

  it('is given up after the patience of the URL, with an error that says who, how long and why', async () => {
    await using backend = await openBackend(`redis://127.0.0.1:${relay.port}?prefix=gone&patience=0.3`);
    await relay.cut();
    // From then on it is known why.
    while (!/nothing listens/.test(JSON.stringify((await backend.health()).details))) await sleep(5);
    const failure = await failureOf(backend.keyValues.get('x'));
    expect(failure).toMatchObject({
      name: 'NetworkError',
      code: 'BACKEND_UNAVAILABLE',
      host: `127.0.0.1:${relay.port}`,
      retryable: true,
    });
    expect(String(failure?.message)).toContain('not back within 300 ms: nothing listens there');
    await relay.heal();
    while ((await backend.health()).status !== 'up') await sleep(20);
    expect(await backend.keyValues.get('x')).toBe(undefined);
  });

  it('lets go at once of who is aborted, and of everybody when it is closed', async () => {
    const backend = await openBackend(`redis://127.0.0.1:${relay.port}?prefix=aborted&${patience}`);
    await relay.cut();
    const controller = new AbortController();
    const reason = new Error('enough');
    const write = { accountId: accountId('acme'), state: { a: 1 } };
    const aborted = failureOf(backend.records.write(write, { signal: controller.signal }));
    const left = failureOf(backend.keyValues.get('x'));
    await sleep(100);
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    await backend.close();
    expect(await left).toMatchObject({ name: 'ConfigurationError', code: 'BACKEND_UNAVAILABLE' });
    await relay.heal();
  });

  it('tells the holder of a lock that it was lost when the lease could not be renewed', async () => {
    await using backend = await openBackend(`redis://127.0.0.1:${relay.port}?prefix=lost`);
    const seen = failureOf(
      backend.locks.withLock(
        'lease',
        async ({ signal }) => {
          await relay.cut();
          await new Promise((_, reject) => {
            if (signal.aborted) reject(signal.reason);
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        },
        { ttlMs: 600 },
      ),
    );
    expect(await seen).toMatchObject({ name: 'NetworkError', code: 'BACKEND_UNAVAILABLE' });
    await relay.heal();
    expect(await backend.locks.withLock('lease', async () => 'mine again')).toBe('mine again');
  });
});
