import { sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from '../job/job-definition.js';
import type { JobState } from '../job/job-view.js';
import type { OperationQueue } from '../queue/operation-queue.js';
import { OperationQueues } from '../queue/operation-queues.js';
import { atOnce } from '../testing/at-once.js';
import { onRedisAndSql } from '../testing/each-backend.js';
import { account, latch, until, work } from '../testing/rig.js';

const seven = { job: 'test.work', accountId: 'acme-za', payload: { n: 7 } };
/** Long enough that its next time does not come while a test lasts. */
const weeklyMs = 7 * 86_400_000;

/**
 * No clockwork is at work any more: after its schedule was removed, none will be. One that goes on from waiting to active between the two looks
 * is seen by the second.
 */
async function clockworkRests(queue: OperationQueue): Promise<void> {
  const has = async (state: JobState) =>
    (await queue.list({ states: [state] })).some(({ jobId }) => jobId.startsWith('repeat:'));
  await until(async () => !(await has('waiting')) && !(await has('active')));
}

onRedisAndSql((rig) => {
  describe('a schedule', () => {
    it('keeps its time when it is said again, and is one by its name when it is said otherwise', async () => {
      const queue = rig().queue(async () => {});
      await queue.schedules.upsert('daily', { ...seven, cron: '0 6 * * *' });
      await queue.schedules.upsert('weekly', { ...seven, everyMs: weeklyMs });
      await queue.start();
      await until(async () => (await queue.counts()).completed === 1);
      const first = await queue.schedules.get('weekly');
      await sleep(50);
      const again = await queue.schedules.upsert('weekly', { ...seven, everyMs: weeklyMs });
      expect(again.nextRunAt).toEqual(first!.nextRunAt);
      await queue.schedules.upsert('daily', { ...seven, payload: { n: 8 }, cron: '30 6 * * *' });
      const [, daily] = (await queue.schedules.list()).sort((a, b) => b.name.localeCompare(a.name));
      expect(daily).toMatchObject({ name: 'daily', cron: '30 6 * * *', timeZone: 'UTC', payload: { n: 8 } });
      expect(daily!.nextRunAt!.toISOString()).toMatch(/T06:30:00/);
      // One clockwork for each, parked until its time; the weekly one has run.
      await expect(queue.counts()).resolves.toMatchObject({ parked: 2, completed: 1 });
      const [parked] = await queue.list({ states: ['parked'] });
      expect(parked!.parked!.reason).toMatch(/^It is the next run of the schedule "(daily|weekly)"/);
      await expect(queue.cancel(parked!.jobId)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await queue.schedules.remove('daily');
      await queue.schedules.remove('weekly');
      await expect(queue.schedules.remove('weekly')).resolves.toBe(false);
    });

    it('means the hours of its time zone', async () => {
      const queue = rig().queue(async () => {});
      const { nextRunAt } = await queue.schedules.upsert('morning', {
        ...seven,
        cron: '0 6 * * *',
        timeZone: 'Africa/Johannesburg',
      });
      // Six in Johannesburg is four in UTC, all year.
      expect(nextRunAt!.toISOString()).toMatch(/T04:00:00/);
      await queue.schedules.remove('morning');
    });

    atOnce({
      'runs its job at once and again after each interval, as an ordinary job of its account': async () => {
        const seen: [number, string][] = [];
        const queue = rig().queue(async (ctx) => void seen.push([ctx.payload.n, ctx.accountId]));
        await queue.start();
        const view = await queue.schedules.upsert('often', { ...seven, everyMs: 1_000, priority: 'high' });
        expect(view).toMatchObject({ name: 'often', job: 'test.work', everyMs: 1_000, priority: 'high' });
        await until(async () => seen.length >= 2);
        expect(new Set(seen.map(String))).toEqual(new Set(['7,acme-za']));
        const ended = () => queue.list({ states: ['completed'] });
        await until(async () => (await ended()).length > 0);
        const [job] = await ended();
        expect(job).toMatchObject({ name: 'test.work', accountId: account, priority: 'high' });
        expect(job!.jobId).toMatch(/^test-[a-z0-9]+$/);
        await expect(queue.schedules.remove('often')).resolves.toBe(true);
        const left = seen.length;
        await sleep(1_200);
        expect(seen.length).toBeLessThanOrEqual(left + 1);
        await expect(queue.schedules.list()).resolves.toEqual([]);
        await clockworkRests(queue);
        await until(async () => (await queue.counts()).waiting === 0);
        await expect(queue.counts()).resolves.toMatchObject({ parked: 0, waiting: 0, failed: 0 });
      },

      'does not overtake itself: while a run goes on, those that come due are left out': async () => {
        const gate = latch();
        let running = 0;
        let most = 0;
        let runs = 0;
        const queue = rig().queue(async () => {
          runs += 1;
          running += 1;
          most = Math.max(most, running);
          await gate.opened;
          running -= 1;
        });
        await queue.start();
        await queue.schedules.upsert('slow', { ...seven, everyMs: 1_000 });
        await until(async () => runs === 1);
        await until(async () => (await queue.schedules.get('slow'))!.runs >= 2);
        await sleep(100);
        expect(runs).toBe(1);
        gate.open();
        await until(async () => runs >= 2);
        expect(most).toBe(1);
        await queue.schedules.remove('slow');
      },

      'of a paused account has one job parked, however often it comes due, and runs it once when the account is resumed':
        async () => {
          let runs = 0;
          const queue = rig().queue(async () => {
            runs += 1;
          });
          await queue.pause({ accountId: account });
          await queue.start();
          await queue.schedules.upsert('held', { ...seven, everyMs: 1_000 });
          await until(async () => (await queue.schedules.get('held'))!.runs >= 4);
          // The job, and the clockwork's next time.
          const parked = await queue.list({ states: ['parked'] });
          expect(parked.length).toBeLessThanOrEqual(2);
          expect(runs).toBe(0);
          await queue.schedules.remove('held');
          await clockworkRests(queue);
          await queue.resume({ accountId: account });
          await until(async () => (await queue.counts()).completed > 0);
          await until(async () => (await queue.counts()).parked === 0);
          expect(runs).toBe(1);
        },

      'takes no place of its account, and does not pile up while there is none': async () => {
        const gate = latch();
        let runs = 0;
        const queue = rig().queue(
          async () => {
            runs += 1;
            await gate.opened;
          },
          { perAccountConcurrency: 1 },
        );
        await queue.start();
        await queue.add('test.work', work());
        await until(async () => runs === 1);
        await queue.schedules.upsert('crowded', { ...seven, everyMs: 1_000 });
        await until(async () => (await queue.schedules.get('crowded'))!.runs >= 4);
        // The job that has no place, and the clockwork's next time.
        const parked = await queue.list({ states: ['parked'] });
        expect(parked.length).toBeLessThanOrEqual(2);
        await queue.schedules.remove('crowded');
        await clockworkRests(queue);
        gate.open();
        await until(async () => (await queue.counts()).completed === 2);
      },

      'makes up for one run after an outage, not for all': async () => {
        let runs = 0;
        const before = rig().queue(async () => {}, { prefix: 'missed' });
        await before.schedules.upsert('missed', { ...seven, everyMs: 1_000 });
        await before.close();
        await sleep(2_200);
        const after = rig().queue(
          async () => {
            runs += 1;
          },
          { prefix: 'missed' },
        );
        const startedAt = Date.now();
        await after.start();
        await until(async () => runs > 0);
        await sleep(300);
        // One for what was missed, and those that came due since.
        expect(runs).toBeLessThanOrEqual(2 + Math.floor((Date.now() - startedAt) / 1_000));
        await after.schedules.remove('missed');
      },
    });
  });

  describe('what is refused of a schedule', () => {
    it.each([
      [
        'a payload that does not match',
        { payload: { n: 'one' }, everyMs: 60_000 },
        { code: 'JOB_PAYLOAD_INVALID' },
      ],
      ['an unknown job', { job: 'test.other', everyMs: 60_000 }, { code: 'JOB_UNKNOWN' }],
      ['no time at all', {}, { field: 'cron' }],
      ['two times', { everyMs: 60_000, cron: '0 6 * * *' }, { field: 'cron' }],
      ['an interval that is too short', { everyMs: 10 }, { field: 'everyMs' }],
      ['an expression that is none', { cron: 'at six' }, { field: 'cron' }],
      ['an expression that never comes', { cron: '0 6 31 2 *' }, { field: 'cron' }],
      ['a time zone that is none', { cron: '0 6 * * *', timeZone: 'Africa/Capetown' }, { field: 'timeZone' }],
      ['a priority that is none', { everyMs: 60_000, priority: 'urgent' as never }, { field: 'priority' }],
    ])('is %s, and nothing is put in', async (_what, options, error) => {
      const queue = rig().queue(async () => {});
      await expect(queue.schedules.upsert('wrong', { ...seven, ...options })).rejects.toMatchObject(error);
      await expect(queue.schedules.list()).resolves.toEqual([]);
      await expect(queue.counts()).resolves.toMatchObject({ parked: 0, waiting: 0 });
    });

    it('is a name that is none, or that a schedule of another section has', async () => {
      const job = (name: string, section: string) =>
        defineJob({ name, section, version: 1, payload: z.object({ n: z.number() }), async run() {} });
      await using queues = new OperationQueues({
        backend: rig().backend,
        jobs: [job('orders.import', 'orders'), job('inventory.sync', 'inventory')],
        prefix: 'names',
      });
      const daily = { ...work(), cron: '0 6 * * *' };
      await queues.schedules.upsert('daily', { ...daily, job: 'orders.import' });
      await expect(
        queues.schedules.upsert('daily', { ...daily, job: 'inventory.sync' }),
      ).rejects.toMatchObject({ field: 'name' });
      await expect(
        queues.schedules.upsert('a name', { ...daily, job: 'inventory.sync' }),
      ).rejects.toMatchObject({ field: 'name' });
      await expect(queues.schedules.list()).resolves.toMatchObject([{ name: 'daily', section: 'orders' }]);
      await expect(queues.schedules.remove('daily')).resolves.toBe(true);
    });
  });
});
