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

/** One job, and where in it the process is to die; without a kill point the job is to end. */
export interface MortalJob {
  readonly job: string;
  readonly payload: JsonValue;
  readonly kill?: KillPoint | undefined;
}

/** What the process is started with, as JSON in its first argument. */
export interface WorkflowTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  readonly jobs: readonly MortalJob[];
  readonly timings: AmazonJobParts['timings'];
  /** The folder of the content store. */
  readonly contents?: string;
}

/** What it tells its parent. */
export type WorkflowNews = { readonly job: string } & (
  | { readonly recorded: string }
  | { readonly killed: KillPoint }
  | { readonly result: JsonValue }
  | { readonly error: string }
);

/**
 * A process of its own, run by Node from this file: goes on with the jobs that are in the queue, or puts them there. It ends when all have ended; or,
 * when each has ended or stands at its kill point, by SIGKILL, which nothing in it can notice.
 */
async function main(task: WorkflowTask): Promise<void> {
  await using backend = await openBackend(task.backend);
  const contents = task.contents === undefined ? undefined : await openContentStore(`file:${task.contents}`);
  await using connector = new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', task.config, { backend, contents });
  const death = new Death(task.jobs.length);
  const definitions = amazonJobs({ connector: async () => connector, timings: task.timings });
  await using queues = new OperationQueues({
    jobs: task.jobs.map((one) => mortal(definitions, one, death)),
    backend,
    // The same step is died at more than once; the queue would keep the job apart from others for up to half a minute.
    random: () => 0,
    maxCrashes: 100,
  });
  const account = accountId(task.config.accountId);
  const ids = await Promise.all(
    task.jobs.map(async ({ job, payload }) => {
      const known = (await queues.list({ name: job })).find(({ state }) => !ended.includes(state));
      return known ?? (await queues.add(job, { accountId: account, payload }));
    }),
  );
  await queues.start();
  await Promise.all(
    task.jobs.map(async ({ job }, index) => {
      try {
        tell({ job, result: (await queues.waitFor(ids[index]?.jobId ?? '')) ?? null });
      } catch (error) {
        tell({ job, error: String(error) });
      }
      await death.spare();
    }),
  );
  await contents?.close();
}

const ended: readonly JobState[] = ['completed', 'failed', 'cancelled'];

/** Comes when every job has ended or waits for it. */
class Death {
  #left: number;
  #waiting = 0;

  constructor(jobs: number) {
    this.#left = jobs;
  }

  /** A job has ended. */
  async spare(): Promise<void> {
    this.#left -= 1;
    if (this.#waiting > 0) await this.#comes();
  }

  /** A job has come to its kill point, and does nothing more. */
  async await(): Promise<never> {
    this.#left -= 1;
    this.#waiting += 1;
    await this.#comes();
    return new Promise<never>(() => {});
  }

  async #comes(): Promise<void> {
    if (this.#left > 0) return;
    flushCompileCache();
    // The parent has heard of all by then: what is on its way when the process dies may never arrive.
    await new Promise<void>((resolve) => setImmediate(resolve));
    process.kill(process.pid, 'SIGKILL');
    await new Promise<never>(() => {});
  }
}

/** The same job, but it does not get beyond its kill point. */
function mortal(
  definitions: readonly JobDefinition[],
  { job, kill }: MortalJob,
  death: Death,
): JobDefinition {
  const definition = definitions.find(({ name }) => name === job);
  if (definition === undefined) throw new Error(`There is no job ${job}.`);
  return { ...definition, run: (ctx) => definition.run(dying(ctx, { job, kill }, death)) };
}

function dying(ctx: JobContext, { job, kill }: Omit<MortalJob, 'payload'>, death: Death): JobContext {
  const die = async (point: KillPoint) => {
    await told({ job, killed: point });
    return death.await();
  };
  return new Proxy(ctx, {
    get(target, property) {
      const value = Reflect.get(target, property);
      if (property !== 'checkpoint') return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: Parameters<JobContext['checkpoint']>) => {
        const { step } = args[0] as { step: string };
        if (kill?.step === step && kill.when === 'before') await die(kill);
        const written = await target.checkpoint(...args);
        tell({ job, recorded: step });
        if (kill?.step === step && kill.when === 'after') await die(kill);
        return written;
      };
    },
  });
}

/** Settles when the parent has it. */
async function told(news: WorkflowNews): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(news, () => resolve());
  });
}

function tell(news: WorkflowNews): void {
  void told(news);
}

// Nobody is left to tell.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as WorkflowTask);
process.disconnect();
