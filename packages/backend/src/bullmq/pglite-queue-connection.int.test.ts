import { afterEach, describe, expect, it } from '@jest/globals';
import { DelayedError, Queue, Worker } from 'bullmq';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';

describe('BullMQ on PGlite', () => {
  let backend: FluxoriBackend;
  afterEach(() => backend.close());

  it('works 500 jobs with priorities and delays, some of them put off half way', async () => {
    backend = await openBackend('memory:');
    const { connection, backendFactory } = await backend.queueConnection();
    const queue = new Queue('orders', { connection }, backendFactory);
    await queue.addBulk(
      Array.from({ length: 500 }, (_, index) => ({
        name: 'import',
        data: { index },
        opts: { priority: (index % 5) + 1, ...(index % 10 === 0 && { delay: 200 }) },
      })),
    );
    const done = new Set<number>();
    const putOff = new Set<number>();
    const worker = new Worker(
      'orders',
      async (job, token) => {
        if (job.data.index % 7 === 0 && !putOff.has(job.data.index)) {
          putOff.add(job.data.index);
          await job.moveToDelayed(Date.now() + 100, token);
          throw new DelayedError();
        }
        done.add(job.data.index);
      },
      { connection, concurrency: 20 },
      backendFactory,
    );
    while (done.size < 500) await new Promise((resolve) => setTimeout(resolve, 20));
    await worker.close();
    const counts = await queue.getJobCounts('completed', 'failed', 'delayed', 'waiting', 'active');
    await queue.close();
    expect(putOff.size).toBe(72);
    expect(counts).toMatchObject({ completed: 500, failed: 0, delayed: 0, active: 0 });
  });
});
