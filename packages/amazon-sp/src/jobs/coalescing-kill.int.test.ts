import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory } from '@fluxori/core';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { freshPlace, preparedDataFolder } from '@fluxori/test-services';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ChangeNews, ChangeOrder, ChangeTask } from '../../testing/change-process.js';
import { noWaiting, sandboxConfig } from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';
import {
  type DurableBackend,
  describeOnDurableBackends,
  durableBackends,
} from '../../testing/workflow-rig.js';
import { type AmazonSPConnector, amazonSp } from '../index.js';

const listings = 12;
/** Feeds always, or patches always: what changes is which part of the way a process dies on. */
const ways = [
  { gatherMs: 20, quietMs: 100, feedBaseMs: 0, feedMessageMs: 0 },
  { gatherMs: 20, quietMs: 100, feedBaseMs: 1e9, patchesAtATime: 3 },
];

/** What is ended after a story, the last first. */
type Clean = (end: () => Promise<unknown>) => void;

async function placeOf(backend: DurableBackend, clean: Clean): Promise<string> {
  if (backend !== 'pglite') {
    const place = await freshPlace(backend);
    clean(() => place.remove());
    return place.url;
  }
  const folder = await mkdtemp(join(tmpdir(), 'fluxori-changes-'));
  clean(() => rm(folder, { recursive: true, force: true }));
  await preparedDataFolder(join(folder, 'data'), openBackend);
  return `pglite:${join(folder, 'data')}`;
}

function worker(task: ChangeTask, clean: Clean): ChildProcess {
  const file = fileURLToPath(new URL('../../testing/change-process.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(task)], { execArgv: ['--no-warnings'] });
  clean(() => kill(child));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function ask<News extends ChangeNews>(child: ChildProcess, order: ChangeOrder): Promise<News> {
  const answer = once(child, 'message') as Promise<[News]>;
  child.send(order);
  return (await answer)[0];
}

/** At the latest so long after the last look there is another. */
const lookEveryMs = 250;

/** Looks at the prices whenever Amazon was asked for something that may have changed one, and else now and then: none may ever go back. */
class PriceWatch {
  readonly #sandbox: Sandbox;
  readonly #connector: AmazonSPConnector;
  readonly #skus: readonly string[];
  readonly fallen: string[] = [];
  readonly prices = new Map<string, number>();
  #ended = false;
  readonly #watching: Promise<void>;

  constructor(sandbox: Sandbox, connector: AmazonSPConnector, skus: readonly string[]) {
    this.#sandbox = sandbox;
    this.#connector = connector;
    this.#skus = skus;
    this.#watching = this.#watch();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#watching;
    await this.#look();
  }

  async #watch(): Promise<void> {
    let [asked, lookedAt] = ['', 0];
    while (!this.#ended) {
      const now = this.#asked();
      if (now !== asked || performance.now() - lookedAt > lookEveryMs) {
        await this.#look();
        [asked, lookedAt] = [now, performance.now()];
      }
      await sleep(10);
    }
  }

  #asked(): string {
    const { feeds, operations } = this.#sandbox.counters();
    const changing = ['listingsItems.patchListingsItem', 'feeds.getFeed'];
    return `${feeds.created} ${changing.map((name) => operations[name]?.requests ?? 0)}`;
  }

  async #look(): Promise<void> {
    for await (const { sku, price } of this.#connector.listings.list({ skus: this.#skus as never })) {
      const now = Number(price?.amount);
      // Prices of the wishes are under 1; what the listing cost before is not.
      if (now >= 1) continue;
      const before = this.prices.get(sku) ?? 0;
      if (now < before) this.fallen.push(`${sku}: ${before} -> ${now}`);
      this.prices.set(sku, now);
    }
  }
}

async function watchOver(
  sandbox: Sandbox,
  clean: Clean,
): Promise<{ watch: PriceWatch; skus: readonly string[] }> {
  const backend = await openBackend('memory:');
  const connector = new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', { ...sandboxConfig(sandbox), ...noWaiting.connector }, { backend });
  clean(async () => {
    await connector.close();
    await backend.close();
  });
  const skus: string[] = [];
  for await (const { sku } of connector.listings.list()) if (skus.push(sku) === listings) break;
  const watch = new PriceWatch(sandbox, connector, skus);
  clean(() => watch.end());
  return { watch, skus };
}

async function storyOn(backend: DurableBackend) {
  await using stack = new AsyncDisposableStack();
  const clean: Clean = (end) => stack.defer(async () => void (await end()));
  const sandbox = await startSandbox({
    ...noWaiting.sandbox,
    ...{ settleMs: 0, orders: 1, skus: 40, feeds: { queueMs: 0, progressMs: 100 } },
  });
  clean(() => sandbox.close());
  const url = await placeOf(backend, clean);
  const { watch, skus } = await watchOver(sandbox, clean);
  const task = (life: number): ChangeTask => ({
    backend: url,
    config: { ...sandboxConfig(sandbox), ...noWaiting.connector },
    timings: hastyTimings,
    coalescing: ways[life % ways.length] as ChangeTask['coalescing'],
  });
  const start = (life: number) => worker(task(life), clean);
  const jobs: string[] = [];
  const wave = async (child: ChildProcess, life: number) => {
    const add = skus.map((sku) => ({ sku, amount: `0.${10 + life}` }));
    jobs.push(...(await ask<{ added: readonly string[] }>(child, { add })).added);
  };
  const lives = backend === 'pglite' ? 2 : 3;
  // On a shared store there is always another one beside it.
  let beside = backend === 'pglite' ? undefined : start(1);
  for (let life = 0; life < lives; life++) {
    const child = start(life);
    await wave(child, life);
    await sleep(60 + life * 250);
    await kill(beside ?? child);
    if (beside !== undefined) beside = child;
  }
  const last = beside ?? start(0);
  await wave(last, lives);
  const { results } = await ask<{ results: readonly { status?: string }[] }>(last, { await: jobs });
  await watch.end();
  return { results, watch, wanted: skus.map(() => Number(`0.${10 + lives}`)) };
}

const stories = new Map<DurableBackend, Promise<Awaited<ReturnType<typeof storyOn>>>>();

// All at the same time: what a dead worker held keeps the others waiting, while nothing happens here.
beforeAll(() => {
  for (const backend of durableBackends) {
    const story = storyOn(backend);
    // Told by the test that waits for it.
    story.catch(() => {});
    stories.set(backend, story);
  }
});
afterAll(async () => {
  await Promise.allSettled(stories.values());
});

describeOnDurableBackends('updates whose workers are killed with SIGKILL', (backend) => {
  it('are all done, each caller is told, and no price ever goes back to an older one', async () => {
    const { results, watch, wanted } = (await stories.get(backend)) as Awaited<ReturnType<typeof storyOn>>;
    expect(results.filter(({ status }) => status !== 'accepted' && status !== 'superseded')).toEqual([]);
    expect(results.slice(-listings).map(({ status }) => status)).toEqual(wanted.map(() => 'accepted'));
    expect(watch.fallen).toEqual([]);
    expect([...watch.prices.values()]).toEqual(wanted);
  });
});
