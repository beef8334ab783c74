import { accountId, type FluxoriError, sleep } from '@fluxori/core';
import { type JobDefinition, OperationQueues } from '@fluxori/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, swiftBackend } from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';
import { pricePatch } from '../listings/listing-mapping.js';
import type { WorkflowTimings } from '../workflow/timings.js';
import { amazonJobs } from './amazon-jobs.js';

const account = accountId('acme-za');

/** Updates of three prices that go in one feed. */
async function start(timings: WorkflowTimings) {
  const open = await connectToSandbox({
    backend: swiftBackend,
    config: {
      limits: {
        ...noWaiting.connector.limits,
        'listingsItems.patchListingsItem': { ratePerSecond: 0.001, burst: 1 },
      },
    },
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 5, feeds: { queueMs: 0, progressMs: 30 } },
  });
  const jobs: readonly JobDefinition[] = amazonJobs({
    connector: async () => open.connector,
    queues: () => queues,
    coalescing: { gatherMs: 100, quietMs: 200, feedBaseMs: 0, feedMessageMs: 0 },
    timings,
  });
  const queues: OperationQueues = new OperationQueues({ jobs, backend: open.backend });
  const { listings } = await open.connector.listings.page({});
  const skus = listings.slice(0, 3).map(({ sku }) => sku as string);
  // With the one patch that there is used up, feeds are sooner however few the changes are.
  const [first] = skus;
  const price = { amount: '1.00', currency: 'ZAR' };
  const patch = pricePatch({ sku: first as never, marketplaceId: open.connector.config.home.id, price });
  await open.connector.listings.patch(first as never, [patch]);
  /** All have brought their changes before anybody takes them on: so they meet in one feed, however slow the machine is. It ends when they were taken on. */
  const update = async (amount: string) => {
    await queues.pause({ section: 'listings' });
    while (((await queues.counts()).listings?.active ?? 0) > 0) await sleep(10);
    const added = await queues.addBulk(
      skus.map((sku) => ({
        ...{ name: 'prices.update', accountId: account },
        payload: { sku, price: { amount, currency: 'ZAR' } },
      })),
    );
    const areParked = async () => {
      const views = await Promise.all(added.map(({ jobId }) => queues.get(jobId)));
      return views.every((view) => view?.state === 'parked');
    };
    while (!(await areParked())) await sleep(10);
    const resumedAt = new Date();
    await queues.resume({ section: 'listings' });
    const areSeen = async () => {
      const flushes = await queues.list({ name: 'changes.flush' });
      return flushes.some(
        ({ finishedAt, parked }) => (finishedAt ?? 0) >= resumedAt || parked?.for !== undefined,
      );
    };
    while (!(await areSeen())) await sleep(10);
    return added;
  };
  const told = (added: readonly { jobId: string }[]) =>
    Promise.all(
      added.map(({ jobId }) =>
        queues.waitFor<Record<string, unknown>>(jobId).catch((error: FluxoriError) => error),
      ),
    );
  return {
    ...{ ...open, queues, update, told, skus },
    price: async (sku: string) => (await open.connector.listings.get(sku as never)).price?.amount,
    async [Symbol.asyncDispose]() {
      await queues.close({ graceMs: 0 });
      await open[Symbol.asyncDispose]();
    },
  };
}

const timings = { ...hastyTimings };
let here: Awaited<ReturnType<typeof start>>;

beforeAll(async () => {
  here = await start(timings);
  await here.queues.start();
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  Object.assign(timings, hastyTimings);
  await here.sandbox.faults.clear();
  here.sandbox.resetCounters();
});

/** And no feed was submitted that nobody was told of. */
async function acceptedInOneFeed(jobs: readonly { jobId: string }[]): Promise<void> {
  const told = await here.told(jobs);
  for (const one of told) expect(one).toMatchObject({ status: 'accepted', way: 'feed' });
  const feedIds = new Set(told.map((one) => (one as { feedId?: string }).feedId));
  expect([feedIds.size, here.sandbox.counters().feeds.created]).toEqual([1, 1]);
}

const refused = (operation: string, count?: number) => ({
  ...{ kind: 'error' as const, status: 403 as const, operation },
  ...(count !== undefined && { count }),
});

describe('a feed of gathered changes that was submitted', () => {
  it.each(['feeds.getFeed', 'feeds.getFeedDocument'])(
    'is followed to its end although %s is refused for a while',
    async (operation) => {
      await here.sandbox.faults.set(refused(operation, 3));
      const jobs = await here.update('15.00');
      await acceptedInOneFeed(jobs);
      expect(await here.price(here.skus[0] as string)).toBe('15.00');
    },
  );

  it('is found, and not sent again, although its answer was lost and looking for it is refused for a while', async () => {
    await here.sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'feeds.createFeed', count: 1 });
    await here.sandbox.faults.set(refused('feeds.getFeeds', 2));
    const jobs = await here.update('16.00');
    await acceptedInOneFeed(jobs);
  });

  it('is told as unknown, with its id and what to do, when Amazon tells nothing of it for too long', async () => {
    timings.stuckAfterMs = 300;
    await here.sandbox.faults.set(refused('feeds.getFeed'));
    const jobs = await here.update('17.00');
    for (const one of await here.told(jobs)) {
      expect(one).toMatchObject({
        ...{ name: 'RemoteError', code: 'OUTCOME_UNKNOWN', retryable: false },
        message: expect.stringMatching(
          /Nobody can tell whether Amazon took the change of SKU .* in feed \S+, /,
        ),
        remedy: expect.stringMatching(/fluxori feeds show \S+.*retry the job/),
        details: { feedId: expect.any(String) },
      });
    }
    // What Amazon made of it is what it is; the retried job sends it again.
    await here.sandbox.faults.clear();
    timings.stuckAfterMs = hastyTimings.stuckAfterMs;
    for (const { jobId } of jobs) await here.queues.retry(jobId);
    for (const one of await here.told(jobs)) expect(one).toMatchObject({ status: 'accepted' });
    expect(await here.price(here.skus[0] as string)).toBe('17.00');
  });

  it('keeps newer changes of its listings waiting meanwhile, so that none is overwritten by an older one', async () => {
    await here.sandbox.faults.set(refused('feeds.getFeed'));
    const older = await here.update('18.00');
    const requests = (operation: string) => here.sandbox.counters().operations[operation]?.requests ?? 0;
    while (requests('feeds.getFeed') < 2) await sleep(10);
    const newer = await here.update('28.00');
    expect(here.sandbox.counters().feeds.created).toBe(1);
    expect(requests('listingsItems.patchListingsItem')).toBe(0);
    await here.sandbox.faults.clear();
    for (const one of await here.told([...older, ...newer])) expect(one).toMatchObject({ way: 'feed' });
    expect(await here.price(here.skus[0] as string)).toBe('28.00');
  });
});

describe('a feed of gathered changes that was not submitted', () => {
  it('is told as refused, by what was refused', async () => {
    await here.sandbox.faults.set(refused('feeds.createFeed'));
    const jobs = await here.update('19.00');
    for (const one of await here.told(jobs))
      expect(one).toMatchObject({ name: 'AuthenticationError', operation: 'feeds.createFeed' });
    expect(here.sandbox.counters().feeds.created).toBe(0);
  });
});
