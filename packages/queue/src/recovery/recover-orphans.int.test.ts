import { noMetrics, silentLogger } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Worker } from 'bullmq';
import type { BullJob, BullWorker } from '../queue/bull-types.js';
import type { OperationQueue } from '../queue/operation-queue.js';
import { QueueLink } from '../queue/queue-link.js';
import { Checkpoints } from '../run/checkpoints.js';
import { onMemory } from '../testing/each-backend.js';
import { account, latch, until, work } from '../testing/rig.js';
import { noteBegun, recoverOrphans } from './recover-orphans.js';

let rooms = 0;
let queue: OperationQueue;
let link: QueueLink;
let dead: BullWorker;
let checkpoints: Checkpoints;

onMemory((rig) => {
  beforeEach(async () => {
    const prefix = `orphans${rooms++}`;
    queue = rig().queue(async () => {}, { prefix });
    link = new QueueLink(rig().backend, `${prefix}-test`, silentLogger);
    checkpoints = new Checkpoints(rig().backend, undefined, `queue/${prefix}-test`);
    const { connection, backendFactory } = await rig().backend.queueConnection();
    dead = new Worker(`${prefix}-test`, null, { connection, name: 'dead', autorun: false }, backendFactory);
  });
  afterEach(async () => {
    await dead.close(true);
    await link.close();
  });

  /** A process takes all jobs that are ready, begins their handlers, dies, and another one starts. */
  async function dieWithAll(maxCrashes = 5, { begun = true } = {}): Promise<void> {
    for (;;) {
      const job: BullJob | undefined = await dead.getNextJob('token', { block: false });
      if (job === undefined) break;
      if (begun) await noteBegun(job);
    }
    await recoverOrphans({
      queue: await link.queue(),
      checkpoints,
      maxCrashes,
      logger: silentLogger,
      metrics: noMetrics,
      section: 'test',
      isOrphan: ({ processedBy }) => processedBy === 'dead',
    });
  }

  const states = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (jobId) => (await queue.get(jobId))?.state));

  describe('jobs that were running when the process died', () => {
    it('go back at once, no attempt used', async () => {
      const { jobId } = await queue.add('test.work', work());
      await dieWithAll();
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'waiting', attempts: 0 });
    });

    it('are left alone when they are running here', async () => {
      const prefix = `here${rooms}`;
      const end = latch();
      let runs = 0;
      const run = async () => {
        runs += 1;
        await end.opened;
      };
      const first = rig().queue(run, { prefix });
      await first.start();
      const { jobId } = await first.add('test.work', work());
      await until(async () => runs === 1);
      // A worker that starts takes back what is nobody's; the first one has this in its hands.
      const second = rig().queue(run, { prefix });
      await second.start();
      await expect(second.get(jobId)).resolves.toMatchObject({ state: 'active' });
      end.open();
      await second.waitFor(jobId);
      expect(runs).toBe(1);
    });

    it('start one by one after a second time, so that the one that did it does not take the others with it', async () => {
      const added = await queue.addBulk([1, 2, 3].map((n) => ({ name: 'test.work', ...work(n) })));
      const ids = added.map(({ jobId }) => jobId);
      await dieWithAll();
      await expect(states(ids)).resolves.toEqual(['waiting', 'waiting', 'waiting']);
      await dieWithAll();
      expect((await states(ids)).sort()).toEqual(['parked', 'parked', 'waiting']);
      const [first, second] = await queue.list({ states: ['parked'] });
      const gapMs = second!.parked!.until.getTime() - first!.parked!.until.getTime();
      expect(gapMs).toBeGreaterThan(2_000);
      expect(first!.parked!.reason).toContain('died 2 times');
    });

    it('are not suspected when the process died before their handler had begun', async () => {
      const { jobId } = await queue.add('test.work', work());
      await dieWithAll(3);
      for (let times = 0; times < 5; times++) await dieWithAll(3, { begun: false });
      await expect(states([jobId])).resolves.toEqual(['waiting']);
      await dieWithAll(3);
      await expect(states([jobId])).resolves.toEqual(['waiting']);
      await dieWithAll(3);
      await expect(queue.get(jobId)).resolves.toMatchObject({
        state: 'failed',
        error: { code: 'JOB_STATE' },
      });
    });

    it('are failed after too many times at the same point, but not while they come further', async () => {
      const { jobId } = await queue.add('test.work', work());
      for (let step = 1; step <= 4; step++) {
        await checkpoints.write(account, jobId, { step }, {}, new AbortController().signal);
        await dieWithAll(2);
        await expect(states([jobId])).resolves.toEqual(['waiting']);
      }
      await dieWithAll(2);
      await expect(queue.get(jobId)).resolves.toMatchObject({
        state: 'failed',
        error: { code: 'JOB_STATE' },
      });
      await queue.retry(jobId);
      await dieWithAll(2);
      await expect(states([jobId])).resolves.toEqual(['waiting']);
    });
  });
});
