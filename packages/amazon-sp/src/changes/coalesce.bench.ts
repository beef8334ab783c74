import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bar, BenchResult } from '@fluxori/bench';
import { startSandbox } from '@fluxori/sandbox';
import { startServer } from '@fluxori/test-services';
import type { UpdatesNews, UpdatesTask } from '../../testing/updates-process.js';

export interface CoalesceBenchOptions {
  /** `redis`, `postgres`, `pglite`, `memory`, several of them with commas between, or the URL of a backend; the first three by default. */
  readonly backend?: string;
  /** Updates; 100,000 by default. */
  readonly count?: number;
}

/** Who is not done by then is told as far as it came. */
const givenUpAfterMs = 12 * 60_000;
const feedSize = 25_000;

/**
 * As many updates of prices and quantities as there are listings, all queued at once, on each store; a worker of its own works them off against
 * a sandbox with Amazon's limit of feeds. The sandbox counts the feeds, and its listings are looked through for the new values.
 */
export async function bench({ backend, count = 100_000 }: CoalesceBenchOptions = {}): Promise<BenchResult> {
  const figures: Record<string, number> = { updates: count };
  const bars: Bar[] = [];
  for (const store of storesOf(backend)) {
    await using place = await openPlace(store);
    const { news, feeds, patches } = await runOn(place.url, count);
    const name = store.split(':', 1)[0]!;
    Object.assign(figures, {
      [`${name}: feeds`]: feeds,
      [`${name}: single patches`]: patches,
      [`${name}: updates told "accepted"`]: news.accepted,
      [`${name}: seconds to queue them`]: news.queuedSeconds,
      [`${name}: seconds from then until ${news.told === count ? 'all' : `${news.told}`} were told`]:
        news.toldSeconds,
      [`${name}: seconds of processor time of the worker`]: news.cpuSeconds,
      [`${name}: highest resident memory, MiB`]: news.peakMiB,
    });
    const atMost = (what: string, value: number, limit: number): Bar => ({
      what: `${name}: ${what}`,
      value,
      limit,
      ok: value <= limit,
    });
    const atLeast = (what: string, value: number): Bar => ({
      what: `${name}: ${what}`,
      value,
      limit: count,
      ok: value >= count,
    });
    bars.push(
      atMost('feeds, at most', feeds, Math.ceil(count / feedSize)),
      atLeast('updates told "accepted", at least', news.accepted),
      atMost('updates told more than once, at most', news.toldAgain, 0),
      atLeast('listings at Amazon with the new value, at least', news.changed),
    );
  }
  return { figures, bars };
}

function storesOf(backend: string | undefined): readonly string[] {
  if (backend === undefined) return ['redis', 'postgres', 'pglite'];
  return backend.includes(':') ? [backend] : backend.split(',');
}

async function openPlace(store: string): Promise<AsyncDisposable & { readonly url: string }> {
  if (store === 'redis' || store === 'postgres') return startServer(store);
  if (store !== 'pglite')
    return { url: store === 'memory' ? 'memory:' : store, [Symbol.asyncDispose]: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'fluxori-coalesce-'));
  return {
    url: `pglite:${join(folder, 'data')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function runOn(
  backend: string,
  updates: number,
): Promise<{ readonly news: UpdatesNews; readonly feeds: number; readonly patches: number }> {
  await using sandbox = await startSandbox({
    ...{ skus: updates, orders: 1, settleMs: 0, reports: { queueMs: 0, progressMs: 0 } },
    // What is not about feeds must not be what is waited for: product types are looked up at 5 searches a second.
    plans: { 'listingsItems.searchListingsItems': { rate: 5_000, burst: 1_000 } },
  });
  const { clientId, clientSecret, refreshToken, sellerId, marketplaceIds } = sandbox.credentials;
  const task: UpdatesTask = {
    ...{ backend, updates, givenUpAfterMs },
    config: {
      ...{ accountId: 'acme-za', sellerId, marketplaceIds: [...marketplaceIds] },
      ...{ clientId, clientSecret, refreshToken, endpoints: sandbox.endpoints },
      limits: { 'listingsItems.searchListingsItems': { ratePerSecond: 5_000, burst: 1_000 } },
    },
  };
  const program = join(import.meta.dirname, '../../testing/updates-process.ts');
  const child = fork(program, [JSON.stringify(task)], { execArgv: ['--no-warnings'] });
  const [news] = (await once(child, 'message')) as [UpdatesNews];
  if (child.exitCode === null) await once(child, 'exit');
  const { feeds, operations } = sandbox.counters();
  return {
    news,
    feeds: feeds.created,
    patches: operations['listingsItems.patchListingsItem']?.requests ?? 0,
  };
}
