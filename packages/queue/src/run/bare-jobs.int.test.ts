import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { onAnyBackend } from '../testing/each-backend.js';
import { farAway, latch, next, work } from '../testing/rig.js';

afterEach(() => {
  jest.restoreAllMocks();
});

const soon = () => ({ until: new Date(Date.now() + 20), reason: 'there is nothing yet' });

onAnyBackend((rig) => {
  describe('a job that parked without a checkpoint', () => {
    it('goes on without looking for one', async () => {
      let runs = 0;
      const queue = rig().queue(async (ctx) => {
        runs += 1;
        if (runs === 1) ctx.park({ ...soon(), until: farAway() });
        return ctx.state ?? 'none';
      });
      const looked = jest.spyOn(rig().backend.records, 'readState');
      const parked = next(queue, 'parked');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await parked;
      await (await queue.bullQueue()).getBackend().promote(jobId);
      await expect(queue.waitFor(jobId)).resolves.toBe('none');
      expect(runs).toBe(2);
      expect(looked).not.toHaveBeenCalled();
    });

    it('finds the one that it wrote since, also after its process ended and parked or not', async () => {
      const prefix = 'bare';
      const states: unknown[] = [];
      const written = latch();
      const run = (leaves: boolean) =>
        rig().queue(
          async (ctx) => {
            states.push(ctx.state);
            if (states.length === 1) ctx.park(soon());
            if (states.length === 2) {
              await ctx.checkpoint({ step: 1 });
              written.open();
              // The note of the first time that it parked is still there when it goes back.
              if (leaves)
                await new Promise((_, reject) =>
                  ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)),
                );
            }
            if (states.length === 3) ctx.park(soon());
            return ctx.state ?? 'none';
          },
          { prefix },
        );
      const first = run(true);
      await first.start();
      const { jobId } = await first.add('test.work', work());
      await written.opened;
      await first.close({ graceMs: 0 });
      const second = run(false);
      await second.start();
      await expect(second.waitFor(jobId)).resolves.toEqual({ step: 1 });
      expect(states).toEqual([undefined, undefined, { step: 1 }, { step: 1 }]);
    });
  });
});
