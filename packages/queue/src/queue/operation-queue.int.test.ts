import {
  CircuitOpenError,
  NetworkError,
  RateLimitError,
  RemoteError,
  sleep,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onEachBackend } from '../testing/each-backend.js';
import { account, anHourAhead, farAway, latch, next, parkedTimes, work } from '../testing/rig.js';

onEachBackend((rig) => {
  describe('a job', () => {
    it('runs, and gives its result to whoever waits', async () => {
      const queue = rig().queue(async (ctx) => ({ doubled: ctx.payload.n * 2 }));
      await queue.start();
      const { jobId, deduplicated } = await queue.add('test.work', work(21));
      expect(deduplicated).toBe(false);
      expect(jobId).toMatch(/^test-/);
      await expect(queue.waitFor(jobId)).resolves.toEqual({ doubled: 42 });
      await expect(queue.get(jobId)).resolves.toMatchObject({
        state: 'completed',
        name: 'test.work',
        section: 'test',
        accountId: 'acme-za',
        attempts: 0,
        result: { doubled: 42 },
        payload: { n: 21 },
      });
    });

    it('runs once when its result holds text that the database cannot keep, which is replaced', async () => {
      let runs = 0;
      const queue = rig().queue(async () => {
        runs += 1;
        return { titles: ['a\u0000b', 'half of a pair: \ud83d', 'good: 😀'], 'key\u0000': 1 };
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      const kept = { titles: ['a\ufffdb', 'half of a pair: \ufffd', 'good: 😀'], 'key\ufffd': 1 };
      await expect(queue.waitFor(jobId)).resolves.toEqual(kept);
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'completed', result: kept });
      expect(runs).toBe(1);
    });

    it('parks without using an attempt while its limit has no token, and says why and until when', async () => {
      const retryAt = farAway();
      const queue = rig().queue(async () => {
        throw new RateLimitError('No token for orders.searchOrders.', { retryAt });
      });
      const { jobId } = await queue.add('test.work', work());
      const parked = next(queue, 'parked');
      await queue.start();
      await expect(parked).resolves.toMatchObject({ jobId, until: retryAt });
      await expect(queue.get(jobId)).resolves.toMatchObject({
        state: 'parked',
        attempts: 0,
        parked: { until: retryAt, reason: 'No token for orders.searchOrders.' },
      });
    });

    it('goes on when its limit has a token, and not before, as the first attempt', async () => {
      let retryAt: Date | undefined;
      const queue = rig().queue(async (ctx) => {
        retryAt ??= new Date(Date.now() + 300);
        if (Date.now() < retryAt.getTime()) throw new RateLimitError('No token.', { retryAt });
        return ctx.attempt;
      });
      const parked = next(queue, 'parked');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await parked;
      await expect(queue.waitFor(jobId)).resolves.toBe(1);
      expect(Date.now()).toBeGreaterThanOrEqual(retryAt!.getTime());
    });

    it('goes on the moment its host is back, most urgent first, no attempt used', async () => {
      let up = false;
      const order: number[] = [];
      const queue = rig().queue(
        async (ctx) => {
          // So that no job comes back by itself.
          if (!up) throw new CircuitOpenError('amazon rests.', { host: 'amazon:443', retryAt: farAway() });
          order.push(ctx.payload.n);
          return ctx.attempt;
        },
        { concurrency: 1 },
      );
      const bothParked = parkedTimes(2, queue);
      await queue.start();
      const bulk = await queue.add('test.work', { ...work(5), priority: 'bulk' });
      const high = await queue.add('test.work', { ...work(2), priority: 'high' });
      await bothParked;
      await expect(queue.get(high.jobId)).resolves.toMatchObject({
        parked: { host: 'amazon:443' },
        attempts: 0,
      });
      await queue.release('elsewhere:443');
      expect((await queue.counts()).parked).toBe(2);
      up = true;
      await queue.release('amazon:443');
      await expect(queue.waitFor(high.jobId)).resolves.toBe(1);
      await expect(queue.waitFor(bulk.jobId)).resolves.toBe(1);
      expect(order).toEqual([2, 5]);
    });

    it('is not released by a queue that is closed, and whoever says that the host is back hears no error', async () => {
      const queue = rig().queue(async () => {
        throw new NetworkError('amazon is not reachable.', { host: 'amazon:443', outcome: 'not-sent' });
      });
      await queue.add('test.work', work());
      const parked = next(queue, 'parked');
      await queue.start();
      await parked;
      await queue.close();
      await expect(queue.release('amazon:443')).resolves.toBeUndefined();
    });

    it('comes back by itself when nobody tells it that its host is back', async () => {
      let runs = 0;
      const queue = rig().queue(
        async () => {
          if (++runs === 1) {
            throw new CircuitOpenError('amazon rests.', {
              host: 'amazon:443',
              retryAt: new Date(Date.now() + 300),
            });
          }
          return runs;
        },
        { random: () => 0 },
      );
      await queue.start();
      const addedAt = Date.now();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).resolves.toBe(2);
      // The first backoff is half a second to one second.
      expect(Date.now() - addedAt).toBeGreaterThanOrEqual(490);
    });

    it('tries again when the remote side failed, and fails after its last attempt with its error kept', async () => {
      const attempts: number[] = [];
      const queue = rig().queue(
        async (ctx) => {
          attempts.push(ctx.attempt);
          throw new RemoteError('searchOrders for acme-za failed.', {
            status: 503,
            requestId: 'r-1',
            account,
          });
        },
        { clock: anHourAhead },
        { attempts: 2 },
      );
      const parked = next(queue, 'parked');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(parked).resolves.toMatchObject({
        reason: expect.stringContaining('Attempt 1 of 2'),
      });
      await queue.expedite(jobId);
      await expect(queue.waitFor(jobId)).rejects.toMatchObject({
        name: 'RemoteError',
        status: 503,
        requestId: 'r-1',
        retryable: true,
      });
      expect(attempts).toEqual([1, 2]);
      await expect(queue.get(jobId)).resolves.toMatchObject({
        state: 'failed',
        attempts: 2,
        maxAttempts: 2,
        error: { code: 'REMOTE_FAILED', requestId: 'r-1' },
      });
    });

    it('fails at once when repeating cannot help, and goes on from its checkpoint when it is retried', async () => {
      let fixed = false;
      const queue = rig().queue(async (ctx) => {
        if (ctx.state === undefined) await ctx.checkpoint({ step: 7 });
        if (!fixed) throw new ValidationError('The SKU is unknown.', { field: 'sku' });
        return ctx.state;
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).rejects.toMatchObject({ name: 'ValidationError', field: 'sku' });
      fixed = true;
      await queue.retry(jobId);
      await expect(queue.waitFor(jobId)).resolves.toEqual({ step: 7 });
      await expect(queue.retry(jobId)).rejects.toMatchObject({ code: 'JOB_STATE' });
    });

    it('keeps nothing of an unexpected error that could be data', async () => {
      const queue = rig().queue(async () => JSON.parse('{"buyer": "Thandi Ndlovu'));
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).rejects.toThrow('unexpected SyntaxError');
      expect(JSON.stringify(await queue.get(jobId))).not.toContain('Thandi');
    });

    it('parks on its own wish and holds no worker meanwhile', async () => {
      const order: number[] = [];
      const queue = rig().queue(
        async (ctx) => {
          order.push(ctx.payload.n);
          if (ctx.payload.n === 1 && ctx.state === undefined) {
            await ctx.checkpoint({ step: 1 });
            ctx.park({ until: farAway(), reason: 'The report is not ready.', wakeOn: 'report:1' });
          }
          return ctx.state?.step;
        },
        { concurrency: 1 },
      );
      await queue.start();
      const polling = await queue.add('test.work', work(1));
      const other = await queue.add('test.work', work(2));
      await queue.waitFor(other.jobId);
      await expect(queue.get(polling.jobId)).resolves.toMatchObject({
        parked: { reason: 'The report is not ready.' },
      });
      await queue.wake(account, 'report:1');
      await expect(queue.waitFor(polling.jobId)).resolves.toBe(1);
      expect(order).toEqual([1, 2, 1]);
    });

    it('starts no earlier than asked', async () => {
      const queue = rig().queue(async () => Date.now());
      await queue.start();
      const addedAt = Date.now();
      const { jobId } = await queue.add('test.work', { ...work(), delayMs: 250 });
      const later = await queue.add('test.work', { ...work(), delayMs: 3_600_000 });
      await expect(queue.get(later.jobId)).resolves.toMatchObject({ state: 'parked' });
      await expect(queue.waitFor<number>(jobId)).resolves.toBeGreaterThanOrEqual(addedAt + 250);
    });
  });

  describe('priorities', () => {
    it('decide which waiting job is next, and the first come is first within one', async () => {
      const order: number[] = [];
      const queue = rig().queue(async (ctx) => void order.push(ctx.payload.n), { concurrency: 1 });
      const items = (['bulk', 'low', 'normal', 'high', 'critical', 'bulk', 'critical'] as const).map(
        (priority, n) => ({ name: 'test.work', ...work(n), priority }),
      );
      const added = await queue.addBulk(items);
      await queue.start();
      await Promise.all(added.map(({ jobId }) => queue.waitFor(jobId)));
      expect(order).toEqual([4, 6, 3, 2, 1, 0, 5]);
    });

    it('bring a parked job that wakes before less urgent ones', async () => {
      const order: number[] = [];
      const blocked = latch();
      const gate = latch();
      let wakeAt = 0;
      const queue = rig().queue(
        async (ctx) => {
          if (ctx.payload.n === 0) {
            blocked.open();
            await gate.opened;
          } else if (ctx.payload.n === 9 && order.length === 0) {
            // Again and again, until the one that blocks the only place has been added and has it.
            wakeAt = Date.now() + 100;
            throw new RateLimitError('No token.', { retryAt: new Date(wakeAt) });
          }
          order.push(ctx.payload.n);
        },
        { concurrency: 1 },
      );
      const woken = await queue.add('test.work', { ...work(9), priority: 'high' });
      const parked = next(queue, 'parked');
      await queue.start();
      await parked;
      const blocker = await queue.add('test.work', { ...work(0), priority: 'critical' });
      await blocked.opened;
      const low = await queue.add('test.work', { ...work(1), priority: 'low' });
      await sleep(Math.max(wakeAt - Date.now(), 0) + 20);
      gate.open();
      await Promise.all([woken, blocker, low].map(({ jobId }) => queue.waitFor(jobId)));
      expect(order).toEqual([0, 9, 1]);
    });
  });
});
