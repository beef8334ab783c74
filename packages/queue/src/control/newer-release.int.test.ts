import { sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from '../job/job-definition.js';
import { promote } from '../queue/promote.js';
import { onSharedBackends } from '../testing/each-backend.js';
import { anHourAhead, next, until, work } from '../testing/rig.js';

const newKind = defineJob<{ n: number }, undefined, string>({
  name: 'test.fresh',
  section: 'test',
  version: 1,
  payload: z.object({ n: z.number() }),
  run: async () => 'fresh',
});

onSharedBackends((rig) => {
  describe('while releases change, a job that an older worker takes', () => {
    it('goes back for a newer one when its payload is of a newer version, no attempt used', async () => {
      const newer = rig().queue(async (ctx) => [ctx.payload.n, ctx.attempt], {}, { version: 2 });
      const older = rig().queue(async () => 'misread', { clock: anHourAhead }, { version: 1 }, true);
      const { jobId } = await newer.add('test.work', work(4));
      const parked = next(older, 'parked');
      await older.start();
      await parked;
      await expect(newer.get(jobId)).resolves.toMatchObject({
        state: 'parked',
        attempts: 0,
        parked: { for: 'version', reason: expect.stringContaining('version 2, and 1 is known here') },
      });
      await older.close();
      await newer.start();
      await promote(await newer.bullQueue(), jobId);
      await expect(newer.waitFor(jobId)).resolves.toEqual([4, 1]);
    });

    it('goes back for a newer one when its kind is not known', async () => {
      const newer = rig().queue(async () => {}, { jobs: [newKind] });
      const older = rig().queue(async () => {}, { clock: anHourAhead }, {}, true);
      const { jobId } = await newer.add('test.fresh', work());
      const parked = next(older, 'parked');
      await older.start();
      await expect(parked).resolves.toMatchObject({
        jobId,
        reason: expect.stringContaining('is not known here'),
      });
      await older.close();
      await newer.start();
      await promote(await newer.bullQueue(), jobId);
      await expect(newer.waitFor(jobId)).resolves.toBe('fresh');
    });

    it('fails when no newer one has come for long enough, and is kept whole for a retry', async () => {
      let now = Date.now();
      const clock = { now: () => now, sleep };
      const newer = rig().queue(async (ctx) => ctx.payload.n, {}, { version: 2 });
      const older = rig().queue(async () => 'misread', { newerReleaseMs: 60_000, clock }, {}, true);
      const { jobId } = await newer.add('test.work', work(4));
      await older.start();
      await until(async () => (await newer.get(jobId))?.state === 'parked');
      now += 61_000;
      await promote(await newer.bullQueue(), jobId);
      await expect(newer.waitFor(jobId)).rejects.toMatchObject({ code: 'JOB_PAYLOAD_VERSION' });
      await older.close();
      await newer.start();
      await newer.retry(jobId);
      await expect(newer.waitFor(jobId)).resolves.toBe(4);
    });
  });

  describe('a job of an older version', () => {
    it('is brought up to date by a migration as it runs', async () => {
      const older = rig().queue(async () => {});
      const { jobId } = await older.add('test.work', work(4));
      const newer = rig().queue(
        async (ctx) => ctx.payload.n,
        {},
        { version: 3, migrate: (payload, from) => ({ n: (payload as { n: number }).n * 10 + from }) },
        true,
      );
      await newer.start();
      await expect(newer.waitFor(jobId)).resolves.toBe(41);
    });
  });
});
