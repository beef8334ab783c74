import { type AmazonSpConfigInput, amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';

/** What the process is started with, as JSON in its first argument. */
export interface UpdatesTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  readonly updates: number;
}

export interface UpdatesNews {
  readonly accepted: number;
  readonly queuedSeconds: number;
  readonly toldSeconds: number;
  readonly peakMiB: number;
}

/** For `coalesce.bench.ts`: queues one update for each listing, works them off, and tells what it took. */
async function main({ backend: url, config, updates }: UpdatesTask): Promise<void> {
  await using backend = await openBackend(url);
  await using connector = new ConnectorFactory().register(amazonSp).create('amazon-sp', config, { backend });
  const items: { name: string; accountId: string; payload: unknown }[] = [];
  const account = accountId(config.accountId);
  // 100,000 listings are 5,000 pages, or one report.
  const listed = await connector.reports.run(
    { reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA' },
    { timings: { firstPollMs: 100, longestPollMs: 500 } },
  );
  for await (const row of listed.rows()) {
    const { sellerSku: sku, quantity } = row;
    // What Amazon ships has no quantity of the seller's.
    const isOwn = typeof quantity === 'number';
    const payload = isOwn ? { sku, quantity: 7 } : { sku, price: { amount: '12.34', currency: 'ZAR' } };
    items.push({ name: isOwn ? 'inventory.update' : 'prices.update', accountId: account, payload });
    if (items.length === updates) break;
  }
  await using queues: OperationQueues = new OperationQueues({
    jobs: amazonJobs({ connector: async () => connector, queues: () => queues }),
    backend,
    concurrency: { inventory: 250, prices: 250, listings: 8, feeds: 8 },
  });
  let accepted = 0;
  let told = 0;
  const all = Promise.withResolvers<void>();
  const tell = (isAccepted: boolean) => {
    accepted += isAccepted ? 1 : 0;
    told += 1;
    if (told === items.length) all.resolve();
  };
  const isUpdate = (name: string) => name === 'inventory.update' || name === 'prices.update';
  queues.on('completed', ({ name, result }) => {
    if (isUpdate(name)) tell((result as { status?: string }).status === 'accepted');
  });
  queues.on('failed', ({ name }) => {
    if (isUpdate(name)) tell(false);
  });
  const startedAt = performance.now();
  await queues.addBulk(items);
  const queuedAt = performance.now();
  await queues.start(['inventory', 'prices', 'listings', 'feeds']);
  await all.promise;
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  const news: UpdatesNews = {
    accepted,
    queuedSeconds: seconds(queuedAt - startedAt),
    toldSeconds: seconds(performance.now() - queuedAt),
    // Of the whole process's life, in KiB.
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(news, () => resolve());
  });
}

// Nobody is left to tell.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as UpdatesTask);
process.disconnect();
