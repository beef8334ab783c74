import type { FluxoriBackend } from '@fluxori/backend';
import { type KeyValueStore, sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from '../job/job-definition.js';
import { onAnyBackend, onEachBackend, onRedisAndSql } from '../testing/each-backend.js';
import { account, farAway, latch, next, parkedTimes, type Run, until, work } from '../testing/rig.js';
import { OperationQueues } from './operation-queues.js';

/** Parks for the key until it is woken, and returns how often it ran. */
const sleepsFor =
  (...wakeOn: string[]): Run =>
  async (ctx) => {
    const step = (ctx.state?.step ?? 0) + 1;
    if (step > 1) return step;
    await ctx.checkpoint({ step });
    return ctx.park({ until: farAway(), reason: 'a report', wakeOn });
  };

onEachBackend((rig) => {
  it('a job goes on at once when what it is parked for happens, told from another queue object', async () => {
    const queue = rig().queue(sleepsFor('report:1'), { prefix: 'woken' });
    const elsewhere = rig().queue(async () => {}, { prefix: 'woken' });
    await queue.start();
    const parked = next(queue, 'parked');
    const { jobId } = await queue.add('test.work', work());
    await parked;
    await expect(elsewhere.get(jobId)).resolves.toMatchObject({
      state: 'parked',
      parked: { for: 'handler', wakeOn: ['report:1'] },
    });
    await expect(elsewhere.wake(account, 'report:2')).resolves.toBe(false);
    await expect(elsewhere.wake('other-za', 'report:1')).resolves.toBe(false);
    await expect(elsewhere.wake(account, 'report:1')).resolves.toBe(true);
    await expect(queue.waitFor(jobId)).resolves.toBe(2);
    await expect(elsewhere.wake(account, 'report:1')).resolves.toBe(false);
  });

  it('a wake that comes while the job is on its way to park is not lost, and counts once', async () => {
    let runs = 0;
    const queue = rig().queue(async (ctx) => {
      runs += 1;
      if (runs === 1) await queue.wake(account, 'report:1');
      if (runs < 3) ctx.park({ until: farAway(), reason: 'a report', wakeOn: 'report:1' });
    });
    const parked: number[] = [];
    const twice = next(queue, 'parked', () => parked.push(runs) === 2);
    await queue.start();
    const { jobId } = await queue.add('test.work', work());
    await twice;
    expect(parked).toEqual([1, 2]);
    await expect(queue.wake(account, 'report:1')).resolves.toBe(true);
    await queue.waitFor(jobId);
    expect(runs).toBe(3);
  });

  it('none is lost however wakes and parks fall together', async () => {
    const jobs = 40;
    const queue = rig().queue(
      async (ctx) => {
        const key = `report:${ctx.payload.n}`;
        const step = (ctx.state?.step ?? 0) + 1;
        if (step > 1) return;
        await ctx.checkpoint({ step });
        void queue.wake(account, key);
        ctx.park({ until: farAway(), reason: 'a report', wakeOn: key });
      },
      { concurrency: 8 },
    );
    await queue.start();
    const added = await queue.addBulk(
      Array.from({ length: jobs }, (_, n) => ({ name: 'test.work', ...work(n) })),
    );
    await Promise.all(added.map(({ jobId }) => queue.waitFor(jobId)));
    await expect(queue.counts()).resolves.toMatchObject({ completed: jobs, parked: 0 });
  });

  it('all that are parked for one key go on, most urgent first; a job that waits for several goes on with any', async () => {
    const order: number[] = [];
    const room = { prefix: 'several', concurrency: 1 };
    const queue = rig().queue(async (ctx) => {
      if (ctx.state !== undefined) return void order.push(ctx.payload.n);
      await ctx.checkpoint({ step: 1 });
      return ctx.park({ until: farAway(), reason: 'them', wakeOn: ['feed:1', `report:${ctx.payload.n}`] });
    }, room);
    const allParked = parkedTimes(4, queue);
    await queue.start();
    const priorities = ['bulk', 'low', 'normal', 'high'] as const;
    const added = await queue.addBulk(
      priorities.map((priority, n) => ({ name: 'test.work', ...work(n), priority })),
    );
    await allParked;
    await queue.wake(account, 'report:1');
    await queue.waitFor(added[1]!.jobId);
    await queue.pause();
    await expect(queue.wakeAll(account, ['feed:1', 'feed:1', 'feed:2'])).resolves.toBe(3);
    await queue.resume();
    await Promise.all(added.map(({ jobId }) => queue.waitFor(jobId)));
    expect(order).toEqual([1, 3, 2, 0]);
  });
});

onRedisAndSql((rig) => {
  it('outlives the process: what was woken while no worker ran, or parked before the restart, goes on', async () => {
    const spec = [{ prefix: 'restart' }, {}] as const;
    const first = rig().queue(sleepsFor('feed:7'), ...spec);
    await first.start();
    const parked = next(first, 'parked');
    const { jobId } = await first.add('test.work', work());
    await parked;
    await first.close();
    const waker = rig().queue(sleepsFor('feed:7'), ...spec);
    await expect(waker.wake(account, 'feed:7')).resolves.toBe(true);
    const second = rig().queue(sleepsFor('feed:7'), ...spec);
    await second.start();
    await expect(second.waitFor(jobId)).resolves.toBe(2);
  });

  it('a paused account stays paused; the wake counts when it is resumed', async () => {
    const queue = rig().queue(sleepsFor('feed:1'));
    await queue.start();
    const parked = next(queue, 'parked');
    const { jobId } = await queue.add('test.work', work());
    await parked;
    await queue.pause({ accountId: account });
    const held = next(queue, 'parked');
    await queue.wake(account, 'feed:1');
    await held;
    await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'parked', parked: { for: 'pause' } });
    await queue.resume({ accountId: account });
    await expect(queue.waitFor(jobId)).resolves.toBe(2);
  });
});

