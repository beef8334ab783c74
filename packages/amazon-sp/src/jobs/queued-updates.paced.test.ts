import { accountId, isErrorOf } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { amazonJobs } from './amazon-jobs.js';

const account = accountId('acme-za');
let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

describe('jobs with Amazon’s own limits', () => {
  it('30 updates of 30 SKUs at once are all done, in about the least time, and none is throttled', async () => {
    open = await connectToSandbox({ sandbox: { orders: 1, skus: 120, settleMs: 0 } });
    const { connector, backend, sandbox } = open;
    const skus: string[] = [];
    for await (const level of connector.inventory.list({ fulfilledBy: 'seller' })) skus.push(level.sku);
    const wanted = skus.slice(0, 30);
    expect(wanted).toHaveLength(30);
    await using queues: OperationQueues = new OperationQueues({
      jobs: amazonJobs({ connector: async () => connector, queues: () => queues }),
      backend,
    });
    await queues.start();
    sandbox.resetCounters();
    const watch = new Stopwatch();
    const jobs = await Promise.all(
      wanted.map((sku, quantity) =>
        queues.add('inventory.update', { accountId: account, payload: { sku, quantity } }),
      ),
    );
    const results = await Promise.all(jobs.map(({ jobId }) => queues.waitFor(jobId)));
    expect(results).toHaveLength(30);
    // patchListingsItem: 5 a second, burst 5.
    const leastMs = ((30 - 5) / 5) * 1_000;
    expect(watch.stop()).toBeLessThan(promised(1.5 * leastMs + 2_000));
    const { throttled, operations } = sandbox.counters();
    expect(throttled).toBe(0);
    expect(operations['listingsItems.patchListingsItem']?.served).toBe(30);
    for (const [quantity, sku] of wanted.slice(0, 3).entries()) {
      expect(await connector.listings.get(sku as never)).toMatchObject({ quantity });
    }
  });

  it('a SKU that does not exist fails its job for good, with an error that names it, and no second try', async () => {
    open = await connectToSandbox({ sandbox: { orders: 1, skus: 10, settleMs: 0 } });
    const { connector, backend, sandbox } = open;
    await using queues: OperationQueues = new OperationQueues({
      jobs: amazonJobs({ connector: async () => connector, queues: () => queues }),
      backend,
    });
    await queues.start();
    const { jobId } = await queues.add('inventory.update', {
      accountId: account,
      payload: { sku: 'NO-SUCH-SKU', quantity: 1 },
    });
    const error = await queues.waitFor(jobId).catch((one: unknown) => one);
    expect(isErrorOf(error, 'NotFoundError')).toBe(true);
    expect(error).toMatchObject({
      field: 'sku',
      message: expect.stringContaining('SKU NO-SUCH-SKU does not exist in amazon.co.za'),
    });
    expect(await queues.get(jobId)).toMatchObject({ state: 'failed' });
    expect(sandbox.counters().requests).toBe(1);
  });
});
