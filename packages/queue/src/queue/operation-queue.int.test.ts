import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { accountId, NetworkError, RateLimitError, RemoteError, sleep, ValidationError } from '@fluxori/core';
import { z } from 'zod';
import type { JobContext } from '../job/job-context.js';
import { defineJob } from '../job/job-definition.js';
import { OperationQueue, type OperationQueueOptions } from './operation-queue.js';

const account = accountId('acme-za');
type Run = (ctx: JobContext<{ n: number }, { step: number }>) => Promise<unknown>;

let backend: FluxoriBackend;
let count = 0;
const open: OperationQueue[] = [];

beforeAll(async () => {
  backend = await openBackend('memory:');
  await backend.queueConnection();
});

/** A queue of its own for each test, over one shared backend. */
async function queueOf(run: Run, options: Partial<OperationQueueOptions> = {}): Promise<OperationQueue> {
  const job = defineJob({
    name: 'test.work',
    section: 'test',
    version: 1,
    payload: z.object({ n: z.number() }),
    run,
  });
  const queue = new OperationQueue({ section: 'test', jobs: [job], backend, prefix: `t${count++}`, ...options });
  open.push(queue);
  return queue;
}

const work = (n = 1) => ({ accountId: account, payload: { n } });

afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.close({ graceMs: 0 })));
});

describe('OperationQueue', () => {
  it('runs a job and gives its result to whoever waits', async () => {
    const queue = await queueOf(async (ctx) => ({ doubled: ctx.payload.n * 2 }));
    await queue.start();
    const { jobId } = await queue.add('test.work', work(21));
    await expect(queue.waitFor(jobId)).resolves.toEqual({ doubled: 42 });
    await expect(queue.get(jobId)).resolves.toMatchObject({
      state: 'completed',
      name: 'test.work',
      accountId: 'acme-za',
      attempts: 0,
      result: { doubled: 42 },
    });
  });

  it('parks a job whose limit has no token, without an attempt, and says why and until when', async () => {
    const retryAt = new Date(Date.now() + 400);
    let runs = 0;
    const queue = await queueOf(async (ctx) => {
      if (++runs === 1) throw new RateLimitError('No token for orders.searchOrders@acme-za.', { retryAt });
      return ctx.attempt;
    });
    const { jobId } = await queue.add('test.work', work());
    const parked = new Promise((resolve) => queue.on('parked', resolve));
    await queue.start();
    await parked;
    await expect(queue.get(jobId)).resolves.toMatchObject({
      state: 'parked',
      attempts: 0,
      parked: { until: retryAt, reason: 'No token for orders.searchOrders@acme-za.' },
    });
    await expect(queue.waitFor(jobId)).resolves.toBe(1);
    expect(Date.now()).toBeGreaterThanOrEqual(retryAt.getTime());
  });

  it('fails', async () => {
    const queue = await queueOf(async () => {
      throw new ValidationError('The field since is in the future.', { field: 'since' });
    });
    await queue.start();
    const { jobId } = await queue.add('test.work', work());
    await expect(queue.waitFor(jobId)).rejects.toMatchObject({ name: 'ValidationError', field: 'since' });
  });
});
