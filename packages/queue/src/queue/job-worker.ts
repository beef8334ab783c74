import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { QueueConnection } from '@fluxori/backend';
import { isErrorOf, type JsonValue, type Locks, type Priority } from '@fluxori/core';
import { Worker } from 'bullmq';
import type { QueueControl } from '../control/queue-control.js';
import { readNote } from '../job/job-note.js';
import { metricNames } from '../metric-names.js';
import { processIdentity } from '../recovery/process-identity.js';
import { RecoveryWatch } from '../recovery/recovery-watch.js';
import type { WorkerRegister } from '../recovery/worker-register.js';
import { instant, type JobRun } from '../run/job-run.js';
import { JobRunner, type RunnerParts } from '../run/job-runner.js';
import { atMost } from '../store/at-most.js';
import { isStoreTrouble } from '../store/store-trouble.js';
import type { BullJob, BullWorker } from './bull-types.js';
import { HeldJobs } from './held-jobs.js';

export interface WorkerParts extends RunnerParts {
  readonly connection: QueueConnection;
  readonly concurrency: number;
  readonly control: QueueControl;
  readonly register: WorkerRegister;
  /** Listens to the queue's commands finding the store away. */
  readonly onTrouble: (listener: () => void) => void;
  readonly locks: Locks;
  /** Nobody but this process can be working on the backend's jobs. */
  readonly exclusive: boolean;
}

/** A store that is away for 20 s costs nobody a lock: the last renewal is then 30 s old at the most. */
const lockDurationMs = 60_000;
const lockRenewMs = 10_000;
const stalledCheckMs = 15_000;
/** Well before the lock runs out a run stops by itself, for what it has sent may still be on its way. */
export const leaseMs = lockDurationMs - 15_000;
/** BullMQ counts how often a job came back and never forgets; what that means for a job is decided by `chargeStall`. */
const neverByBullMq = 1_000_000;
/** BullMQ's pause after a connection that was refused. */
const askAgainMs = 500;
/** How often orders from other queue objects are looked for while jobs are running. */
const orderCheckMs = 1_000;
/** How long a handler may take to notice that its signal was aborted. */
const unwindMs = 1_000;
/** How long the end waits for each of BullMQ's steps, and for what is done after jobs have ended, when the store is away. */
const lastWordMs = 6_000;

