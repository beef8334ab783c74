import { accountId, type Order, systemClock } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';
import { fc } from '@fluxori/test-services/fast-check';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  connectToSandbox,
  noWaiting,
  type Sandboxed,
  swiftBackend,
  testBackends,
} from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { amazonJobs } from './amazon-jobs.js';
import { ordersImport } from './orders-import.js';

const account = accountId('acme-za');
const longAgo = '2020-01-01T00:00:00Z';
let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

async function start(sandbox: Parameters<typeof connectToSandbox>[0] = {}): Promise<Sandboxed> {
  open = await connectToSandbox({
    config: noWaiting.connector,
    ...sandbox,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, skus: 20, ...sandbox.sandbox },
  });
  return open;
}

function importJob({ connector }: Sandboxed) {
  return ordersImport({ connector: async () => connector });
}

async function imported({ backend }: Sandboxed): Promise<readonly Order[]> {
  return backend.records.list('order', { accountId: account, limit: 100_000 });
}

describe.each(testBackends)('orders.import through the queue, on %s', (kind) => {
  it('brings in every order once, and the next import only what is new', async () => {
    const { connector, backend, sandbox } = await start({ sandbox: { orders: 250 }, backend: kind });
    await using queues = new OperationQueues({
      jobs: amazonJobs({ connector: async () => connector }),
      backend,
    });
    await queues.start();
    const first = await queues.add('orders.import', { accountId: account, payload: { since: longAgo } });
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

describe('a payload of orders.import', () => {
  it('is refused at once with what is wrong with it, and nothing is sent', async () => {
    const { connector, backend, sandbox } = await start({ sandbox: { orders: 1 }, backend: swiftBackend });
    await using queues = new OperationQueues({
      jobs: amazonJobs({ connector: async () => connector }),
      backend,
    });
    const add = (payload: unknown) => queues.add('orders.import', { accountId: account, payload });
    await expect(add({ since: '31.01.2026', marketplaceIds: ['XX'], sinceWhen: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/XX[\s\S]*since: .*ISO 8601[\s\S]*sinceWhen/),
    });
    expect(sandbox.counters().requests).toBe(0);
  });
});

describe.each(testBackends)('orders.import, on %s', (backend) => {
  it('loses no order and fetches no page twice when it is killed after any checkpoint', async () => {
    // Six pages have two checkpoints each, the last has one. Whoever dies after the first one of a page does not come to the second.
    const alone = Array.from({ length: 11 }, (_, index) => [index + 1]);
    const allInTwoImports = [
      [1, 3, 4, 6, 7, 8],
      [2, 3, 5, 6, 8, 9],
    ];
    // Where each opening takes its time, not each alone.
    for (const deaths of [...allInTwoImports, ...(backend === 'memory' ? alone : [])]) {
      const here = await start({ sandbox: { orders: 60 }, backend });
      const left = new Set(deaths);
      const result = await runJob(importJob(here), {
        backend: here.backend,
        payload: { since: longAgo, pageSize: 10 },
        afterCheckpoint: (count) => {
          if (left.delete(count)) throw new Crash();
        },
      });
      expect(left.size).toBe(0);
      expect(result).toMatchObject({ orders: 60, pages: 6 });
      expect(await imported(here)).toHaveLength(60);
      expect(here.sandbox.counters().operations['orders.searchOrders']?.requests).toBe(6);
      await here[Symbol.asyncDispose]();
    }
  });

  it('fetches at most one page again when it is killed before a checkpoint is written', async () => {
    const here = await start({ sandbox: { orders: 60 }, backend });
    const result = await runJob(importJob(here), {
      backend: here.backend,
      payload: { since: longAgo, pageSize: 10 },
      beforeCheckpoint: (n) => {
        if (n === 7) throw new Crash();
      },
    });
    expect(result).toMatchObject({ orders: 60, inserted: 60, pages: 6 });
    const { repeatedPages } = here.sandbox.counters();
    expect(repeatedPages).toHaveLength(1);
    expect(repeatedPages[0]?.served).toBe(2);
  });
});

describe('orders.import', () => {
  it('begins again where it was when its page token has grown too old', async () => {
    // Amazon's clock is put forward, so that it depends on no machine which token has grown too old.
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + aheadMs };
    const here = await start({ sandbox: { orders: 60, orderPageTokenLifetimeMs: 600_000, clock } });
    const result = await runJob(importJob(here), {
      backend: here.backend,
      payload: { since: longAgo, pageSize: 10 },
      afterCheckpoint: (n) => {
        if (n === 6) aheadMs = 600_000;
      },
    });
    expect(result).toMatchObject({ inserted: 60, updated: 0 });
    expect(await imported(here)).toHaveLength(60);
    // Not from the beginning: the orders that were in already are not all fetched again.
    expect((result as { orders: number }).orders).toBeLessThanOrEqual(65);
  });

  it('leaves personal data out unless it is asked for, and adds it when it is asked for later', async () => {
    const here = await start({ sandbox: { orders: 120 } });
    const job = importJob(here);
    await runJob(job, { backend: here.backend, payload: { since: longAgo } });
    const names = here.sandbox.personalData().flatMap(({ values }) => values);
    const records = await imported(here);
    const plain = JSON.stringify(records);
    expect(names.filter((name) => plain.includes(name))).toEqual([]);
    // Amazon sends the message of a gift along; only the flag may stay.
    expect(records.some(({ items }) => items.some(({ gift }) => gift))).toBe(true);
    expect(names.some((name) => name.startsWith('Happy birthday'))).toBe(true);
    await runJob(job, {
      backend: here.backend,
      payload: { since: longAgo, includeRecipient: true, includeBuyer: true },
    });
    expect((await imported(here)).some((order) => order.shipTo?.name !== undefined)).toBe(true);
    await runJob(job, { backend: here.backend, payload: { since: longAgo, restart: true } });
    const whole = await imported(here);
    expect(whole.some((order) => order.shipTo?.name !== undefined)).toBe(true);
    expect(JSON.stringify(whole)).not.toContain('Happy birthday');
  });

  it.each([
    ['the address', { includeRecipient: true }],
    ['the buyer', { includeBuyer: true }],
  ])(
    'adds the rest to orders that came in with %s only, and keeps it when asked for less',
    async (_, part) => {
      const here = await start({ sandbox: { orders: 12 } });
      const job = importJob(here);
      const bring = (asked: object) =>
        runJob(job, { backend: here.backend, payload: { since: longAgo, restart: true, ...asked } });
      const whole = async () =>
        (await imported(here)).filter(({ shipTo, buyerEmail }) => shipTo?.name && buyerEmail).length;
      await bring(part);
      expect(await whole()).toBe(0);
      await bring({ includeRecipient: true, includeBuyer: true });
      const complete = await whole();
      expect(complete).toBeGreaterThan(0);
      await bring(part);
      expect(await whole()).toBe(complete);
    },
  );

  it('refuses a marketplace of another region before anything is sent', async () => {
    const here = await start({ sandbox: { orders: 1 } });
    await expect(
      runJob(importJob(here), { backend: here.backend, payload: { marketplaceIds: ['US'] } }),
    ).rejects.toMatchObject({ code: 'MARKETPLACE_WRONG_REGION', field: 'marketplaceIds' });
    expect(here.sandbox.counters().requests).toBe(0);
  });
});

describe('the edge of the watermark', () => {
  /** What happens at Amazon while pages are fetched: orders come in and change, many in the same millisecond, some shown late. */
  const happening = fc.record({
    kind: fc.constantFrom('add' as const, 'change' as const),
    atPage: fc.integer({ min: 1, max: 12 }),
    /** How late it is shown, in milliseconds. */
    lateMs: fc.constantFrom(0, 0, 1, 1_000, 60_000, 200_000),
    count: fc.integer({ min: 1, max: 4 }),
    which: fc.nat(),
  });

  it('misses no order and none of its changes, whatever happens while importing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 12 }),
        fc.integer({ min: 2, max: 9 }),
        async (events, pageSize) => {
          const here = await start({ sandbox: { orders: 25 } });
          try {
            const { sandbox } = here;
            let pages = 0;
            const happen = () => {
              pages += 1;
              // One moment for all that happens now: shared timestamps are the rule here.
              const now = Date.now();
              for (const event of events.filter(({ atPage }) => atPage === pages)) {
                const at = new Date(now - event.lateMs);
                if (event.kind === 'add') sandbox.addOrders({ count: event.count, at });
                else {
                  const ids = sandbox.orderIds();
                  sandbox.updateOrder(ids[event.which % ids.length] as string, { at });
                }
              }
            };
            const job = importJob(here);
            const payload = { since: longAgo, pageSize };
            await runJob(job, { backend: here.backend, payload, afterCheckpoint: happen });
            await runJob(job, { backend: here.backend, payload, afterCheckpoint: happen });
            await runJob(job, { backend: here.backend, payload });
            const records = await imported(here);
            expect(new Set(records.map(({ orderId }) => orderId)).size).toBe(records.length);
            expect(records.map(({ orderId }) => orderId).sort()).toEqual([...sandbox.orderIds()].sort());
            for await (const order of here.connector.orders.list({ updatedSince: new Date(longAgo) })) {
              const record = records.find(({ orderId }) => orderId === order.orderId);
              // Later only when a late change has set an order's time back, which Amazon does not do: the newer version stays.
              expect(Date.parse(record?.updatedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(order.updatedAt));
            }
          } finally {
            await here[Symbol.asyncDispose]();
            open = undefined;
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
