import { type AccountId, accountId, isFluxoriError, silentLogger } from '@fluxori/core';
import { type App, openApp } from '../composition/open-app.js';
import { configSchema } from '../config/config.js';
import { pinoLogger } from '../output/pino-logger.js';
import type { Harvest, WorkerMessage, WorkOrder } from './messages.js';

/**
 * The demo's worker: a process of its own, so that the demo can cut its power (`kill -9`) and start another.
 * It puts the two jobs in (or finds them there), works them, and tells its parent what happens.
 */
const jobs = ['orders.import', 'inventory.sync'] as const;

function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

async function work(order: WorkOrder): Promise<void> {
  const config = configSchema.parse({ accounts: order.accounts });
  const logger = order.logLevel === 'silent' ? silentLogger : pinoLogger(order.logLevel);
  await using app = await openApp({ config, home: order.home, backendUrl: order.backendUrl }, { logger });
  const account = accountId(order.accountId);
  void tell({ type: 'ready', orders: await app.backend.records.count('order', { accountId: account }) });
  listen(app);

  const ids: string[] = [];
  for (const name of jobs) {
    const { jobId, deduplicated } = await app.queues.add(name, {
      accountId: account,
      payload: {},
      dedupeKey: `${name}.${account}`,
    });
    void tell({ type: 'queued', name, resumed: deduplicated });
    ids.push(jobId);
  }
  await app.queues.start();
  await Promise.all(ids.map((id) => app.queues.waitFor(id)));
  await tell({ type: 'harvest', harvest: await harvest(app, account) });
}

function listen(app: App): void {
  app.queues.on('progress', ({ name, progress }) => void tell({ type: 'progress', name, ...progress }));
  app.queues.on(
    'parked',
    ({ name, until, reason }) => void tell({ type: 'parked', name, until: until.toISOString(), reason }),
  );
  app.queues.on('completed', ({ name }) => void tell({ type: 'completed', name }));
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

process.once('message', (order: WorkOrder) => {
  work(order)
    .catch((error: unknown) =>
      tell({ type: 'failed', error: isFluxoriError(error) ? error.toJSON() : { message: String(error) } }),
    )
    .finally(() => process.disconnect?.());
});
