import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { ValidationError } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { onRedisAndSql } from '../testing/each-backend.js';
import { work } from '../testing/rig.js';
import type { OperationQueue } from './operation-queue.js';

let server: Server | undefined;
afterEach(
  () => new Promise<void>((closed) => (server === undefined ? closed() : server.close(() => closed()))),
);

/** As docs/queues.md has it. @returns where it is to be found. */
async function serveBoard(queues: readonly OperationQueue[]): Promise<string> {
  const adapter = new ExpressAdapter();
  adapter.setBasePath('/queues');
  const bullQueues = await Promise.all(queues.map((queue) => queue.bullQueue()));
  createBullBoard({
    // Its type knows BullMQ's queues on Redis only; it uses nothing that the others have not.
    queues: bullQueues.map((queue) => new BullMQAdapter(queue as never, { readOnlyMode: true })),
    serverAdapter: adapter,
  });
  const app = express().use('/queues', adapter.getRouter());
  const started = await new Promise<Server>((listening) => {
    const made = app.listen(0, '127.0.0.1', () => listening(made));
  });
  server = started;
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/queues`;
}

interface BoardQueue {
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly jobs: readonly {
    readonly id: string;
    readonly name: string;
    readonly data: { accountId: string };
  }[];
}

onRedisAndSql((rig) => {
  describe('bull-board', () => {
    it('shows our queues and jobs', async () => {
      const queue = rig().queue(async (ctx) => {
        if (ctx.payload.n === 2) throw new ValidationError('Wrong.');
        return 'done';
      });
      const [done, failed] = await queue.addBulk([1, 2].map((n) => ({ name: 'test.work', ...work(n) })));
      await queue.start();
      await queue.waitFor(done!.jobId);
      await queue.waitFor(failed!.jobId).catch(() => {});
      const later = await queue.add('test.work', { ...work(3), delayMs: 3_600_000 });
      const url = await serveBoard([queue]);
      const { name } = await queue.bullQueue();
      const show = async (status: string): Promise<BoardQueue> => {
        const answer = await fetch(
          `${url}/api/queues?activeQueue=${name}&status=${status}&page=1&jobsPerPage=10`,
        );
        expect(answer.status).toBe(200);
        const { queues } = (await answer.json()) as { queues: readonly BoardQueue[] };
        return queues.find((one) => one.name === name)!;
      };
      const completed = await show('completed');
      expect(completed.counts).toMatchObject({ completed: 1, failed: 1, delayed: 1 });
      expect(completed.jobs).toMatchObject([
        { id: done!.jobId, name: 'test.work', data: { accountId: 'acme-za', payload: { n: 1 } } },
      ]);
      expect((await show('failed')).jobs).toMatchObject([{ id: failed!.jobId }]);
      expect((await show('delayed')).jobs).toMatchObject([{ id: later.jobId }]);
      await expect(fetch(url).then((page) => page.status)).resolves.toBe(200);
    });
  });
});
