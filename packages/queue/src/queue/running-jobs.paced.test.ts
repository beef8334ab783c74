import { NetworkError, sleep } from '@fluxori/core';
import { clockIsHeld, promised, Stopwatch } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { onAnyBackend, onRedisAndSql } from '../testing/each-backend.js';
import { type Grant, limitedCall, type Question } from '../testing/limited-call.js';
import { latch, next, until, untilAborted, work } from '../testing/rig.js';
import { watchLag } from '../testing/watch-lag.js';

onRedisAndSql((rig) => {
  describe('close', () => {
    it('lets a running job go at its next checkpoint, which is kept; it goes on from there with no attempt used', async () => {
      let steps = 0;
      const queue = rig().queue(async (ctx) => {
        for (let step = 1; ; step++) {
          await sleep(20);
          await ctx.checkpoint({ step });
          steps = step;
        }
      });
      await queue.start();
      const active = next(queue, 'active');
      const { jobId } = await queue.add('test.work', work());
      await active;
      await sleep(100);
      const watch = new Stopwatch();
      await queue.close({ graceMs: 3_600_000 });
      expect(watch.stop()).toBeLessThan(promised(1_000));
      const after = rig().queue(async (ctx) => [ctx.state?.step, ctx.attempt], {}, {}, true);
      await expect(after.get(jobId)).resolves.toMatchObject({ state: 'waiting', attempts: 0 });
      await after.start();
      await expect(after.waitFor(jobId)).resolves.toEqual([steps + 1, 1]);
    });

    it('aborts what goes on for longer than the grace; the job goes back', async () => {
      const queue = rig().queue((ctx) => untilAborted(ctx.signal));
      await queue.start();
      const active = next(queue, 'active');
      const { jobId } = await queue.add('test.work', work());
      await active;
      const watch = new Stopwatch();
      await queue.close({ graceMs: 100 });
      expect(watch.stop()).toBeLessThan(promised(1_000));
      await expect(
        rig()
          .queue(async () => {}, {}, {}, true)
          .get(jobId),
      ).resolves.toMatchObject({
        state: 'waiting',
        attempts: 0,
      });
    });

    it('does not wait for a handler that ignores its signal, and its job goes back all the same', async () => {
      const gate = latch();
      const queue = rig().queue(() => gate.opened);
      await queue.start();
      const active = next(queue, 'active');
      const { jobId } = await queue.add('test.work', work());
      await active;
      const watch = new Stopwatch();
      await queue.close({ graceMs: 0 });
      expect(watch.stop()).toBeLessThan(promised(2_000));
      const after = rig().queue(async () => 'again', {}, {}, true);
      await after.start();
      await expect(after.waitFor(jobId)).resolves.toBe('again');
      gate.open();
    });
  });

  describe('waitFor', () => {
    it('settles at once when its signal is aborted', async () => {
      const queue = rig().queue(async () => {});
      const { jobId } = await queue.add('test.work', work());
      const abort = new AbortController();
      const waiting = queue.waitFor(jobId, { signal: abort.signal });
      await sleep(50);
      const watch = new Stopwatch();
      abort.abort(new Error('Enough.'));
      await expect(waiting).rejects.toThrow('Enough.');
      expect(watch.stop()).toBeLessThan(promised(50));
    });
  });
});

// What follows is about this process; its time is its own on every store.
onAnyBackend((rig) => {
  const jobs = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ name: 'test.work', ...work(n), priority: 'bulk' as const }));

  describe('a worker slot', () => {
    it('is free while a handler waits for a token for longer than a second', async () => {
      const hourly = { key: 'hourly', ratePerSecond: 1 / 3_600, burst: 1 };
      const limited = limitedCall(rig().backend.buckets, hourly, []);
      const queue = rig().queue((ctx) => (ctx.payload.n < 2 ? limited(ctx) : Promise.resolve()), {
        concurrency: 1,
      });
      await queue.start();
      const [, waiting, other] = await queue.addBulk(jobs(3));
      await queue.waitFor(other!.jobId);
      await expect(queue.get(waiting!.jobId)).resolves.toMatchObject({ state: 'parked' });
    });

    it('is taken again when the token is there, and not before', async () => {
      const limit = { key: 'slow', ratePerSecond: 0.5, burst: 1 };
      const grants: Grant[] = [];
      const queue = rig().queue(limitedCall(rig().backend.buckets, limit, grants), { concurrency: 1 });
      let parked = 0;
      queue.on('parked', () => {
        parked += 1;
      });
      const lag = watchLag();
      await queue.start();
      const added = await queue.addBulk(jobs(2));
      await Promise.all(added.map(({ jobId }) => queue.waitFor(jobId)));
      const [first, second] = grants;
      expect(second!.at - first!.askedAt).toBeGreaterThanOrEqual(1_990);
      expect(second!.at - first!.at).toBeLessThan(promised(2_600) + lag.stop());
      if (clockIsHeld) expect(parked).toBe(1);
    });

    it('is held for a short gap, which costs less than parking', async () => {
      const limit = { key: 'quick', ratePerSecond: 5, burst: 1 };
      const grants: Grant[] = [];
      let tooLate = 0;
      const answered = ({ isTooLate }: Question) => {
        if (isTooLate) tooLate += 1;
      };
      const call = limitedCall(rig().backend.buckets, limit, grants, { answered });
      const queue = rig().queue(call, { concurrency: 1 });
      let parked = 0;
      queue.on('parked', () => {
        parked += 1;
      });
      await queue.start();
      const added = await queue.addBulk(jobs(3));
      await Promise.all(added.map(({ jobId }) => queue.waitFor(jobId)));
      // Where the process stood still between question and answer, even a short gap is too long.
      expect(parked).toBe(clockIsHeld ? 0 : tooLate);
      expect(grants).toHaveLength(3);
    });
  });

  describe('an outage', () => {
    it('parks what is there without using attempts, and lets the rest of the queue work', async () => {
      let down = true;
      const queue = rig().queue(async (ctx) => {
        if (down && ctx.payload.n > 0) {
          throw new NetworkError('amazon is not reachable.', { host: 'amazon:443', outcome: 'not-sent' });
        }
        return ctx.attempt;
      });
      const attempts: unknown[] = [];
      queue.on('completed', ({ result }) => attempts.push(result));
      await queue.addBulk(jobs(300));
      await queue.start();
      await until(async () => (await queue.counts()).parked === 299);
      await sleep(1_500);
      await expect(queue.counts()).resolves.toMatchObject({ failed: 0, completed: 1 });
      down = false;
      const watch = new Stopwatch();
      const first = next(queue, 'completed');
      await queue.release('amazon:443');
      await first;
      expect(watch.stop()).toBeLessThan(promised(500));
      await until(async () => attempts.length === 300);
      expect(new Set(attempts)).toEqual(new Set([1]));
    });
  });
});