onAnyBackend((rig) => {
  describe('OperationQueues', () => {
    it('wakes jobs of every section by one key', async () => {
      const job = (section: string) =>
        defineJob<unknown, { step: number }, string>({
          name: `${section}.work`,
          section,
          version: 1,
          payload: z.unknown(),
          async run(ctx) {
            if (ctx.state !== undefined) return section;
            await ctx.checkpoint({ step: 1 });
            return ctx.park({ until: farAway(), reason: 'a report', wakeOn: 'report:1' });
          },
        });
      const jobs = [job('one'), job('two')];
      await using queues = new OperationQueues({ backend: rig().backend, jobs, prefix: 'sections' });
      const allParked = parkedTimes(2, queues);
      await queues.start();
      const added = await queues.addBulk(jobs.map(({ name }) => ({ name, accountId: account, payload: {} })));
      await allParked;
      await expect(queues.wakeAll(account, ['report:1'])).resolves.toBe(2);
      await expect(Promise.all(added.map(({ jobId }) => queues.waitFor(jobId)))).resolves.toEqual([
        'one',
        'two',
      ]);
    });
  });

  it('a worker finds at its start the job whose waker died between its mark and the job', async () => {
    const queue = rig().queue(sleepsFor('feed:1'), { prefix: 'half' });
    await queue.start();
    const parked = next(queue, 'parked');
    const { jobId } = await queue.add('test.work', work());
    await parked;
    await queue.close();
    await rig().backend.keyValues.set(
      `queue/half/woken/${account}/${encodeURIComponent('feed:1')}`,
      'a mark',
    );
    const again = rig().queue(sleepsFor('feed:1'), { prefix: 'half' });
    await again.start();
    await expect(again.waitFor(jobId)).resolves.toBe(2);
  });

  it('a job that is parked for something else meanwhile is left alone, and entries end when the job goes on', async () => {
    const gate = latch();
    let runs = 0;
    const queue = rig().queue(
      async (ctx) => {
        runs += 1;
        if (runs === 1)
          ctx.park({ until: new Date(Date.now() + 30), reason: 'a report', wakeOn: 'report:1' });
        if (runs === 2) ctx.park({ until: farAway(), reason: 'another', wakeOn: 'report:2' });
        gate.open();
      },
      { prefix: 'entries' },
    );
    await queue.start();
    const { jobId } = await queue.add('test.work', work());
    await until(async () => runs === 2 && (await queue.get(jobId))?.state === 'parked');
    await expect(queue.wake(account, 'report:1')).resolves.toBe(false);
    const { keyValues }: { keyValues: KeyValueStore } = rig().backend;
    await expect(keyValues.keys('queue/entries/sleeping/')).resolves.toEqual([
      `queue/entries/sleeping/${account}/report%3A2/${jobId}`,
    ]);
    await queue.wake(account, 'report:2');
    await gate.opened;
    await queue.waitFor(jobId);
    await expect(keyValues.keys('queue/entries/sleeping/')).resolves.toEqual([]);
  });

  it('that a job is parked is told when it has looked whether it was woken on its way: who wakes it then finds it', async () => {
    const { backend } = rig();
    const told: string[] = [];
    const slow = async <T>(key: string, answer: Promise<T>): Promise<T> => {
      if (!key.includes('/woken/')) return answer;
      await sleep(50);
      told.push('looked');
      return answer;
    };
    const { keyValues } = backend;
    const slowMarks: KeyValueStore = {
      get: (key) => slow(key, keyValues.get(key)),
      set: (...entry) => keyValues.set(...entry),
      delete: (key) => keyValues.delete(key),
      keys: (prefix) => keyValues.keys(prefix),
    };
    const slowBackend: FluxoriBackend = { ...backend, keyValues: slowMarks };
    const queue = rig().queue(sleepsFor('report:1'), { backend: slowBackend });
    const parked = next(queue, 'parked').then(() => told.push('parked'));
    await queue.start();
    await queue.add('test.work', work());
    await parked;
    expect(told).toEqual(['looked', 'parked']);
    await expect(queue.wake(account, 'report:1')).resolves.toBe(true);
  });

  it('many keys at once find their jobs among others', async () => {
    const queue = rig().queue(async (ctx) => {
      if (ctx.state !== undefined) return;
      await ctx.checkpoint({ step: 1 });
      ctx.park({ until: farAway(), reason: 'a feed', wakeOn: `change:SKU/${ctx.payload.n} ü` });
    });
    const allParked = parkedTimes(60, queue);
    await queue.start();
    await queue.addBulk(Array.from({ length: 60 }, (_, n) => ({ name: 'test.work', ...work(n) })));
    await allParked;
    const keys = Array.from({ length: 50 }, (_, n) => `change:SKU/${n} ü`);
    await expect(queue.wakeAll(account, keys)).resolves.toBe(50);
    await until(async () => (await queue.counts()).completed === 50);
    await expect(queue.counts()).resolves.toMatchObject({ parked: 10 });
  });

  it.each([[''], ['x'.repeat(301)], ['a\0b'], ['half \ud800']])('refuses %j as a key', async (key) => {
    const queue = rig().queue((ctx) => ctx.park({ until: farAway(), reason: 'it', wakeOn: key }));
    await expect(queue.wake(account, key)).rejects.toMatchObject({ field: 'wakeOn' });
    await queue.start();
    const { jobId } = await queue.add('test.work', work());
    await expect(queue.waitFor(jobId)).rejects.toMatchObject({ field: 'wakeOn' });
  });
});
