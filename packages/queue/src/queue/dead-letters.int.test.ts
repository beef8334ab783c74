import { AuthenticationError, accountId, ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { account, until, work } from '../testing/rig.js';

const other = accountId('other-za');

onRedisAndSql((rig) => {
  describe('failed jobs', () => {
    it('are listed with error, attempts and account, put back by kind, account or code, and thrown away', async () => {
      let broken = true;
      const steps: unknown[] = [];
      const queue = rig().queue(async (ctx) => {
        if (!broken) {
          steps.push(ctx.state);
          return 'done';
        }
        await ctx.checkpoint({ step: ctx.payload.n });
        if (ctx.payload.n % 2 === 0) throw new AuthenticationError('Refused.', { code: 'AUTH_REVOKED' });
        throw new ValidationError('Wrong.');
      });
      const jobs = await queue.addBulk(
        [1, 2, 3, 4, 5, 6].map((n) => ({
          name: 'test.work',
          ...work(n),
          accountId: n > 4 ? other : account,
        })),
      );
      await queue.start();
      await until(async () => (await queue.counts()).failed === 6);
      const all = await queue.deadLetters.list();
      expect(all).toHaveLength(6);
      expect(all[0]).toMatchObject({ state: 'failed', attempts: 1, error: { message: expect.any(String) } });
      const refused = await queue.deadLetters.list({ code: 'AUTH_REVOKED', accountId: account });
      expect(refused.map(({ payload }) => payload.n).sort()).toEqual([2, 4]);
      await expect(queue.deadLetters.list({ name: 'test.other' })).resolves.toEqual([]);
      broken = false;
      const { jobIds, skipped, more } = await queue.deadLetters.retryAll({ code: 'AUTH_REVOKED', limit: 2 });
      expect([jobIds.length, skipped, more]).toEqual([2, [], true]);
      await Promise.all(jobIds.map((jobId) => queue.waitFor(jobId)));
      await expect(queue.deadLetters.retryAll({ code: 'AUTH_REVOKED' })).resolves.toMatchObject({
        more: false,
      });
      await until(async () => (await queue.counts()).completed === 3);
      expect(steps).toHaveLength(3);
      expect(steps).toContainEqual({ step: 2 });
      await queue.deadLetters.discard(jobs[0]!.jobId);
      await expect(queue.get(jobs[0]!.jobId)).resolves.toBeUndefined();
      await expect(queue.deadLetters.discard(jobs[1]!.jobId)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await expect(queue.deadLetters.discard('test-none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(queue.deadLetters.discardAll({ accountId: other })).resolves.toMatchObject({
        jobIds: [jobs[4]!.jobId],
      });
      await expect(queue.counts()).resolves.toMatchObject({ failed: 1, completed: 3 });
    });

    it('that another does the work of are not retried: skipped among all, refused alone, and it is said why', async () => {
      const queue = rig().queue(async () => {
        throw new ValidationError('Wrong.');
      });
      const order = { ...work(), dedupeKey: 'daily' };
      const failed = await queue.add('test.work', order);
      await queue.start();
      await queue.waitFor(failed.jobId).catch(() => {});
      await queue.close();
      const producer = rig().queue(async () => {}, {}, {}, true);
      const successor = await producer.add('test.work', order);
      await expect(producer.retry(failed.jobId)).rejects.toThrow(successor.jobId);
      await expect(producer.deadLetters.retryAll()).resolves.toEqual({
        jobIds: [],
        skipped: [{ jobId: failed.jobId, reason: expect.stringContaining(successor.jobId) }],
        more: false,
      });
    });
  });
});
