import { describe, expect, it } from '@jest/globals';
import { onSharedBackends } from '../testing/each-backend.js';
import { hurried, until, work } from '../testing/rig.js';
import { slowCommands } from '../testing/slow-commands.js';

onSharedBackends((rig) => {
  describe('a job that is done, while its end is slow to be written down', () => {
    it('is not taken for lost and done again', async () => {
      const backend = slowCommands(rig().backend, {
        moveToCompleted: { there: 1_500 },
        moveToDelayed: { there: 150 },
      });
      const runs: number[] = [];
      const queue = rig().queue(
        async (ctx) => {
          runs.push(ctx.payload.n);
          if (ctx.payload.n === 2 && ctx.attempt === 1 && runs.filter((n) => n === 2).length === 1)
            ctx.park({ until: new Date(Date.now() + 50), reason: 'for a moment' });
        },
        { backend, clock: hurried(20) },
      );
      await queue.start();
      const done = await queue.add('test.work', work(1));
      await queue.add('test.work', work(2));
      await queue.waitFor(done.jobId);
      await until(async () => (await queue.counts()).completed === 2);
      expect(runs.filter((n) => n === 1)).toEqual([1]);
    });
  });
});
