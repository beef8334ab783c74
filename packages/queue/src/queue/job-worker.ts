import { setImmediate as turn } from 'node:timers/promises';
import type { QueueConnection } from '@fluxori/backend';
import type { JsonValue, Priority } from '@fluxori/core';
import { Worker } from 'bullmq';
import { readNote } from '../job/job-note.js';
import { metricNames } from '../metric-names.js';
import type { JobRun } from '../run/job-run.js';
import { JobRunner, type RunnerParts } from '../run/job-runner.js';
import type { BullJob, BullWorker } from './bull-types.js';
import { recoverOrphans } from './recover-orphans.js';

export interface WorkerParts extends RunnerParts {
  readonly connection: QueueConnection;
  readonly concurrency: number;
  /** How long the checkpoint of a failed job is kept, so that `retry` goes on from it. */
  readonly keepFailedMs: number;
  /** Deaths of the process at the same point after which a job is failed. */
  readonly maxCrashes: number;
  /** Nobody but this process can be working on the backend's jobs. */
  readonly exclusive: boolean;
}

const lockDurationMs = 30_000;
const stalledCheckMs = 15_000;
/** How often orders from other queue objects are looked for while jobs are running. */
const orderCheckMs = 1_000;
/** How long a handler may take to notice that its signal was aborted. */
const unwindMs = 1_000;

