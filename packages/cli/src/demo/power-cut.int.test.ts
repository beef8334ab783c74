import { openBackend } from '@fluxori/backend';
import { accountId } from '@fluxori/core';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { expect, it } from '@jest/globals';
import {
  type DurableBackend,
  describeOnEachBackend,
  type Home,
  startWorker,
  temporaryHome,
  testAccount,
} from '../testing/main-job.js';

const slowLine = { kind: 'latency', ms: 40 } as const;
/** A limit for what hangs: up to four processes start one after another, each of which takes 20 s where many others run. Milliseconds. */
const longestMs = 600_000;

/** Kills the worker after this many signs of progress of a job; returns whether it was killed before it was done. */
async function killAfter(sandbox: Sandbox, home: Home, name: string, updates: number): Promise<boolean> {
  let seen = 0;
  const worker = startWorker(sandbox, home, (message, self) => {
    if (message.type === 'progress' && message.name === name && ++seen === updates) self.cutPower();
  });
  return (await worker.ended) === undefined;
}

async function storedOrderIds(home: Home): Promise<string[]> {
  await using backend = await openBackend(home.backendUrl);
  const orders = await backend.records.list('order', { accountId: accountId(testAccount), limit: 100_000 });
  return orders.map((order) => order.orderId as string).sort();
}

/** At each page on the embedded store, which recovers its files as well; on a shared one in the middle: what follows a cut is the same everywhere. */
const cutPoints: Readonly<Record<DurableBackend, readonly number[]>> = {
  pglite: [1, 3, 5],
  redis: [3],
  postgres: [3],
};

describeOnEachBackend('a power cut (kill -9)', (backend) => {
  it.each(cutPoints[backend])(
    'in the middle of an order import, at progress %i, costs at most one page',
    async (updates) => {
      await using home = await temporaryHome(backend);
      await using sandbox = await startSandbox({ orders: 650, skus: 60, faults: [slowLine] });

      expect(await killAfter(sandbox, home, 'orders', updates)).toBe(true);
      const harvest = await startWorker(sandbox, home).ended;

      expect(harvest?.orders).toBe(650);
      expect(await storedOrderIds(home)).toEqual([...sandbox.orderIds()].sort());
      const { repeatedPages, throttled, tokenCalls } = sandbox.counters();
      const repeated = repeatedPages.filter(({ operation }) => operation === 'orders.searchOrders');
      expect(repeated.reduce((sum, page) => sum + page.served - 1, 0)).toBeLessThanOrEqual(1);
      expect({ throttled, tokenCalls }).toEqual({ throttled: 0, tokenCalls: 1 });
    },
    longestMs,
  );

  // Ten pages take 5 s, and on a shared store a bucket of burst two may stand still for a lease of 5 s after each of three cuts: 20 s, and
  // four processes to start. Else 9 s are usual.
  it(
    'never makes a bucket full again: killed again and again, nothing is throttled',
    async () => {
      await using home = await temporaryHome(backend);
      // Ten pages of stock at two a second, burst two: every process would like to begin with a burst.
      await using sandbox = await startSandbox({ orders: 40, skus: 700, faults: [slowLine] });

      for (let cut = 0; cut < 3; cut++) await killAfter(sandbox, home, "Amazon's stock", 2);
      const harvest = await startWorker(sandbox, home).ended;

      expect(harvest?.inventory).toBe(sandbox.state()[0]?.skus);
      expect(sandbox.counters()).toMatchObject({ throttled: 0, tokenCalls: 1 });
      expect(sandbox.counters().operations['fbaInventory.getInventorySummaries']?.requests).toBeGreaterThan(
        9,
      );
    },
    longestMs,
  );
});
