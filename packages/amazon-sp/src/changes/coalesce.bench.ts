import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bar, BenchResult } from '@fluxori/bench';
import { startSandbox } from '@fluxori/sandbox';
import { startServer } from '@fluxori/test-services';
import type { UpdatesNews, UpdatesTask } from '../../testing/updates-process.ts';

/** `FLUXORI_BENCH_UPDATES=5000` makes it smaller, `FLUXORI_BENCH_STORES=redis,memory` leaves stores out. */
const updates = Number(process.env.FLUXORI_BENCH_UPDATES ?? 100_000);
const wanted = process.env.FLUXORI_BENCH_STORES?.split(',') ?? ['redis', 'postgres', 'memory'];
const mostFeeds = Math.ceil(updates / 25_000);

/**
 * As many updates of prices and quantities as there are listings, all queued at once, on each store; a worker of its own works them off against
 * a sandbox with Amazon's limit of feeds. The sandbox counts the feeds.
 */
export async function bench(): Promise<BenchResult> {
  await using redis = await startServer('redis');
  await using postgres = await startServer('postgres');
  const figures: Record<string, number> = { updates };
  const bars: Bar[] = [];
  const stores = { redis: redis.url, postgres: postgres.url, memory: 'memory:' };
  for (const [store, backend] of Object.entries(stores)) {
    if (!wanted.includes(store)) continue;
    await using sandbox = await startSandbox({
      ...{ skus: updates, orders: 1, settleMs: 0, reports: { queueMs: 0, progressMs: 0 } },
      // What is not about feeds must not be what is waited for: product types are looked up at 5 searches a second.
      plans: { 'listingsItems.searchListingsItems': { rate: 5_000, burst: 1_000 } },
    });
    const { clientId, clientSecret, refreshToken, sellerId, marketplaceIds } = sandbox.credentials;
    const task: UpdatesTask = {
      backend,
      updates,
      config: {
        ...{ accountId: 'acme-za', sellerId, marketplaceIds: [...marketplaceIds] },
        ...{ clientId, clientSecret, refreshToken, endpoints: sandbox.endpoints },
        limits: { 'listingsItems.searchListingsItems': { ratePerSecond: 5_000, burst: 1_000 } },
      },
    };
    const child = fork(
      join(import.meta.dirname, '../../testing/updates-process.ts'),
      [JSON.stringify(task)],
      {
        execArgv: ['--no-warnings'],
      },
    );
    const [news] = (await once(child, 'message')) as [UpdatesNews];
    await once(child, 'exit');
    const { feeds, operations } = sandbox.counters();
    const patches = operations['listingsItems.patchListingsItem']?.requests ?? 0;
    Object.assign(figures, {
      [`${store}: feeds`]: feeds.created,
      [`${store}: single patches`]: patches,
      [`${store}: updates told "accepted"`]: news.accepted,
      [`${store}: seconds to queue them`]: news.queuedSeconds,
      [`${store}: seconds until all were told`]: news.toldSeconds,
      [`${store}: highest resident memory, MiB`]: news.peakMiB,
    });
    bars.push(
      {
        what: `${store}: feeds, at most`,
        value: feeds.created,
        limit: mostFeeds,
        ok: feeds.created <= mostFeeds,
      },
      {
        what: `${store}: updates told "accepted", at least`,
        value: news.accepted,
        limit: updates,
        ok: news.accepted >= updates,
      },
    );
  }
  return { figures, bars };
}
