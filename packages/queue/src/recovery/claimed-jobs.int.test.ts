import { describeWith, freshPlace } from '@fluxori/test-services';
import { expect, it } from '@jest/globals';
import { hurried, latch, Rig, work } from '../testing/rig.js';
import { slowCommands } from '../testing/slow-commands.js';

const jobs = 12;
/** Long enough to count as trouble; all claims together take longer than two looks for lost jobs are apart. */
const claimMs = 120;

describeWith(
  'redis',
  'a job that was given out and waits until the worker has taken as many as it may',
  () => {
    it('is not taken for lost on the way, however long that takes', async () => {
      const place = await freshPlace('redis');
      const rig = await Rig.open(place.url);
      try {
        const runs = new Map<string, number>();
        const all = latch();
        const backend = slowCommands(rig.backend, { moveToActive: { back: claimMs } });
        const queue = rig.queue(
          async ({ jobId }) => {
            runs.set(jobId, (runs.get(jobId) ?? 0) + 1);
            if (runs.size === jobs) all.open();
          },
          { backend, clock: hurried(10), concurrency: jobs },
        );
        await queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'test.work', ...work() })));
        await queue.start();
        await all.opened;
        expect([...runs.values()].filter((count) => count > 1)).toEqual([]);
        await expect(queue.list({ states: ['waiting'] })).resolves.toEqual([]);
      } finally {
        await rig.close();
        await place.remove();
      }
    });
  },
);
