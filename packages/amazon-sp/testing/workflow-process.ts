import { flushCompileCache } from 'node:module';
import { type AmazonJobParts, type AmazonSpConfigInput, amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory, type JsonValue } from '@fluxori/core';
import { openContentStore } from '@fluxori/documents';
import { type JobContext, type JobDefinition, type JobState, OperationQueues } from '@fluxori/queue';

/** Where a workflow's process ends: just before a step is recorded (so what led to it was done), or just after. */
export interface KillPoint {
  readonly step: string;
  readonly when: 'before' | 'after';
}

/** What the process is started with, as JSON in its first argument. */
export interface WorkflowTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  readonly job: string;
  readonly payload: JsonValue;
  readonly timings: AmazonJobParts['timings'];
  /** The folder of the content store. */
  readonly contents?: string;
  readonly kill?: KillPoint;
}

/** What it tells its parent. */
export type WorkflowNews =
  | { readonly recorded: string }
  | { readonly killed: KillPoint }
  | { readonly result: JsonValue }
  | { readonly error: string };

/**
 * A process of its own, run by Node from this file: goes on with the job that is in the queue, or puts it there; ends when the job has, or at
 * its kill point by SIGKILL, which nothing in it can notice.
 */
async function main(task: WorkflowTask): Promise<void> {
  await using backend = await openBackend(task.backend);
  const contents = task.contents === undefined ? undefined : await openContentStore(`file:${task.contents}`);
  await using connector = new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', task.config, { backend, contents });
  const jobs = amazonJobs({ connector: async () => connector, timings: task.timings });
  await using queues = new OperationQueues({
    jobs: jobs.filter(({ name }) => name === task.job).map((job) => mortal(job, task.kill)),
    backend,
    // The same step is died at more than once; the queue would keep the job apart from others for up to half a minute.
    random: () => 0,
    maxCrashes: 100,
  });
  const known = (await queues.list({ name: task.job })).find(({ state }) => !ended.includes(state));
  const account = accountId(task.config.accountId);
  const { jobId } = known ?? (await queues.add(task.job, { accountId: account, payload: task.payload }));
  await queues.start();
  try {
    tell({ result: (await queues.waitFor(jobId)) ?? null });
  } catch (error) {
    tell({ error: String(error) });
  }
  await contents?.close();
}

const ended: readonly JobState[] = ['completed', 'failed', 'cancelled'];

/** The same job, but its process dies at `kill`. */
function mortal(job: JobDefinition, kill: KillPoint | undefined): JobDefinition {
  return { ...job, run: (ctx) => job.run(dying(ctx, kill)) };
}

function dying(ctx: JobContext, kill: KillPoint | undefined): JobContext {
  return new Proxy(ctx, {
    get(target, property) {
      const value = Reflect.get(target, property);
      if (property !== 'checkpoint') return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: Parameters<JobContext['checkpoint']>) => {
        const { step } = args[0] as { step: string };
        if (kill?.step === step && kill.when === 'before') await die(kill);
        const written = await target.checkpoint(...args);
        tell({ recorded: step });
        if (kill?.step === step && kill.when === 'after') await die(kill);
        return written;
      };
    },
  });
}

/** The parent hears of it first: what is on its way when the process dies may never arrive. */
async function die(kill: KillPoint): Promise<never> {
  flushCompileCache();
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send({ killed: kill } satisfies WorkflowNews, () => resolve());
  });
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
}

function tell(news: WorkflowNews): void {
  process.send?.(news);
}

// Nobody is left to tell.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as WorkflowTask);
process.disconnect();
