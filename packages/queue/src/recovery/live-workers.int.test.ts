import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openBackend } from '@fluxori/backend';
import { describeWith, freshPlace } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OperationQueue } from '../queue/operation-queue.js';
import { onSharedBackends } from '../testing/each-backend.js';
import { outageJob } from '../testing/outage-job.js';
import { account, hurried, latch, until, work } from '../testing/rig.js';

const script = join(import.meta.dirname, '../../dist/testing/outage-worker.js');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe.each(['redis', 'postgres'] as const)('on %s, several workers', (service) => {
  describeWith(service, 'that live while another dies', () => {
    it('take its jobs back at once, each job once, though several look', async () => {
      const place = await freshPlace(service);
      const backend = await openBackend(place.url);
      const options = { section: 'outage', backend, concurrency: 2 };
      const done: unknown[] = [];
      const job = outageJob((line) => done.push(line.done));
      const watchers = [1, 2, 3].map(
        () => new OperationQueue({ ...options, jobs: [job], clock: hurried(4) }),
      );
      const jobs = 80;
      const producer = new OperationQueue({ ...options, jobs: [job] });
      await producer.addBulk(
        Array.from({ length: jobs }, (_, n) => ({ name: 'outage.step', accountId: account, payload: { n } })),
      );
      const victim = spawn(process.execPath, [script, place.url, 'victim'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      children.push(victim);
      const doneThere: string[] = [];
      createInterface({ input: victim.stdout! }).on('line', (text) => {
        const line = JSON.parse(text) as { done?: string };
        if (line.done !== undefined) doneThere.push(line.done);
      });
      await until(async () => doneThere.length >= 8);
      await Promise.all(watchers.map((queue) => queue.start()));
      victim.kill('SIGKILL');
      await until(async () => (await producer.counts()).completed === jobs);
      // That a lock ran out, after a minute, was not waited for.
      const ended = await (await producer.bullQueue()).getJobs(['completed'], 0, -1);
      expect(ended.filter(({ stalledCounter }) => stalledCounter > 0)).toEqual([]);
      const counts = await producer.counts();
      expect(counts).toMatchObject({ completed: jobs, failed: 0, active: 0, waiting: 0, parked: 0 });
      const again = done.filter((jobId, index) => done.indexOf(jobId) !== index);
      expect(again).toEqual([]);
      await Promise.all([producer, ...watchers].map((queue) => queue.close()));
      await backend.close();
      await place.remove();
    });
  });
});

onSharedBackends((rig) => {
  describe('a run whose lock is gone', () => {
    it('is stopped before it writes, and its checkpoint does not replace that of the one who has the job now', async () => {
      const written: unknown[] = [];
      const resume = latch();
      const begun = latch();
      let wall = 0;
      const realNow = Date.now;
      const queue = rig().queue(async (ctx) => {
        begun.open();
        await resume.opened;
        await ctx.checkpoint({ step: 1 }).then(
          () => written.push('written'),
          (error: Error) => {
            written.push(error.message);
            throw error;
          },
        );
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await begun.opened;
      // The machine was asleep for a minute: the other clock stood still.
      Date.now = () => realNow() + wall;
      try {
        wall = 60_000;
        resume.open();
        await until(async () => written.length > 0);
      } finally {
        Date.now = realNow;
      }
      expect(written).toEqual([expect.stringContaining('its lock could not be kept')]);
      await expect(
        rig().backend.records.readState(account, `queue/room1-test/checkpoint/${jobId}`),
      ).resolves.toBeUndefined();
      await expect(queue.get(jobId)).resolves.toMatchObject({ attempts: 0 });
    });
  });
});
