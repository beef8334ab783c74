import { accountId, type JsonValue, sleep } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  connectToSandbox,
  noWaiting,
  type Sandboxed,
  swiftBackend,
  type TestBackend,
  testBackends,
} from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';
import type { CoalescingOptions } from '../changes/change-means.js';
import { amazonJobs } from './amazon-jobs.js';

const account = accountId('acme-za');
const swift = { gatherMs: 20, quietMs: 50 };
/** As if a feed took no time, and so every change were worth one. */
const byFeed = { ...swift, feedBaseMs: 0, feedMessageMs: 0 };

let open: (Sandboxed & { readonly queues: OperationQueues }) | undefined;

afterEach(async () => {
  await open?.queues.close({ graceMs: 0 });
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

interface Start {
  readonly backend?: TestBackend;
  readonly coalescing: Partial<CoalescingOptions>;
  readonly skus?: number;
  /** Patches a second. */
  readonly patchRate?: number;
}

async function start({ backend = swiftBackend, coalescing, skus = 60, patchRate }: Start) {
  const sandboxed = await connectToSandbox({
    backend,
    config: {
      limits: {
        ...noWaiting.connector.limits,
        ...(patchRate !== undefined && {
          'listingsItems.patchListingsItem': { ratePerSecond: patchRate, burst: 1 },
        }),
      },
    },
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 1, skus, feeds: { queueMs: 0, progressMs: 30 } },
  });
  const queues: OperationQueues = new OperationQueues({
    jobs: amazonJobs({
      connector: async () => sandboxed.connector,
      queues: () => queues,
      coalescing,
      timings: hastyTimings,
    }),
    backend: sandboxed.backend,
  });
  open = Object.assign(sandboxed, { queues });
  return open;
}

type Open = Awaited<ReturnType<typeof start>>;

async function skusOf({ connector }: Open, count: number): Promise<string[]> {
  const skus: string[] = [];
  for await (const listing of connector.listings.list()) {
    skus.push(listing.sku);
    if (skus.length === count) break;
  }
  return skus;
}

const price = (sku: string, amount: string) => ({
  name: 'prices.update',
  accountId: account,
  payload: { sku, price: { amount, currency: 'ZAR' } },
});

/** All have brought their changes before anybody takes them on: so it does not depend on the machine what meets. */
async function gatherAndGo({ queues }: Open, updates: number): Promise<void> {
  await queues.start(['prices', 'inventory']);
  const brought = async () => {
    const { prices, inventory } = await queues.counts();
    return (prices?.parked ?? 0) + (inventory?.parked ?? 0);
  };
  while ((await brought()) < updates) await sleep(20);
  await queues.start(['listings', 'feeds']);
}

async function results({ queues }: Open, jobs: readonly { jobId: string }[]): Promise<readonly JsonValue[]> {
  return Promise.all(
    jobs.map(({ jobId }) =>
      queues.waitFor<JsonValue>(jobId).catch((error: Error) => ({ failed: error.message })),
    ),
  );
}

async function priceOf({ connector }: Open, sku: string): Promise<string | undefined> {
  return (await connector.listings.get(sku as never)).price?.amount;
}

describe.each(testBackends)('updates that are queued at once, on %s', (backend) => {
  it('go in one feed, the last of each SKU and field; every caller is told what became of his', async () => {
    const here = await start({ backend, coalescing: byFeed, patchRate: 1 });
    const skus = await skusOf(here, 40);
    const jobs = await here.queues.addBulk([
      ...skus.map((sku) => price(sku, '10.00')),
      ...skus.map((sku, index) => price(sku, `${20 + index}.00`)),
      price('NO-SUCH-SKU', '5.00'),
    ]);
    await gatherAndGo(here, jobs.length);
    const told = await results(here, jobs);
    const { feedId } = told[40] as { feedId: string };
    expect(here.sandbox.counters().feeds.created).toBe(1);
    for (const [index, sku] of skus.entries()) {
      const later = jobs[40 + index]?.jobId;
      expect(told[index]).toMatchObject({ sku, status: 'superseded', supersededBy: later, feedId });
      expect(told[40 + index]).toMatchObject({ sku, status: 'accepted', way: 'feed', feedId });
    }
    expect(told[80]).toMatchObject({ failed: expect.stringContaining('SKU NO-SUCH-SKU does not exist') });
    expect(await priceOf(here, skus[7] as string)).toBe('27.00');
    expect(here.sandbox.counters().operations['listingsItems.patchListingsItem']).toBeUndefined();
  });
});

describe('updates of one account', () => {
  it('of 2,000 listings become one feed', async () => {
    const here = await start({ coalescing: byFeed, patchRate: 1, skus: 2_000 });
    const skus = await skusOf(here, 2_000);
    const jobs = await here.queues.addBulk(skus.map((sku) => price(sku, '12.34')));
    await gatherAndGo(here, jobs.length);
    const told = await results(here, jobs);
    expect(told.filter((one) => (one as { status?: string }).status === 'accepted')).toHaveLength(2_000);
    expect(here.sandbox.counters().feeds.created).toBe(1);
    expect(await priceOf(here, skus[1_999] as string)).toBe('12.34');
  });

  it('that are few go one by one, since that is done sooner', async () => {
    const here = await start({ coalescing: swift });
    const skus = await skusOf(here, 5);
    const jobs = await here.queues.addBulk(skus.flatMap((sku) => [price(sku, '1.00'), price(sku, '2.00')]));
    await gatherAndGo(here, jobs.length);
    const told = await results(here, jobs);
    expect(told.slice(0, 2)).toMatchObject([
      { status: 'superseded', supersededBy: jobs[1]?.jobId, way: 'patch' },
      { status: 'accepted', way: 'patch', submissionId: expect.any(String) },
    ]);
    const { feeds, operations } = here.sandbox.counters();
    expect(feeds.created).toBe(0);
    expect(operations['listingsItems.patchListingsItem']?.requests).toBe(5);
  });

  it('of price and quantity go in one message, and what is wrong with one does not harm the other', async () => {
    const here = await start({ coalescing: byFeed, patchRate: 1 });
    const level = async (fulfilledBy: 'seller' | 'marketplace') =>
      (await here.connector.inventory.page({ fulfilledBy })).items[0]?.sku as string;
    const [own, amazons] = [await level('seller'), await level('marketplace')];
    const quantity = (sku: string) => ({
      name: 'inventory.update',
      accountId: account,
      payload: { sku, quantity: 77 },
    });
    const jobs = await here.queues.addBulk(
      [own, amazons].flatMap((sku) => [price(sku, '44.00'), quantity(sku)]),
    );
    await gatherAndGo(here, jobs.length);
    const told = await results(here, jobs);
    expect(told).toMatchObject([
      { status: 'accepted', way: 'feed' },
      { status: 'accepted', way: 'feed' },
      { status: 'accepted', way: 'feed' },
      { failed: expect.stringContaining('is shipped by Amazon') },
    ]);
    expect(here.sandbox.counters().feeds.created).toBe(1);
    expect(await here.connector.listings.get(own as never)).toMatchObject({
      quantity: 77,
      price: { amount: '44.00' },
    });
    expect(await priceOf(here, amazons)).toBe('44.00');
  });

  it('whose feed broke off go in another; what it left undone is done', async () => {
    const here = await start({ coalescing: byFeed, patchRate: 1 });
    here.sandbox.setOutcome({ of: 'feed', status: 'FATAL', applied: 'some', count: 1 });
    const skus = await skusOf(here, 20);
    const jobs = await here.queues.addBulk(skus.map((sku) => price(sku, '3.21')));
    await gatherAndGo(here, jobs.length);
    const told = await results(here, jobs);
    expect(told.filter((one) => (one as { status?: string }).status === 'accepted')).toHaveLength(20);
    expect(here.sandbox.counters().feeds.created).toBe(2);
    for (const sku of skus) expect(await priceOf(here, sku)).toBe('3.21');
  });

  it('that come late are not sent when a newer one was', async () => {
    const here = await start({ coalescing: swift });
    const [sku = ''] = await skusOf(here, 1);
    const older = await here.queues.add('prices.update', { ...price(sku, '1.00'), delayMs: 3_600_000 });
    const newer = await here.queues.add('prices.update', price(sku, '2.00'));
    await here.queues.start();
    expect(await results(here, [newer])).toMatchObject([{ status: 'accepted' }]);
    // Its time has come, however long it took until now.
    for (const queue of await here.queues.bullQueues()) await (await queue.getJob(older.jobId))?.promote();
    expect(await results(here, [older])).toMatchObject([{ status: 'superseded', supersededBy: newer.jobId }]);
    expect(await priceOf(here, sku)).toBe('2.00');
    expect(here.sandbox.counters().operations['listingsItems.patchListingsItem']?.requests).toBe(1);
  });

  it('that failed are tried anew when their jobs are, e.g. after the product was listed', async () => {
    const here = await start({ coalescing: swift });
    const asked = () => here.sandbox.counters().operations['listingsItems.getListingsItem']?.requests;
    await here.queues.start();
    const job = await here.queues.add('prices.update', price('NO-SUCH-SKU', '6.00'));
    expect(await results(here, [job])).toMatchObject([{ failed: expect.any(String) }]);
    expect(asked()).toBe(1);
    await here.queues.retry(job.jobId);
    expect(await results(here, [job])).toMatchObject([{ failed: expect.any(String) }]);
    expect(asked()).toBe(2);
  });

  it('over which Amazon fails are tried again by themselves, and do not hold up the others', async () => {
    const here = await start({ coalescing: swift });
    const skus = await skusOf(here, 4);
    await here.sandbox.faults.set({
      kind: 'error',
      status: 500,
      operation: 'listingsItems.patchListingsItem',
      count: 1,
    } as never);
    const jobs = await here.queues.addBulk(skus.map((sku) => price(sku, '8.00')));
    await gatherAndGo(here, jobs.length);
    const told = await results(here, jobs);
    expect(told).toMatchObject(skus.map((sku) => ({ sku, status: 'accepted' })));
  });
});
