import { sleep } from '@fluxori/core';
import type { Bench, TestApi } from './under-test.js';

const jobs = 200;

export function describeQueueConnection({ describe, it, expect }: TestApi, bench: Bench): void {
  describe('the queue connection', () => {
    it('runs BullMQ: priorities, delays, jobs put off half way, events', async () => {
      const { DelayedError, Queue, QueueEvents, Worker } = await import('bullmq');
      const { connection, backendFactory } = await bench.backend.queueConnection();
      const name = bench.unique('conformance');
      const queue = new Queue(name, { connection }, backendFactory);
      const events = new QueueEvents(name, { connection }, backendFactory);
      await events.waitUntilReady();
      let heard = 0;
      events.on('completed', () => heard++);
      await queue.addBulk(
        Array.from({ length: jobs }, (_, index) => ({
          name: 'work',
          data: { index },
          opts: { priority: 1 + (index % 5), ...(index % 10 === 0 && { delay: 150 }) },
        })),
      );
      const order: number[] = [];
      const putOff = new Set<number>();
      const worker = new Worker(
        name,
        async (job, token) => {
          const { index } = job.data;
          if (index % 9 === 4 && !putOff.has(index)) {
            putOff.add(index);
            await job.moveToDelayed(Date.now() + 50, token);
            throw new DelayedError();
          }
          order.push(index);
        },
        { connection },
        backendFactory,
      );
      while (order.length < jobs || heard < jobs) await sleep(20);
      await worker.close();
      const counts = await queue.getJobCounts('completed', 'failed', 'delayed', 'waiting', 'active');
      await events.close();
      await queue.close();
      expect(counts).toMatchObject({ completed: jobs, failed: 0, delayed: 0, active: 0 });
      expect(new Set(order).size).toBe(jobs);
      expect(putOff.size).toBe(22);
      const prompt = order.filter((index) => index % 10 !== 0 && index % 9 !== 4).map((index) => index % 5);
      expect(prompt).toEqual([...prompt].sort((a, b) => a - b));
    });

    it('wakes an idle worker at once', async () => {
      const { Queue, Worker } = await import('bullmq');
      const { connection, backendFactory } = await bench.backend.queueConnection();
      const name = bench.unique('idle');
      const queue = new Queue(name, { connection }, backendFactory);
      let tellDone: () => void = () => {};
      const done = new Promise<void>((resolve) => {
        tellDone = resolve;
      });
      const worker = new Worker(
        name,
        async () => tellDone(),
        // By itself it would look again only after an hour.
        { connection, drainDelay: 3_600 },
        backendFactory,
      );
      await worker.waitUntilReady();
      await sleep(300);
      await queue.add('work', {});
      await done;
      await worker.close();
      await queue.close();
    });
  });
}
