import { accountId } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { amazonJobs } from './amazon-jobs.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

describe('orders.import through the queue', () => {
  it('brings in every order once, and the next import only what is new', async () => {
    open = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 250, settleMs: 0 },
    });
    const { connector, backend, sandbox } = open;
    await using queues = new OperationQueues({
      jobs: amazonJobs({ connector: async () => connector }),
      backend,
    });
    await queues.start();
    const account = accountId('acme-za');
    const first = await queues.add('orders.import', {
      accountId: account,
      payload: { since: '2020-01-01T00:00:00Z' },
    });
    expect(await queues.waitFor(first.jobId)).toMatchObject({
      orders: 250,
      inserted: 250,
      updated: 0,
      unchanged: 0,
      pages: 3,
    });
    expect(await backend.records.count('order')).toBe(250);

    sandbox.addOrders({ count: 7 });
    const second = await queues.add('orders.import', { accountId: account, payload: {} });
    expect(await queues.waitFor(second.jobId)).toMatchObject({ inserted: 7, updated: 0, pages: 1 });
    expect(await backend.records.count('order')).toBe(257);
    expect(sandbox.counters()).toMatchObject({ requests: 4, tokenCalls: 1, repeatedPages: [] });
  });
});