/** Takes jobs from the queue and runs them, until it is stopped. */
export class JobWorker {
  readonly #parts: WorkerParts;
  readonly #runner: JobRunner;
  readonly #worker: BullWorker;
  readonly #stopping = new AbortController();
  readonly #chores = new Set<Promise<void>>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#runner = new JobRunner(parts);
    this.#worker = new Worker(
      parts.queue.name,
      (job: BullJob, token?: string) => this.#runner.process(job, token ?? ''),
      {
        connection: parts.connection.connection,
        ...(parts.connection.prefix !== undefined && { prefix: parts.connection.prefix }),
        autorun: false,
        name: processName(),
        concurrency: parts.concurrency,
        lockDuration: lockDurationMs,
        stalledInterval: stalledCheckMs,
        maxStalledCount: parts.maxCrashes,
      },
      parts.connection.backendFactory,
    );
    this.#listen();
  }

  get runs(): ReadonlyMap<string, JobRun> {
    return this.#runner.runs;
  }

  async start(): Promise<void> {
    await this.#worker.waitUntilReady();
    if (this.#parts.exclusive) await recoverOrphans({ ...this.#parts, processName: processName() });
    this.#worker.run().catch((error: unknown) => this.#report(error));
    void this.#watchOrders();
  }

  /**
   * Takes no more jobs. Running ones get `graceMs` to finish or to reach their next checkpoint; then they are told to stop and go
   * back to the queue, no attempt used. A handler that ignores its signal is left behind; its job goes back all the same.
   */
  async stop(graceMs: number): Promise<void> {
    const { queue, logger } = this.#parts;
    this.#runner.stopTaking();
    this.#stopping.abort();
    await this.#worker.pause(true);
    await this.#whenLeft(graceMs);
    for (const run of this.runs.values()) run.stop('closing');
    await this.#whenLeft(unwindMs);
    const deaf = [...this.runs.values()];
    await this.#worker.close(deaf.length > 0);
    for (const { jobId, token } of deaf) {
      logger.warn(
        { jobId },
        'The job did not stop when it was told to; it goes back to the queue without it.',
      );
      await queue.getBackend().moveJobFromActiveToWait(jobId, token);
    }
    // A fetch that was under way may have taken one more job: it comes by in the next turn, and must find the queue open.
    await turn();
    await turn();
    await this.#runner.whenGivenBack();
    await Promise.allSettled(this.#chores);
  }

  setPriority(jobId: string, priority: Priority): boolean {
    const run = this.runs.get(jobId);
    if (run !== undefined) run.priority = priority;
    return run !== undefined;
  }

  cancel(jobId: string): boolean {
    const run = this.runs.get(jobId);
    run?.stop('cancelled');
    return run !== undefined;
  }

  /** Waits until all runs have left, `ms` at the longest. */
  async #whenLeft(ms: number): Promise<void> {
    const over = new AbortController();
    const all = Promise.all([...this.runs.values()].map((run) => run.left));
    const timeout = this.#parts.clock.sleep(ms, over.signal).catch(() => {});
    await Promise.race([all, timeout]);
    over.abort();
  }

  #listen(): void {
    this.#worker.on('completed', (job, result) => this.#chore(this.#completed(job, result)));
    this.#worker.on('failed', (job) => {
      if (job?.finishedOn) this.#chore(this.#failed(job));
    });
    this.#worker.on('lockRenewalFailed', (jobIds: string[]) => {
      for (const jobId of jobIds) this.runs.get(jobId)?.stop('lost');
    });
    this.#worker.on('stalled', (jobId: string) => {
      const { section, metrics, logger } = this.#parts;
      metrics.count(metricNames.recovered, { section, cause: 'stalled' });
      logger.warn({ jobId }, 'The process that had this job gave no sign of life; it is taken up again.');
    });
    this.#worker.on('error', (error) => this.#report(error));
  }

  async #completed(job: BullJob, result: unknown): Promise<void> {
    const { section, metrics, events, checkpoints } = this.#parts;
    metrics.count(metricNames.completed, { section, job: job.name });
    this.#parts.forgetWaiter(job.id!);
    if (this.#runner.takeCheckpointed(job.id!)) await checkpoints.forget(job.data.accountId, job.id!);
    events.emit('completed', { ...this.#about(job), result: (result ?? undefined) as JsonValue | undefined });
  }

  async #failed(job: BullJob): Promise<void> {
    const { section, metrics, events, checkpoints, keepFailedMs, logger } = this.#parts;
    const note = readNote(job.failedReason);
    const checkpointed = this.#runner.takeCheckpointed(job.id!);
    this.#parts.forgetWaiter(job.id!);
    if (note !== undefined && 'cancelled' in note) {
      if (checkpointed) await checkpoints.forget(job.data.accountId, job.id!);
      metrics.count(metricNames.cancelled, { section, job: job.name });
      events.emit('cancelled', this.#about(job));
      return;
    }
    const error = note !== undefined && 'error' in note ? note.error : { name: 'Error', message: 'Unknown.' };
    if (checkpointed) await checkpoints.keepFor(job.data.accountId, job.id!, keepFailedMs);
    metrics.count(metricNames.failed, { section, job: job.name, code: String(error.code ?? 'unknown') });
    logger.error({ jobId: job.id, job: job.name, account: job.data.accountId, error }, 'The job failed.');
    events.emit('failed', { ...this.#about(job), error });
  }

  async #watchOrders(): Promise<void> {
    const { clock, orders } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(orderCheckMs, signal).catch(() => {});
      if (signal.aborted || this.runs.size === 0) continue;
      try {
        for (const [jobId, order] of await orders.take(new Set(this.runs.keys()))) {
          if (order.priority !== undefined) this.setPriority(jobId, order.priority);
          if (order.cancel) this.cancel(jobId);
        }
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #about(job: BullJob) {
    const { section } = this.#parts;
    return { jobId: job.id!, name: job.name, section, accountId: job.data.accountId };
  }

  /** What happens after a job has ended must not hold up the worker, but must be over before it closes. */
  #chore(work: Promise<void>): void {
    const chore = work
      .catch((error: unknown) => this.#report(error))
      .finally(() => {
        this.#chores.delete(chore);
      });
    this.#chores.add(chore);
  }

  #report(error: unknown): void {
    const message = error instanceof Error ? error.message : 'unknown';
    this.#parts.logger.warn({ problem: message }, 'The queue met a problem and goes on.');
  }
}

/** Tells one process from another, also when a process id comes again. */
function processName(): string {
  return `${process.pid}-${Math.round(performance.timeOrigin).toString(36)}`;
}
