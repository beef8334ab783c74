import { describe, expect, it } from '@jest/globals';
import { onEachBackend } from '../testing/each-backend.js';
import { account, next, work } from '../testing/rig.js';

const at = new Date('2026-11-21T08:00:00Z');
const once = (key: string) => ({ once: { key, at } });

onEachBackend((rig) => {
  describe('a job that is put in for something', () => {
    it('is one, however many add it at once from wherever, and stays the one when it has ended', async () => {
      const runs: number[] = [];
      const queue = rig().queue(async (ctx) => void runs.push(ctx.payload.n), { prefix: 'once' });
      const elsewhere = rig().queue(async () => {}, { prefix: 'once' });
      const added = await Promise.all(
        [queue, elsewhere, queue, elsewhere].map((one) =>
          one.add('test.work', { ...work(7), ...once('notification-1') }),
        ),
      );
      const [first] = added;
      expect(new Set(added.map(({ jobId }) => jobId)).size).toBe(1);
      const completed = next(queue, 'completed');
      await queue.start();
      await completed;
      await expect(elsewhere.add('test.work', { ...work(8), ...once('notification-1') })).resolves.toEqual({
        jobId: first?.jobId,
        deduplicated: true,
      });
      const [again, other] = await queue.addBulk([
        { name: 'test.work', ...work(9), ...once('notification-1') },
        { name: 'test.work', ...work(10), ...once('notification-2') },
      ]);
      expect(again).toEqual({ jobId: first?.jobId, deduplicated: true });
      expect(other).toMatchObject({ deduplicated: false });
      await queue.waitFor(other!.jobId);
      expect(runs).toEqual([7, 10]);
    });

    it('is another for another account, and one that was cancelled does not come back', async () => {
      const queue = rig().queue(async () => {});
      const { jobId } = await queue.add('test.work', { ...work(1), ...once('notification-1') });
      const other = await queue.add('test.work', {
        ...work(1),
        accountId: 'other-za',
        ...once('notification-1'),
      });
      expect(other.jobId).not.toBe(jobId);
      await queue.cancel(jobId);
      await expect(queue.add('test.work', { ...work(1), ...once('notification-1') })).resolves.toEqual({
        jobId,
        deduplicated: true,
      });
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'cancelled', accountId: account });
    });
  });
});
