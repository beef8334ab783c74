import { type AmazonSPConnector, type AmazonSpConfigInput, amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';

/** What the process is started with, as JSON in its first argument. */
export interface UpdatesTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  readonly updates: number;
  /** From when they are queued: then it tells how far it has come. */
  readonly givenUpAfterMs: number;
}

export interface UpdatesNews {
  readonly accepted: number;
  /** Callers that were told what their update came to. */
  readonly told: number;
  /** Tellings of those that had been told already. */
  readonly toldAgain: number;
  /** Listings that Amazon shows with the new value. */
  readonly changed: number;
  readonly queuedSeconds: number;
  readonly toldSeconds: number;
  readonly peakMiB: number;
  /** Processor time of the process, until all were told. Other than the seconds it does not tell of what else the machine had to do. */
  readonly cpuSeconds: number;
}

const newQuantity = 7;
const newPrice = '12.34';

/** For `coalesce.bench.ts`: queues one update for each listing, works them off, and tells what it took. */
async function main({ backend: url, config, updates, givenUpAfterMs }: UpdatesTask): Promise<void> {
  await using backend = await openBackend(url);
  await using connector = new ConnectorFactory().register(amazonSp).create('amazon-sp', config, { backend });
  const items: { name: string; accountId: string; payload: unknown }[] = [];
  const account = accountId(config.accountId);
  for await (const { sku, isOwn } of listed(connector)) {
    // What Amazon ships has no quantity of the seller's.
    const payload = isOwn
      ? { sku, quantity: newQuantity }
      : { sku, price: { amount: newPrice, currency: 'ZAR' } };
    items.push({ name: isOwn ? 'inventory.update' : 'prices.update', accountId: account, payload });
    if (items.length === updates) break;
  }
  await using queues: OperationQueues = new OperationQueues({
    jobs: amazonJobs({ connector: async () => connector, queues: () => queues }),
    backend,
    concurrency: { inventory: 250, prices: 250, listings: 8, feeds: 8 },
  });
  let accepted = 0;
  let toldAgain = 0;
  const told = new Set<string>();
  const all = Promise.withResolvers<void>();
  const tell = (jobId: string, isAccepted: boolean) => {
    accepted += isAccepted ? 1 : 0;
    toldAgain += told.has(jobId) ? 1 : 0;
    if (told.add(jobId).size === items.length) all.resolve();
  };
  const isUpdate = (name: string) => name === 'inventory.update' || name === 'prices.update';
  queues.on('completed', ({ name, jobId, result }) => {
    if (isUpdate(name)) tell(jobId, (result as { status?: string }).status === 'accepted');
  });
  queues.on('failed', ({ name, jobId }) => {
    if (isUpdate(name)) tell(jobId, false);
  });
  const startedAt = performance.now();
  await queues.addBulk(items);
  const queuedAt = performance.now();
  await queues.start(['inventory', 'prices', 'listings', 'feeds']);
  const givenUp = setTimeout(() => all.resolve(), givenUpAfterMs);
  await all.promise;
  clearTimeout(givenUp);
  const toldAt = performance.now();
  const { maxRSS: peakKiB, userCPUTime, systemCPUTime } = process.resourceUsage();
  let changed = 0;
  for await (const { isOwn, quantity, price } of listed(connector)) {
    if (isOwn ? quantity === newQuantity : Number(price) === Number(newPrice)) changed += 1;
  }
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  const news: UpdatesNews = {
    ...{ accepted, told: told.size, toldAgain, changed },
    queuedSeconds: seconds(queuedAt - startedAt),
    toldSeconds: seconds(toldAt - queuedAt),
    // Of the whole process's life.
    peakMiB: Math.round(peakKiB / 1024),
    cpuSeconds: seconds((userCPUTime + systemCPUTime) / 1_000),
  };
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(news, () => resolve());
  });
}

interface Listed {
  readonly sku: string;
  readonly isOwn: boolean;
  readonly quantity: unknown;
  readonly price: unknown;
}

/** 100,000 listings are 5,000 pages, or one report. */
async function* listed(connector: AmazonSPConnector): AsyncGenerator<Listed> {
  const report = await connector.reports.run(
    { reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA' },
    { timings: { firstPollMs: 100, longestPollMs: 500 } },
  );
  for await (const row of report.rows()) {
    const {
      sellerSku: sku,
      quantity,
      price,
    } = row as { sellerSku: string; quantity?: unknown; price?: unknown };
    yield { sku, isOwn: typeof quantity === 'number', quantity, price };
  }
}

// Nobody is left to tell.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as UpdatesTask);
process.disconnect();
