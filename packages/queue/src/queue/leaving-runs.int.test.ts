import { NetworkError, RateLimitError, ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { latch, next, until, work } from '../testing/rig.js';
import { slowCommands } from '../testing/slow-commands.js';

const farAway = () => new Date(Date.now() + 3_600_000);

onRedisAndSql((rig) => {
  describe('a run that is leaving, while the store takes its time', () => {
    it.each([
      ['move', { there: 200 }],
      ['answer', { back: 200 }],
    ])('does not swallow a cancel: the job ends, whether the %s is still on its way', async (_, slowness) => {
      const backend = slowCommands(rig().backend, { moveToDelayed: slowness });
      let runs = 0;
      const left = latch();
      const queue = rig().queue(
        async () => {
          runs += 1;
          setImmediate(left.open);
          throw new RateLimitError('No token.', { retryAt: farAway() });
        },
        { backend },
      );
      const cancelled = next(queue, 'cancelled');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await left.opened;
      await queue.cancel(jobId);
      await cancelled;
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      await expect(queue.counts()).resolves.toMatchObject({ parked: 0, waiting: 0, active: 0 });
      expect(runs).toBe(1);
    });

    it('leaves a job that is expedited meanwhile to ask for its token anew', async () => {
      const backend = slowCommands(rig().backend, { moveToDelayed: { there: 200 } });
      const left = latch();
      const queue = rig().queue(
        async (ctx) => {
          setImmediate(left.open);
          if (ctx.priority === 'bulk') throw new RateLimitError('No token.', { retryAt: farAway() });
          return ctx.priority;
        },
        { backend },
      );
      await queue.start();
      const { jobId } = await queue.add('test.work', { ...work(), priority: 'bulk' });
      await left.opened;
      await queue.expedite(jobId, 'high');
      await expect(queue.waitFor(jobId)).resolves.toBe('high');
    });

    it('tells that its job is parked when that is so, and not when the store refused', async () => {
      const queue = rig().queue(async () => {
        // The job is taken away from it, as one whose lock ran out is.
        await queue.pause();
        const bull = await queue.bullQueue();
        await bull.getBackend().moveJobFromActiveToWait(jobIds[0]!, '0');
        gone.open();
        throw new NetworkError('amazon is not reachable.', { host: 'amazon:443', outcome: 'not-sent' });
      });
      const gone = latch();
      const parked: unknown[] = [];
      queue.on('parked', (event) => parked.push(event));
      const jobIds = (await queue.addBulk([{ name: 'test.work', ...work() }])).map(({ jobId }) => jobId);
      await queue.start();
      await gone.opened;
      await queue.close();
      expect(parked).toEqual([]);
    });
  });

  describe('a job that failed', () => {
    it('is where its retry and its end look for it, however late its worker hears of it', async () => {
      const backend = slowCommands(rig().backend, { moveToFailed: { back: 300 } });
      let runs = 0;
      const queue = rig().queue(
        async (ctx) => {
          runs += 1;
          if (runs > 1) {
            await told;
            return ctx.state;
          }
          await ctx.checkpoint({ step: 1 });
          throw new ValidationError('Wrong.');
        },
        { backend },
      );
      const told = next(queue, 'failed');
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await until(async () => (await queue.get(jobId))?.state === 'failed');
      await queue.retry(jobId);
      await expect(queue.waitFor(jobId)).resolves.toEqual({ step: 1 });
    });
  });
});