/** Takes jobs from the queue and runs them, until it is stopped. */
export class JobWorker {
  readonly #parts: WorkerParts;
  readonly #runner: JobRunner;
  readonly #worker: BullWorker;
  readonly #recovery: RecoveryWatch;
  readonly #stopping = new AbortController();
  readonly #chores = new Set<Promise<void>>();
  readonly #inHand = new HeldJobs();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#runner = new JobRunner(parts);
    const identity = processIdentity();
    const workerName = `${identity.name}:${randomBytes(4).toString('hex')}`;
    this.#worker = new Worker(
      parts.queue.name,
      (job: BullJob, token?: string) => this.#runner.process(job, token ?? ''),
      {
        connection: parts.connection.connection,
        ...(parts.connection.prefix !== undefined && { prefix: parts.connection.prefix }),
        autorun: false,
        name: workerName,
        concurrency: parts.concurrency,
        lockDuration: lockDurationMs,
        lockRenewTime: lockRenewMs,
        stalledInterval: stalledCheckMs,
        maxStalledCount: neverByBullMq,
        // On a shared backend the recovery watch does it, under its lock.
        skipStalledCheck: !parts.exclusive,
        runRetryDelay: askAgainMs,
      },
      parts.connection.backendFactory,
    );
    this.#recovery = new RecoveryWatch({
      ...parts,
      identity,
      workerName,
      worker: this.#worker,
      lockName: `queue/${parts.queue.name}/recovery`,
      isHere: (jobId) => this.#inHand.has(jobId),
    });
    this.#renewByToken();
    this.#holdUntilWritten();
    this.#listen();
  }

  get runs(): ReadonlyMap<string, JobRun> {
    return this.#runner.runs;
  }

  async start(): Promise<void> {
    await this.#worker.waitUntilReady();
    await this.#attempt(() => this.#parts.control.begin());
    await this.#recovery.start();
    // Told to stop before it was there, as can be when the store is away.
    if (this.#stopping.signal.aborted) return;
    this.#worker.run().catch((error: unknown) => this.#report(error));
    void this.#watch();
  }

  /**
   * Takes no more jobs. Running ones get `graceMs` to finish or to reach their next checkpoint; then they are told to stop and go
   * back to the queue, no attempt used. A handler that ignores its signal is left behind; its job goes back all the same.
   */
  async stop(graceMs: number): Promise<void> {
    this.#runner.stopTaking();
    this.#stopping.abort();
    await this.#recovery.stop();
    await atMost(
      lastWordMs,
      this.#attempt(() => this.#worker.pause(true)),
    );
    await this.#whenLeft(graceMs);
    for (const run of this.runs.values()) run.stop('closing');
    await this.#whenLeft(unwindMs);
    const deaf = [...this.runs.values()];
    await atMost(
      lastWordMs,
      this.#attempt(() => this.#worker.close(deaf.length > 0)),
    );
    await Promise.all(deaf.map((run) => this.#giveBack(run)));
    // A fetch that was under way may have taken one more job: it comes by in the next turn, and must find the queue open.
    await turn();
    await turn();
    await this.#runner.whenGivenBack();
    await atMost(lastWordMs, Promise.all(this.#chores));
  }

  /** @returns false when the job does not run here, or has left its handler. */
  setPriority(jobId: string, priority: Priority): boolean {
    const run = this.runs.get(jobId);
    if (run === undefined || run.isLeaving) return false;
    run.priority = priority;
    return true;
  }

  /** @returns false when the job does not run here, or ends its run for another reason already. */
  cancel(jobId: string): boolean {
    return this.runs.get(jobId)?.stop('cancelled') ?? false;
  }

  /** When the store cannot be told, the job is taken up again as that of a process that died. */
  async #giveBack({ jobId, token, stopped }: JobRun): Promise<void> {
    const { queue, logger, orders } = this.#parts;
    logger.warn({ jobId }, 'The job did not stop when it was told to; it goes back to the queue without it.');
    // Whoever takes it up next ends it.
    if (stopped === 'cancelled') await this.#attempt(() => orders.send(jobId, { cancel: true }));
    await this.#attempt(() => queue.getBackend().moveJobFromActiveToWait(jobId, token));
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
    this.#worker.on('stalled', (jobId: string) => {
      const { section, metrics, logger } = this.#parts;
      metrics.count(metricNames.recovered, { section, cause: 'stalled' });
      logger.warn({ jobId }, 'The process that had this job gave no sign of life; it is taken up again.');
    });
    this.#worker.on('error', (error) => this.#report(error));
    this.#worker.on('ioredis:close', () => this.#recovery.storeWasAway());
    this.#parts.onTrouble(() => this.#recovery.storeWasAway());
  }

  /**
   * BullMQ renews locks by job id. A job that has left and come again meanwhile has another lock, whose run must not suffer for the old one:
   * so the answer is read by token here.
   */
  #renewByToken(): void {
    const renew = this.#worker.extendJobLocks.bind(this.#worker);
    this.#worker.extendJobLocks = async (jobIds, tokens, durationMs) => {
      const sentAt = instant();
      const failed = new Set(await renew(jobIds, tokens, durationMs));
      for (const [index, jobId] of jobIds.entries()) {
        const run = this.runs.get(jobId);
        if (run === undefined || run.token !== tokens[index]) failed.delete(jobId);
        else if (failed.has(jobId)) run.stop('lost');
        else run.confirm(sentAt);
      }
      return [...failed];
    };
  }

  /** From when a job is given out until its end is written down: taken for lost meanwhile, it would be done again. BullMQ begins none before it has all. */
  #holdUntilWritten(): void {
    const process = this.#worker.processJob.bind(this.#worker);
    this.#worker.on('active', ({ id }) => this.#inHand.take(id!));
    this.#worker.processJob = async (job, token, mayFetchNext) => {
      try {
        return await process(job, token, mayFetchNext);
      } finally {
        this.#inHand.leave(job.id!);
      }
    };
  }

  async #completed(job: BullJob, result: unknown): Promise<void> {
    const { section, metrics, events } = this.#parts;
    if (job.data.schedule !== undefined) return;
    metrics.count(metricNames.completed, { section, job_name: job.name });
    this.#parts.forgetWaiter(job.id!);
    if (this.#runner.takeCheckpointed(job.id!)) await this.#forgetCheckpoint(job);
    events.emit('completed', { ...this.#about(job), result: (result ?? undefined) as JsonValue | undefined });
  }

  async #failed(job: BullJob): Promise<void> {
    const { section, metrics, events, logger } = this.#parts;
    const note = readNote(job.failedReason);
    const checkpointed = this.#runner.takeCheckpointed(job.id!);
    this.#parts.forgetWaiter(job.id!);
    if (note !== undefined && 'cancelled' in note) {
      if (checkpointed) await this.#forgetCheckpoint(job);
      metrics.count(metricNames.cancelled, { section, job_name: job.name });
      events.emit('cancelled', this.#about(job));
      return;
    }
    const error = note !== undefined && 'error' in note ? note.error : { name: 'Error', message: 'Unknown.' };
    metrics.count(metricNames.failed, { section, job_name: job.name, code: String(error.code ?? 'unknown') });
    logger.error({ jobId: job.id, job: job.name, account: job.data.accountId, error }, 'The job failed.');
    events.emit('failed', { ...this.#about(job), error });
  }

  /** Once a second: whether a run has outlived its lock, and what others have ordered. */
  async #watch(): Promise<void> {
    const { clock, control, logger } = this.#parts;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(orderCheckMs, signal).catch(() => {});
      if (signal.aborted) return;
      for (const run of this.runs.values()) {
        if (run.stopped === 'lost' || !run.stopIfOverdue()) continue;
        const { jobId } = run;
        logger.warn({ jobId }, 'The lock of this job could not be kept; this run stops, another goes on.');
        this.#recovery.storeWasAway();
      }
      await this.#attempt(() => control.watch(this.runs.values()));
      if (this.runs.size > 0) await this.#attempt(() => this.#obey());
    }
  }

  async #obey(): Promise<void> {
    for await (const [jobId, { priority, cancel }] of this.#parts.orders.take(new Set(this.runs.keys()))) {
      if (priority !== undefined) this.setPriority(jobId, priority);
      // A run that has left meanwhile leaves the order to the next one.
      if (cancel && !this.cancel(jobId)) await this.#parts.orders.send(jobId, { cancel });
    }
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#report(error);
    }
  }

  /** That it could not be removed keeps nobody from hearing how the job ended. */
  #forgetCheckpoint({ id, data }: BullJob): Promise<void> {
    return this.#attempt(() => this.#parts.checkpoints.forget(data.accountId, id!));
  }

  #about(job: BullJob) {
    return { jobId: job.id!, name: job.name, section: this.#parts.section, accountId: job.data.accountId };
  }

  /** What happens after a job has ended must not hold up the worker, but must be over before it closes. */
  #chore(work: Promise<void>): void {
    const chore = this.#attempt(() => work).finally(() => {
      this.#chores.delete(chore);
    });
    this.#chores.add(chore);
  }

  /** That the store is away, and that it is back, the backend tells once for all. */
  #report(error: unknown): void {
    // One who waits for a store that is away until the backend is closed is told so; nothing goes on then.
    const isOver = this.#stopping.signal.aborted && isErrorOf(error, 'ConfigurationError');
    const problem = error instanceof Error ? error.message : 'unknown';
    if (isStoreTrouble(error)) this.#recovery.storeWasAway();
    else if (!isOver) this.#parts.logger.warn({ problem }, 'The queue met a problem and goes on.');
  }
}
