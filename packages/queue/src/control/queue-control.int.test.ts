import { accountId, sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { hurried, latch, next, parkedTimes, until, work } from '../testing/rig.js';

const acme = accountId('acme-za');
const other = accountId('other-za');
/** Ten times a second a worker looks what others have ordered. */
const often = { clock: hurried(10) };

onRedisAndSql((rig, shared) => {
  describe('a paused account', () => {
    it('parks its jobs without attempts, lets those of others run, and goes on at once in order of priority when it is resumed', async () => {
      const order: string[] = [];
      const queue = rig().queue(
        async (ctx) => void order.push(`${ctx.accountId} ${ctx.payload.n} ${ctx.attempt}`),
        { concurrency: 1 },
      );
      await expect(queue.pause({ accountId: acme })).resolves.toBe(true);
      await expect(queue.pause({ accountId: acme })).resolves.toBe(false);
      const bulk = await queue.add('test.work', { ...work(5), priority: 'bulk' });
      const high = await queue.add('test.work', { ...work(2), priority: 'high' });
      const foreign = await queue.add('test.work', { ...work(1), accountId: other });
      const bothParked = parkedTimes(2, queue);
      await queue.start();
      await queue.waitFor(foreign.jobId);
      await bothParked;
      await expect(queue.get(bulk.jobId)).resolves.toMatchObject({
        attempts: 0,
        parked: { for: 'pause', reason: expect.stringContaining('acme-za was paused by an operator on 20') },
      });
      await expect(queue.overview()).resolves.toMatchObject({
        counts: { parked: 2, completed: 1 },
        pausedAccounts: [{ accountId: acme, since: expect.any(Date) }],
      });
      await expect(queue.resume({ accountId: acme })).resolves.toBe(true);
      await expect(queue.resume({ accountId: acme })).resolves.toBe(false);
      await Promise.all([queue.waitFor(high.jobId), queue.waitFor(bulk.jobId)]);
      expect(order).toEqual(['other-za 1 1', 'acme-za 2 1', 'acme-za 5 1']);
      await expect(queue.overview()).resolves.toMatchObject({ pausedAccounts: [] });
    });

    it('is paused for every process, those that come later too, and resumed by any', async () => {
      const worker = rig().queue(async () => 'done', often);
      const console = rig().queue(async () => {}, {}, {}, true);
      await console.pause({ accountId: acme });
      await worker.start();
      const { jobId } = await console.add('test.work', work());
      await until(async () => (await console.get(jobId))?.parked?.for === 'pause');
      await worker.close();
      const successor = rig().queue(async () => 'done later', often, {}, true);
      await successor.start();
      await sleep(200);
      await expect(console.get(jobId)).resolves.toMatchObject({ parked: { for: 'pause' } });
      await console.resume({ accountId: acme });
      await expect(successor.waitFor(jobId)).resolves.toBe('done later');
    });

    it('lets running jobs finish, or leave at their next checkpoint when told to, and they go on from there', async () => {
      const steps: number[] = [];
      const queue = rig().queue(async (ctx) => {
        for (let step = (ctx.state?.step ?? 0) + 1; ; step++) {
          steps.push(step);
          await sleep(20, ctx.signal);
          await ctx.checkpoint({ step });
          if (ctx.payload.n === step) return step;
        }
      }, often);
      await queue.start();
      const finishingRuns = next(queue, 'active');
      const finishing = await queue.add('test.work', work(8));
      await finishingRuns;
      await queue.pause({ accountId: acme });
      await expect(queue.waitFor(finishing.jobId)).resolves.toBe(8);
      await queue.resume({ accountId: acme });
      const leavingRuns = next(queue, 'active');
      const leaving = await queue.add('test.work', work(Number.MAX_SAFE_INTEGER));
      await leavingRuns;
      const parked = next(queue, 'parked');
      await queue.pause({ accountId: acme, stopRunning: true });
      await parked;
      const left = steps.length;
      await queue.resume({ accountId: acme });
      await until(async () => steps.length > left + 1);
      expect(steps[left]).toBe(steps[left - 1]! + 1);
      await queue.cancel(leaving.jobId);
    });

    it('whose resume was broken off in the middle is resumed by a worker', async () => {
      let now = Date.now();
      const clock = { ...often.clock, now: () => now };
      const queue = rig().queue(async () => 'done', { clock });
      await queue.pause({ accountId: acme });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await until(async () => (await queue.get(jobId))?.state === 'parked');
      // The first half of a resume, as `Pauses.lift` leaves it; then the process died.
      const { keyValues } = rig().backend;
      const key = (await keyValues.keys('queue/')).find((name) => name.endsWith('/pause/acme-za'))!;
      await keyValues.set(`${key}/resuming`, { since: now });
      await keyValues.delete(key);
      now += 40_000;
      await expect(queue.waitFor(jobId)).resolves.toBe('done');
      await until(async () => (await keyValues.get(`${key}/resuming`)) === undefined);
    });

    it('leaves none of its jobs behind, also one that was parked as it was being resumed and could not be told', async () => {
      let now = Date.now();
      const queue = rig().queue(async () => 'done', { clock: { ...often.clock, now: () => now } });
      await queue.pause({ accountId: acme });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await until(async () => (await queue.get(jobId))?.state === 'parked');
      // As if the one that resumed it had not seen this job, which was just being parked elsewhere.
      const { keyValues } = rig().backend;
      const pause = (await keyValues.keys('queue/')).find((name) => name.endsWith('/pause/acme-za'));
      await keyValues.delete(pause!);
      now += 301_000;
      await expect(queue.waitFor(jobId)).resolves.toBe('done');
    });
  });

  describe('a paused section', () => {
    it('starts nothing, in no process, until it is resumed; counts and lists show what waits', async () => {
      const worker = rig().queue(async () => 'done');
      const console = rig().queue(async () => {}, {}, {}, true);
      await worker.start();
      const askedAt = Date.now();
      await console.pause();
      const { jobId } = await console.add('test.work', work());
      await sleep(300);
      await expect(console.counts()).resolves.toMatchObject({ waiting: 1, active: 0 });
      await expect(console.list({ states: ['waiting'] })).resolves.toMatchObject([{ jobId }]);
      const overview = await worker.overview();
      expect(overview.pausedSince!.getTime()).toBeGreaterThanOrEqual(askedAt);
      expect(overview.workers).toHaveLength(shared ? 1 : 0);
      await expect(worker.resume()).resolves.toBe(true);
      await expect(console.waitFor(jobId)).resolves.toBe('done');
      await expect(worker.overview()).resolves.not.toHaveProperty('pausedSince');
    });
  });

  describe('a limit for each account', () => {
    it('leaves places to the others: a seller with many jobs takes its own and no more', async () => {
      const many = 60;
      const othersDone = latch();
      let running = 0;
      let most = 0;
      let runs = 0;
      const queue = rig().queue(
        async (ctx) => {
          runs += 1;
          if (ctx.accountId !== acme) return;
          running += 1;
          most = Math.max(most, running);
          await othersDone.opened;
          await sleep(10, ctx.signal);
          running -= 1;
        },
        { concurrency: 8, perAccountConcurrency: 3 },
      );
      let parkings = 0;
      queue.on('parked', () => {
        parkings += 1;
      });
      const ofOne = await queue.addBulk(
        Array.from({ length: many }, (_, n) => ({ name: 'test.work', ...work(n) })),
      );
      const few = await queue.addBulk(
        [1, 2, 3].map((n) => ({ name: 'test.work', ...work(n), accountId: other })),
      );
      await queue.start();
      // Behind all of the others, none of which ends before.
      await Promise.all(few.map(({ jobId }) => queue.waitFor(jobId)));
      othersDone.open();
      await Promise.all(ofOne.map(({ jobId }) => queue.waitFor(jobId)));
      expect(most).toBe(3);
      expect(runs).toBe(many + 3);
      // Each is looked at once and called once, to a place that is kept for it; who comes too late for that, on a machine that is held up, is
      // called once more. Were all called to each place, there would be many more.
      expect(parkings).toBeLessThanOrEqual(2 * many);
    });
  });
});
