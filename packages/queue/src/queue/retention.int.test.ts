import { sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { until, work } from '../testing/rig.js';

onRedisAndSql((rig) => {
  describe('completed jobs', () => {
    it('are kept up to their number, give or take fifty', async () => {
      const queue = rig().queue(async () => {}, { retention: { completed: { count: 20 } }, concurrency: 1 });
      const items = Array.from({ length: 130 }, (_, n) => ({ name: 'test.work', ...work(n) }));
      await queue.addBulk(items);
      await queue.start();
      await until(async () => (await queue.counts()).waiting === 0);
      await queue.close();
      const { completed } = await rig()
        .queue(async () => {}, {}, {}, true)
        .counts();
      expect(completed).toBeGreaterThanOrEqual(20);
      expect(completed).toBeLessThanOrEqual(70);
    });

    it('are kept for their time', async () => {
      const queue = rig().queue(async () => {}, { retention: { completed: { ageMs: 1_000 } } });
      await queue.start();
      const first = await queue.add('test.work', work());
      await queue.waitFor(first.jobId);
      await sleep(1_100);
      const second = await queue.add('test.work', work());
      await queue.waitFor(second.jobId);
      await expect(queue.get(first.jobId)).resolves.toBeUndefined();
      await expect(queue.get(second.jobId)).resolves.toMatchObject({ state: 'completed' });
    });
  });
});
