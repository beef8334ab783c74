import { accountId, type Logger, sleep } from '@fluxori/core';
import { describeWith, freshPlace, openRelay, type PrivateServer, startServer } from '@fluxori/test-services';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { atOnce } from '../conformance/at-once.js';
import { undisturbed } from '../conformance/under-test.js';
import { openBackend } from '../open-backend.js';

interface Line {
  readonly level: string;
  readonly message: string;
}

function listening(lines: Line[]): Logger {
  const say = (level: string) => (_fields: unknown, message: string) => void lines.push({ level, message });
  const logger: Logger = {
    debug: () => {},
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: () => logger,
  };
  return logger;
}

function withParameters(url: string, parameters: Record<string, string>): string {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed.href;
}

/** What is waited for comes, however long it takes: a limit for what hangs is that of the tests. */
const patience = '600';

/** Its going and coming are told once each, and once more where a machine that stood still let an answer come too late. */
function expectToldOnce(lines: readonly Line[], times: number): void {
  const told = lines.filter(({ message }) => /is (away|back)/.test(message));
  const away = told.filter(({ level }) => level === 'warn');
  expect(told.map(({ level }) => level)).toEqual(away.flatMap(() => ['warn', 'info']));
  expect(away.length).toBeGreaterThanOrEqual(times);
  expect(away.filter(({ message }) => !message.includes('timeout')).length).toBeLessThanOrEqual(times);
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(10);
}

