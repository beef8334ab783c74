import type { FluxoriBackend } from '@fluxori/backend';
import {
  type KeyValueStore,
  NetworkError,
  RateLimitError,
  type RecordStore,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { account, farAway, latch, neverLooks, next, until, work } from '../testing/rig.js';
import { slowCommands } from '../testing/slow-commands.js';

onRedisAndSql((rig) => {
  /** The backend with some of its record store's methods replaced. */
  const withRecords = (changes: Partial<RecordStore>): FluxoriBackend => {
    const records = new Proxy(rig().backend.records, {
      get(target, property) {
        if (property in changes) return Reflect.get(changes, property);
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return { ...rig().backend, records };
  };

  /** The backend with some of its small values' methods replaced. */
  const withKeyValues = (changes: Partial<KeyValueStore>): FluxoriBackend => {
    const { keyValues } = rig().backend;
    const plain: KeyValueStore = {
      get: (key) => keyValues.get(key),
      set: (...entry) => keyValues.set(...entry),
      delete: (key) => keyValues.delete(key),
      keys: (prefix) => keyValues.keys(prefix),
    };
    return { ...rig().backend, keyValues: { ...plain, ...changes } };
  };

  describe('a run that is cancelled before its handler has begun', () => {
    it('does not begin it: it might wait for an abort that has been', async () => {
      const rising = latch();
      const goOn = latch();
      const backend = withKeyValues({
        delete: async (key) => {
          // A run that was woken strikes itself from the list of those who sleep.
          if (key.includes('/sleeping/')) {
            rising.open();
            await goOn.opened;
          }
          return rig().backend.keyValues.delete(key);
        },
      });
      let runs = 0;
      const queue = rig().queue(
        async (ctx) => {
          runs += 1;
          await ctx.checkpoint({ step: 1 });
          ctx.park({ until: farAway(), reason: 'a report', wakeOn: 'report:1' });
        },
        { backend },
      );
      const parked = next(queue, 'parked');
      const cancelled = next(queue, 'cancelled');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await parked;
      await queue.wake(account, 'report:1');
      await rising.opened;
      await queue.cancel(jobId);
      goOn.open();
      await cancelled;
      expect(runs).toBe(1);
    });
  });

  describe('a run that was cancelled, and whose handler does not hear of it', () => {
    it('is not done again by the worker that takes its job up after this one has closed', async () => {
      const inRun = latch();
      const hears = latch();
      let runs = 0;
      const deaf = rig().queue(async () => {
        runs += 1;
        inRun.open();
        await hears.opened;
      });
      await deaf.start();
      const { jobId } = await deaf.add('test.work', work());
      await inRun.opened;
      await deaf.cancel(jobId);
      await deaf.close({ graceMs: 0 });
      const again = rig().queue(
        async () => {
          runs += 1;
        },
        {},
        {},
        true,
      );
      const cancelled = next(again, 'cancelled');
      await again.start();
      await cancelled;
      expect(runs).toBe(1);
      await expect(again.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      hears.open();
    });
  });

  describe('a run that is leaving, while the store takes its time', () => {
    it.each([
      ['move', { there: 200 }],
      ['answer', { back: 200 }],
    ])('does not swallow a cancel: the job ends, whether the %s is still on its way', async (_, slowness) => {
      const backend = slowCommands(rig().backend, { moveToDelayed: slowness });
      let runs = 0;
      const left = latch();
      const queue = rig().queue(
        async () => {
          runs += 1;
          setImmediate(left.open);
          throw new RateLimitError('No token.', { retryAt: farAway() });
        },
        { backend },
      );
      const cancelled = next(queue, 'cancelled');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await left.opened;
      await queue.cancel(jobId);
      await cancelled;
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      await expect(queue.counts()).resolves.toMatchObject({ parked: 0, waiting: 0, active: 0 });
      expect(runs).toBe(1);
    });

    it('leaves a job that is expedited meanwhile to ask for its token anew', async () => {
      const backend = slowCommands(rig().backend, { moveToDelayed: { there: 200 } });
      const left = latch();
      const queue = rig().queue(
        async (ctx) => {
          setImmediate(left.open);
          if (ctx.priority === 'bulk') throw new RateLimitError('No token.', { retryAt: farAway() });
          return ctx.priority;
        },
        { backend },
      );
      await queue.start();
      const { jobId } = await queue.add('test.work', { ...work(), priority: 'bulk' });
      await left.opened;
      await queue.expedite(jobId, 'high');
      await expect(queue.waitFor(jobId)).resolves.toBe('high');
    });

    it('tells that its job is parked when that is so, and not when the store refused', async () => {
      const queue = rig().queue(async () => {
        // The job is taken away from it, as one whose lock ran out is.
        await queue.pause();
        const bull = await queue.bullQueue();
        await bull.getBackend().moveJobFromActiveToWait(jobIds[0]!, '0');
        gone.open();
        throw new NetworkError('amazon is not reachable.', { host: 'amazon:443', outcome: 'not-sent' });
      });
      const gone = latch();
      const parked: unknown[] = [];
      queue.on('parked', (event) => parked.push(event));
      const jobIds = (await queue.addBulk([{ name: 'test.work', ...work() }])).map(({ jobId }) => jobId);
      await queue.start();
      await gone.opened;
      await queue.close();
      expect(parked).toEqual([]);
    });
  });

  describe('an order from another process', () => {
    /** The backend as seen from there: an order is on its way until the run that it is for has left. */
    const farFrom = (run: () => Promise<unknown>): FluxoriBackend =>
      withKeyValues({
        set: async (key, ...entry) => {
          if (key.includes('/order/')) await run();
          return rig().backend.keyValues.set(key, ...entry);
        },
      });
    const twoOfOneRoom = () => {
      const inRun = latch();
      const mayLeave = latch();
      const queue = rig().queue(
        async (ctx) => {
          if (ctx.priority !== 'bulk') return ctx.priority;
          inRun.open();
          await mayLeave.opened;
          throw new RateLimitError('No token.', { retryAt: farAway() });
        },
        { clock: neverLooks },
      );
      const parked = next(queue, 'parked');
      const backend = farFrom(() => {
        mayLeave.open();
        return parked;
      });
      const elsewhere = rig().queue(async () => {}, { backend }, {}, true);
      const begin = async () => {
        await queue.start();
        const { jobId } = await queue.add('test.work', { ...work(), priority: 'bulk' });
        await inRun.opened;
        return jobId;
      };
      return { queue, elsewhere, begin };
    };

    it('to cancel a job that parks meanwhile does not lie about until the job runs again', async () => {
      const { queue, elsewhere, begin } = twoOfOneRoom();
      const jobId = await begin();
      await elsewhere.cancel(jobId);
      await expect(elsewhere.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      await expect(queue.counts()).resolves.toMatchObject({ parked: 0, waiting: 0, active: 0 });
      await expect(rig().backend.keyValues.keys('queue/')).resolves.not.toContainEqual(
        expect.stringContaining(`/order/cancel/${jobId}`),
      );
    });

    it('to expedite a job that parks meanwhile lets it ask for its token anew', async () => {
      const { queue, elsewhere, begin } = twoOfOneRoom();
      const jobId = await begin();
      await elsewhere.expedite(jobId, 'high');
      await expect(queue.waitFor(jobId)).resolves.toBe('high');
    });
  });

  describe('a job that is done', () => {
    it('is told to be, although its checkpoint could not be removed', async () => {
      const { records } = rig().backend;
      const backend = withRecords({
        write: async (batch, options) => {
          if (Object.values(batch.state ?? {}).includes(null)) throw new Error('The disk is full.');
          return records.write(batch, options);
        },
      });
      const queue = rig().queue(
        async (ctx) => {
          await ctx.checkpoint({ step: 1 });
          return 'done';
        },
        { backend },
      );
      const completed = next(queue, 'completed');
      await queue.start();
      await queue.add('test.work', work());
      await expect(completed).resolves.toMatchObject({ result: 'done' });
    });
  });

  describe('a job that failed', () => {
    it('is where its retry and its end look for it, however late its worker hears of it', async () => {
      const backend = slowCommands(rig().backend, { moveToFailed: { back: 300 } });
      let runs = 0;
      const queue = rig().queue(
        async (ctx) => {
          runs += 1;
          if (runs > 1) {
            await told;
            return ctx.state;
          }
          await ctx.checkpoint({ step: 1 });
          throw new ValidationError('Wrong.');
        },
        { backend },
      );
      const told = next(queue, 'failed');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await until(async () => (await queue.get(jobId))?.state === 'failed');
      await queue.retry(jobId);
      await expect(queue.waitFor(jobId)).resolves.toEqual({ step: 1 });
    });
  });
});
