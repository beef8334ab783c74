import { flushCompileCache } from 'node:module';
import { type AmazonJobParts, type AmazonSpConfigInput, amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory, type JsonValue } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';

/** What the process is started with, as JSON in its first argument. */
export interface ChangeTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  readonly coalescing: NonNullable<AmazonJobParts['coalescing']>;
  readonly timings: NonNullable<AmazonJobParts['timings']>;
}

/** Asked of it: to put price updates in, or to tell what became of jobs. */
export type ChangeOrder =
  | { readonly add: readonly { readonly sku: string; readonly amount: string }[] }
  | { readonly await: readonly string[] };

export type ChangeNews = { readonly added: readonly string[] } | { readonly results: readonly JsonValue[] };

/** A worker of its own that gathers changes, run by Node from this file until it is killed or its parent lets go of it. */
async function main(task: ChangeTask): Promise<void> {
  const backend = await openBackend(task.backend);
  const connector = new ConnectorFactory().register(amazonSp).create('amazon-sp', task.config, { backend });
  const queues: OperationQueues = new OperationQueues({
    jobs: amazonJobs({
      connector: async () => connector,
      queues: () => queues,
      coalescing: task.coalescing,
      timings: task.timings,
    }),
    backend,
    random: () => 0,
    maxCrashes: 100,
  });
  process.on('message', (order: ChangeOrder) => void obey(order));
  await queues.start(['prices', 'listings', 'feeds']);
  // It is killed, and those that come after it load the same.
  flushCompileCache();

  async function obey(order: ChangeOrder): Promise<void> {
    if ('add' in order) {
      const jobs = await queues.addBulk(
        order.add.map(({ sku, amount }) => ({
          name: 'prices.update',
          accountId: task.config.accountId,
          payload: { sku, price: { amount, currency: 'ZAR' } },
        })),
      );
      process.send?.({ added: jobs.map(({ jobId }) => jobId) } satisfies ChangeNews);
    } else {
      const results = await Promise.all(
        order.await.map((jobId) =>
          queues.waitFor<JsonValue>(jobId).catch((error: unknown) => ({ failed: String(error) })),
        ),
      );
      process.send?.({ results } satisfies ChangeNews);
    }
  }
}

// Nobody is left to tell.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as ChangeTask);
