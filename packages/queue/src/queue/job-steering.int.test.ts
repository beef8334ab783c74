import { RateLimitError, ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { account, farAway, latch, neverLooks, next, untilAborted, work } from '../testing/rig.js';

onRedisAndSql((rig) => {
  describe('cancel', () => {
    it('takes a waiting job out, gives up its place at the buckets, and keeps it visible', async () => {
      const forgotten: string[] = [];
      const queue = rig().queue(async () => {}, { onForget: (waiter) => forgotten.push(waiter) });
      const { jobId } = await queue.add('test.work', work());
      await queue.cancel(jobId);
      await queue.cancel(jobId);
      await expect(queue.get(jobId)).resolves.toMatchObject({
        state: 'cancelled',
        finishedAt: expect.any(Date),
      });
      await expect(queue.list({ states: ['cancelled'] })).resolves.toMatchObject([{ jobId }]);
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 0, cancelled: 1 });
      await expect(queue.waitFor(jobId)).rejects.toMatchObject({ code: 'JOB_STATE' });
      expect(forgotten).toEqual([jobId]);
    });

    it('takes a parked job out', async () => {
      let runs = 0;
      const queue = rig().queue(async () => {
        runs += 1;
        throw new RateLimitError('No token.', { retryAt: farAway() });
      });
      const parked = next(queue, 'parked');
      const { jobId } = await queue.add('test.work', work());
      await queue.start();
      await parked;
      await queue.cancel(jobId);
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      // Nothing is left of it that could come back.
      await expect((await queue.bullQueue()).getJob(jobId)).resolves.toBeUndefined();
      await expect(queue.counts()).resolves.toMatchObject({ parked: 0, waiting: 0, active: 0 });
      expect(runs).toBe(1);
    });

    it('aborts a running job, which ends as cancelled, not failed', async () => {
      let reason: unknown;
      const inRun = latch();
      const queue = rig().queue(
        async (ctx) => {
          await ctx.checkpoint({ step: 1 });
          inRun.open();
          await untilAborted(ctx.signal).catch((error: unknown) => {
            reason = error;
            throw error;
          });
        },
        { clock: neverLooks },
      );
      const failures: unknown[] = [];
      queue.on('failed', (event) => failures.push(event));
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await inRun.opened;
      const ended = next(queue, 'cancelled');
      await queue.cancel(jobId);
      await ended;
      expect(reason).toMatchObject({ name: 'AbortError', message: 'The job was cancelled.' });
      expect(failures).toEqual([]);
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      await expect(queue.counts()).resolves.toMatchObject({ active: 0, failed: 0, cancelled: 1 });
    });

    it('reaches a job that another queue object is running', async () => {
      const worker = rig().queue((ctx) => untilAborted(ctx.signal));
      await worker.start();
      const other = rig().queue(async () => {}, {}, {}, true);
      const active = next(worker, 'active');
      const { jobId } = await other.add('test.work', work());
      await active;
      await other.cancel(jobId);
      await expect(other.waitFor(jobId)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await expect(other.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
    });

    it.each([
      ['at the latest when it is taken up again', 100],
      ['also when it parks for longer than an order is kept', 7_200_000],
    ])('reaches a job whose runs are too short to be met: %s', async (_, forMs) => {
      const room = `short-runs-${forMs}`;
      let runs = 0;
      const inRun = latch();
      const asked = latch();
      const queue = rig().queue(
        async (ctx) => {
          runs += 1;
          inRun.open();
          await asked.opened;
          // Polls: a moment of work, then parked.
          ctx.park({ until: new Date(Date.now() + forMs), reason: 'It looks again later.' });
        },
        { prefix: room, clock: neverLooks },
      );
      const elsewhere = rig().queue(async () => {}, { prefix: room });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await inRun.opened;
      const cancelled = next(queue, 'cancelled');
      await elsewhere.cancel(jobId);
      asked.open();
      await cancelled;
      expect(runs).toBe(1);
      await expect(elsewhere.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
    });

    it('that came too late does not end the job when it is retried', async () => {
      const inRun = latch();
      const asked = latch();
      let fails = true;
      const queue = rig().queue(
        async () => {
          inRun.open();
          await asked.opened;
          if (fails) throw new ValidationError('It fails this time.');
          return 'done';
        },
        { prefix: 'too-late', clock: neverLooks },
      );
      const elsewhere = rig().queue(async () => {}, { prefix: 'too-late' });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await inRun.opened;
      await elsewhere.cancel(jobId);
      asked.open();
      await expect(queue.waitFor(jobId)).rejects.toThrow('It fails this time.');
      fails = false;
      await queue.retry(jobId);
      await expect(queue.waitFor(jobId)).resolves.toBe('done');
    });

    it('refuses a job that has ended', async () => {
      const queue = rig().queue(async () => {});
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await queue.waitFor(jobId);
      await expect(queue.cancel(jobId)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await expect(queue.expedite(jobId)).rejects.toBeInstanceOf(ValidationError);
    });
  });

  describe('expedite', () => {
    it('moves a waiting job to the front', async () => {
      const order: number[] = [];
      const queue = rig().queue(async (ctx) => void order.push(ctx.payload.n), { concurrency: 1 });
      const added = await queue.addBulk(
        [1, 2, 3].map((n) => ({ name: 'test.work', ...work(n), priority: 'bulk' })),
      );
      await queue.expedite(added[2]!.jobId);
      await expect(queue.get(added[2]!.jobId)).resolves.toMatchObject({ priority: 'critical' });
      await queue.start();
      await Promise.all(added.map(({ jobId }) => queue.waitFor(jobId)));
      expect(order).toEqual([3, 1, 2]);
    });

    it('lets a job that is parked for a token ask anew, with its new priority', async () => {
      const asked: string[] = [];
      const queue = rig().queue((ctx) =>
        ctx.call(async ({ priority, waiter }) => {
          asked.push(priority);
          expect(waiter).toBe(ctx.jobId);
          if (priority === 'bulk') throw new RateLimitError('No token.', { retryAt: farAway() });
        }),
      );
      const parked = next(queue, 'parked');
      const { jobId } = await queue.add('test.work', { ...work(), priority: 'bulk' });
      await queue.start();
      await parked;
      await queue.expedite(jobId, 'high');
      await queue.waitFor(jobId);
      expect(asked).toEqual(['bulk', 'high']);
    });

    it('changes the priority of the next call of a running job', async () => {
      const called = latch();
      const gate = latch();
      const queue = rig().queue(async (ctx) => {
        const before = await ctx.call(async ({ priority }) => priority);
        called.open();
        await gate.opened;
        return [before, await ctx.call(async ({ priority }) => priority), ctx.priority];
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', { ...work(), priority: 'low' });
      await called.opened;
      await queue.expedite(jobId);
      gate.open();
      await expect(queue.waitFor(jobId)).resolves.toEqual(['low', 'critical', 'critical']);
    });
  });

  describe('a dedupe key', () => {
    it('gives the same job while it waits, is parked or runs, and a new one after it has ended', async () => {
      const gate = latch();
      let runs = 0;
      const queue = rig().queue(async () => {
        if (++runs === 1) throw new RateLimitError('No token.', { retryAt: new Date(Date.now() + 300) });
        await gate.opened;
      });
      const order = { ...work(), dedupeKey: 'daily' };
      const first = await queue.add('test.work', order);
      const again = async () =>
        expect(await queue.add('test.work', order)).toEqual({ ...first, deduplicated: true });
      await again();
      const parked = next(queue, 'parked');
      await queue.start();
      await parked;
      const active = next(queue, 'active');
      await again();
      await active;
      await again();
      gate.open();
      await queue.waitFor(first.jobId);
      const second = await queue.add('test.work', order);
      expect(second).toMatchObject({ deduplicated: false });
      expect(second.jobId).not.toBe(first.jobId);
    });

    it('is one at a time however many add at once, and is each account its own', async () => {
      const queue = rig().queue(async () => {});
      const order = { ...work(), dedupeKey: 'daily' };
      const results = await Promise.all(Array.from({ length: 20 }, () => queue.add('test.work', order)));
      expect(new Set(results.map(({ jobId }) => jobId)).size).toBe(1);
      expect(results.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
      const bulk = await queue.addBulk(
        [1, 2].map(() => ({ name: 'test.work', ...order, accountId: 'other-za' })),
      );
      expect(bulk.map(({ deduplicated }) => deduplicated)).toEqual([false, true]);
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 2 });
    });

    it('is free again after a cancel, and is taken by a failed job that is retried', async () => {
      let broken = true;
      const gate = latch();
      const queue = rig().queue(async () => {
        if (broken) throw new ValidationError('Wrong.');
        await gate.opened;
      });
      const order = { ...work(), dedupeKey: 'daily' };
      const cancelled = await queue.add('test.work', order);
      await queue.cancel(cancelled.jobId);
      const failed = await queue.add('test.work', order);
      expect(failed.deduplicated).toBe(false);
      await queue.start();
      await queue.waitFor(failed.jobId).catch(() => {});
      broken = false;
      await queue.retry(failed.jobId);
      await expect(queue.add('test.work', order)).resolves.toEqual({
        jobId: failed.jobId,
        deduplicated: true,
      });
      gate.open();
      await queue.waitFor(failed.jobId);
      await expect(queue.add('test.work', order)).resolves.toMatchObject({ deduplicated: false });
    });
  });

  describe('list', () => {
    it('shows jobs by state and account, without what could be a person', async () => {
      const queue = rig().queue(async () => {});
      await queue.add('test.work', work(1));
      await queue.add('test.work', { ...work(2), accountId: 'other-za', priority: 'high' });
      await queue.add('test.work', { ...work(3), delayMs: 3_600_000 });
      const all = await queue.list();
      expect(all.map(({ state, payload }) => [state, payload.n])).toEqual([
        ['waiting', 2],
        ['waiting', 1],
        ['parked', 3],
      ]);
      await expect(queue.list({ accountId: account, states: ['waiting'] })).resolves.toHaveLength(1);
      await expect(queue.list({ limit: 2 })).resolves.toHaveLength(2);
    });
  });
});