describeWith('postgres', 'a PostgreSQL that fails', () => {
  const itWaits = atOnce(it);
  let server: PrivateServer;
  beforeAll(async () => {
    server = await startServer('postgres');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  it('is waited for when it is stopped, killed and started again: nothing is lost, nobody gets an error, and it is told', async () => {
    const lines: Line[] = [];
    const backend = await openBackend(
      withParameters(server.url, { schema: 'restarted', patience, lease: '600' }),
      {
        logger: listening(lines),
      },
    );
    const limit = { key: 'orders', ratePerSecond: 0.0001, burst: 100_000 };
    const account = accountId('acme');
    let over = false;
    const done = { taken: 0, set: 0, written: 0 };
    const repeat = async (work: (index: number) => Promise<void>) => {
      for (let index = 0; !over; index++) await work(index);
    };
    const taking = () =>
      repeat(async () => {
        const answer = await backend.buckets.take([limit], { priority: 3 });
        if (!answer.granted) throw new Error('refused');
        done.taken++;
        await backend.buckets.settle(answer.grant);
      });
    const work = Promise.all([
      taking(),
      taking(),
      taking(),
      repeat(async (index) => {
        await backend.keyValues.set(`key ${index}`, index);
        done.set++;
      }),
      repeat(async (index) => {
        await backend.records.write({ accountId: account, state: { [`batch ${index}`]: index } });
        done.written++;
      }),
    ]);
    const progress = async () => {
      const { taken, set, written } = done;
      await until(() => done.taken > taken + 5 && done.set > set && done.written > written);
    };

    await progress();
    await server.stop();
    await until(async () => (await backend.health()).status === 'down');
    const down = await backend.health();
    expect(down.details).toMatchObject({ since: expect.any(String), error: expect.any(String) });
    await server.start();
    await progress();
    await server.kill();
    await sleep(300);
    await server.start();
    await progress();
    over = true;
    await work;

    const bucket = (await backend.buckets.inspect('orders'))[0]!;
    // Each grant took one token, also those whose answer was lost and that were asked for again.
    expect(Math.round(limit.burst - bucket.level)).toBe(done.taken);
    // What was settled just before the kill may have been lost in it, and is in flight until its lease ends: one for each who asks.
    expect(bucket.inFlight).toBeLessThanOrEqual(3);
    for (let index = 0; index < done.set; index++)
      expect(await backend.keyValues.get(`key ${index}`)).toBe(index);
    for (let index = 0; index < done.written; index++) {
      expect(await backend.records.readState(account, `batch ${index}`)).toBe(index);
    }
    expect((await backend.health()).status).toBe('up');
    expectToldOnce(lines, 2);
    await backend.close();
  });

  it('leaves no worker deaf when it starts again, and needs as many connections for twelve queues as for one', async () => {
    const { Queue, Worker } = await import('bullmq');
    const backend = await openBackend(
      withParameters(server.url, { schema: 'sections', pool: '5', application_name: 'twelve', patience }),
    );
    const { connection, backendFactory } = await backend.queueConnection();
    const names = Array.from({ length: 12 }, (_, index) => `section ${index}`);
    const queues = names.map((name) => new Queue(name, { connection }, backendFactory));
    const done: string[] = [];
    const errors: string[] = [];
    const workers = names.map((name) => {
      const worker = new Worker(
        name,
        async (job) => {
          done.push(`${name} ${job.data}`);
        },
        { connection, concurrency: 2 },
        backendFactory,
      );
      worker.on('error', (error) => errors.push(error.message));
      return worker;
    });
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    const round = async (data: string) => {
      await Promise.all(queues.map((queue) => queue.add('work', data)));
      await until(() => names.every((name) => done.includes(`${name} ${data}`)));
    };
    await round('before');
    const counter = new pg.Client(server.url);
    await counter.connect();
    const { rows } = await counter.query(
      `select count(*)::int as count from pg_stat_activity where application_name = 'twelve'`,
    );
    expect(rows[0].count).toBeLessThanOrEqual(6);
    await counter.end();

    // All of them are idle and blocked. Those that did not notice would sleep for an hour.
    await sleep(300);
    await server.kill();
    await server.start();
    await round('after');
    await server.stop();
    const added = round('while it is down');
    await sleep(300);
    await server.start();
    await added;
    expect(done.length).toBe(new Set(done).size);
    expect(done.length).toBe(36);
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all(queues.map((queue) => queue.close()));
    await backend.close();
  });

  it('does a finished job once, however often it goes away while that is being written down', async () => {
    const { Queue, Worker } = await import('bullmq');
    const backend = await openBackend(withParameters(server.url, { schema: 'once', patience }));
    const { connection, backendFactory } = await backend.queueConnection();
    const queue = new Queue('jobs', { connection }, backendFactory);
    const times = new Map<number, number>();
    await queue.addBulk(
      Array.from({ length: 400 }, (_, index) => ({
        name: 'work',
        data: index,
        opts: { jobId: `job-${index}` },
      })),
    );
    const worker = new Worker(
      'jobs',
      async (job) => {
        times.set(job.data, (times.get(job.data) ?? 0) + 1);
        await sleep(1);
      },
      // Longer than it can be away: who cannot renew a lock does the job again, and rightly so.
      { connection, concurrency: 5, lockDuration: 600_000 },
      backendFactory,
    );
    worker.on('error', () => {});
    for (const break_ of [100, 200, 300]) {
      await until(() => times.size >= break_);
      await server.kill();
      await server.start();
    }
    // A job that was claimed when the answer was lost is with nobody until BullMQ's locks end; all others are done.
    const counts = () => queue.getJobCounts('completed', 'failed');
    await until(async () => {
      const { completed, failed } = await counts();
      return completed! + failed! >= 400 - 3 * 5;
    });
    // Nor does what was done count as failed because its end could not be written down at first.
    expect(await counts()).toMatchObject({ failed: 0 });
    expect([...times.values()].every((count) => count === 1)).toBe(true);
    await worker.close(true);
    await queue.close();
    await backend.close();
  });

  itWaits(
    'is given up after patience when it accepts and does not answer, and used again when it does',
    async () => {
      const relay = await openRelay(server.port);
      const lines: Line[] = [];
      const direct = withParameters(server.url, { schema: 'stalled' });
      await using patient = await openBackend(withParameters(direct, { patience }));
      await patient.keyValues.set('here', 1);
      const url = direct.replace(`:${server.port}`, `:${relay.port}`);
      const backend = await openBackend(withParameters(url, { patience: '1' }), { logger: listening(lines) });
      relay.stall();
      lines.length = 0;
      await expect(backend.keyValues.get('here')).rejects.toMatchObject({
        name: 'NetworkError',
        code: 'BACKEND_UNAVAILABLE',
        retryable: true,
        host: `127.0.0.1:${relay.port}`,
      });
      await expect(
        backend.buckets.take([{ key: 'x', ratePerSecond: 1, burst: 1 }], { priority: 1 }),
      ).rejects.toMatchObject({
        code: 'BACKEND_UNAVAILABLE',
      });
      await until(async () => (await backend.health()).status === 'down');
      expect(lines.filter(({ level }) => level === 'warn').length).toBe(1);
      await relay.heal();
      await until(async () => (await backend.health()).status === 'up');
      // It has a second for it, which a slow machine may need for something else.
      await until(async () => (await backend.keyValues.get('here').catch(() => undefined)) === 1);
      await backend.close();
      await relay[Symbol.asyncDispose]();
    },
  );

  itWaits(
    'takes a lock from a holder that cannot reach it, who is told before anybody else has it',
    async () => {
      // Not the one above, whose disk may take longer than half a lease.
      const place = await freshPlace('postgres');
      const url = withParameters(place.url, { patience });
      const { port } = new URL(url);
      const relay = await openRelay(Number(port));
      const cutOff = await openBackend(url.replace(`:${port}`, `:${relay.port}`));
      const other = await openBackend(url);
      const ttlMs = 2_000;
      let plays = 0;
      await undisturbed(
        async (inTime) => {
          const name = `account ${++plays}`;
          const order: string[] = [];
          let enter: () => void = () => {};
          const inside = new Promise<void>((resolve) => {
            enter = resolve;
          });
          const holding = cutOff.locks.withLock(
            name,
            async ({ signal }) => {
              enter();
              await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
              order.push('told');
            },
            { ttlMs },
          );
          await inside;
          const waiting = other.locks.withLock(name, async () => void order.push('taken'), { ttlMs });
          const both = Promise.all([holding, waiting]);
          both.catch(() => {});
          await sleep(ttlMs * 1.5);
          const before = [...order];
          // It is kept while it can be, longer than the lease; where the machine holds us up, it cannot.
          inTime(Number.POSITIVE_INFINITY, ttlMs / 2);
          expect(before).toEqual([]);
          await relay.cut();
          await both;
          expect(order).toEqual(['told', 'taken']);
        },
        () => other.keyValues.get('pulse'),
      );
      await Promise.all([cutOff.close(), other.close()]);
      await relay[Symbol.asyncDispose]();
      await place.remove();
    },
  );
});
