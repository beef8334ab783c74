import type { FeedsSubmitResult, ReportsRunResult } from '@fluxori/amazon-sp';
import { sealKeysOf } from '@fluxori/backend';
import { type AccountId, accountId, isFluxoriError, silentLogger } from '@fluxori/core';
import { pinoLogger } from '@fluxori/observability';
import type { AddOptions } from '@fluxori/queue';
import { logLevelOption } from '../commands/options.js';
import { inventorySyncJobs, ordersImportJob } from '../commands/sync-jobs.js';
import { type App, openApp } from '../composition/open-app.js';
import { configSchema } from '../config/config.js';
import { contentPlaces } from '../config/content-places.js';
import { documentJobs, listingsFile, listingsReport, type OnceJob, restockFeed } from './document-jobs.js';
import type { DocumentWork, Harvest, WorkerMessage, WorkOrder } from './messages.js';

/**
 * The demo's worker: a process of its own, so that the demo can cut its power (`kill -9`) and start another.
 * It puts the jobs in (or finds them there), works them, and tells its parent what happens.
 */
function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

async function work(order: WorkOrder): Promise<void> {
  const config = configSchema.parse({
    accounts: order.accounts,
    // The local Amazon makes a report within seconds, not minutes.
    workflows: order.documents && { firstPollMs: 1_000, longestPollMs: 2_000 },
  });
  const level = logLevelOption(order.logLevel);
  const logger = level === 'silent' ? silentLogger : pinoLogger(level);
  // The commands that look at the demo's data have it as well, and seal this store with it.
  const sealKeys = await sealKeysOf(process.env);
  const { home, backendUrl } = order;
  const places = contentPlaces(config.documents, {
    ...{
      env: process.env,
      cwd: process.cwd(),
      folder: home,
      home,
      backendUrl,
      hasKey: sealKeys !== undefined,
    },
  });
  await using app = await openApp(
    { config, home, backendUrl, places, ...(sealKeys && { sealKeys }) },
    { logger },
  );
  const account = accountId(order.accountId);
  void tell({
    type: 'ready',
    orders: await app.backend.records.count('order', { accountId: account }),
    levels: await levelsOf(app),
  });
  const labels = new Map<string, string>();
  listen(app, labels);
  const queued = async (name: string, label: string, job: AddOptions): Promise<string> => {
    const { jobId, deduplicated } = await app.queues.add(name, job);
    labels.set(jobId, label);
    if (!order.done?.includes(label)) void tell({ type: 'queued', name: label, resumed: deduplicated });
    return jobId;
  };

  const jobs: string[] = [];
  for (const { name, label = name, ...job } of [ordersImportJob(account), ...inventorySyncJobs(account)]) {
    if (!order.done?.includes(label)) jobs.push(await queued(name, label, job));
  }
  const once = async (job: OnceJob | undefined) => job && (await queued(job.name, job.label, job.options));
  const { documents } = order;
  if (documents !== undefined) await forgetEarlierDocuments(app, account, documents);
  const report = documents && (await once(listingsReport(account, documents)));
  await app.queues.start();
  await Promise.all(jobs.map((jobId) => app.queues.waitFor(jobId)));
  // Which SKUs the seller keeps itself is known now.
  const feed = documents && (await once(await restockFeed(app, account, documents)));
  const papers = documents && (await papersOf(app, documents, { report, feed }));
  await tell({ type: 'harvest', harvest: { ...(await harvest(app, account)), ...papers } });
}

/** What a run that was broken off had asked of its local Amazon is not known to this run's, which is another. */
async function forgetEarlierDocuments(
  app: App,
  account: AccountId,
  { startedAt }: DocumentWork,
): Promise<void> {
  const states = ['waiting', 'parked', 'active'] as const;
  for (const name of documentJobs) {
    for (const job of await app.queues.list({ accountId: account, name, states })) {
      if (job.createdAt < new Date(startedAt)) await app.queues.cancel(job.jobId);
    }
  }
}

async function papersOf(
  app: App,
  { folder }: DocumentWork,
  jobs: { report?: string | undefined; feed?: string | undefined },
): Promise<Pick<Harvest, 'report' | 'feed'>> {
  const report = jobs.report && (await app.queues.waitFor<ReportsRunResult>(jobs.report));
  const feed = jobs.feed && (await app.queues.waitFor<FeedsSubmitResult>(jobs.feed));
  return {
    ...(report && {
      report: { reportId: report.reportId, rows: report.rows ?? 0, file: listingsFile(folder) },
    }),
    ...(feed && {
      feed: {
        feedId: feed.feedId,
        messages: Object.values(feed.counts).reduce((sum, count) => sum + count, 0),
        accepted: feed.counts.accepted,
      },
    }),
  };
}

/** A bucket's key ends with its operation and version, `orders@2026-01-01.searchOrders`; the sandbox names the newest without one. */
async function levelsOf(app: App): Promise<Record<string, number>> {
  const states = await app.tracker.inspect();
  return Object.fromEntries(
    states.map(({ key, level }) => [(key.split('/').at(-1) ?? key).replace(/@[^.]+/, ''), level]),
  );
}

function listen(app: App, labels: ReadonlyMap<string, string>): void {
  const nameOf = (event: { jobId: string; name: string }) => labels.get(event.jobId) ?? event.name;
  app.queues.on(
    'progress',
    ({ progress: { label, ...step }, ...event }) =>
      void tell({
        type: 'progress',
        name: nameOf(event),
        ...step,
        ...(label !== undefined && { note: label }),
      }),
  );
  app.queues.on('parked', (event) => {
    void tell({
      type: 'parked',
      name: nameOf(event),
      until: event.until.toISOString(),
      reason: event.reason,
    });
  });
  app.queues.on('completed', (event) => void tell({ type: 'completed', name: nameOf(event) }));
}

async function harvest(app: App, account: AccountId): Promise<Harvest> {
  const { records } = app.backend;
  return {
    orders: await records.count('order', { accountId: account }),
    inventory: await records.count('inventory', { accountId: account }),
    latestOrders: await records.list('order', { accountId: account, limit: 5 }),
    someInventory: await records.list('inventory', { accountId: account, limit: 5 }),
  };
}

// Without its parent it has no Amazon to talk to, and would hold the folder for ever.
process.once('disconnect', () => process.exit());

process.once('message', (order: WorkOrder) => {
  work(order)
    .catch((error: unknown) =>
      tell({ type: 'failed', error: isFluxoriError(error) ? error.toJSON() : { message: String(error) } }),
    )
    .finally(() => process.disconnect?.());
});
