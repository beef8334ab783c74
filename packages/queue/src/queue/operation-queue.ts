import {
  type Clock,
  type Logger,
  noMetrics,
  noTracing,
  type Priority,
  silentLogger,
  systemClock,
  systemRandom,
} from '@fluxori/core';
import { AccountSlots } from '../control/account-slots.js';
import { Admission } from '../control/admission.js';
import { Pauses } from '../control/pauses.js';
import { type PausedView, type PauseOptions, QueueControl } from '../control/queue-control.js';
import { type JobDefinition, jobsByName } from '../job/job-definition.js';
import type { JobState, JobView } from '../job/job-view.js';
import { type RegisteredWorker, WorkerRegister } from '../recovery/worker-register.js';
import { Checkpoints } from '../run/checkpoints.js';
import { Schedules } from '../schedule/schedules.js';
import type { BullQueue } from './bull-types.js';
import { CancelledJobs } from './cancelled-jobs.js';
import { DeadLetters } from './dead-letters.js';
import { type AddOptions, type AddResult, type BulkItem, Enqueuer } from './enqueue.js';
import { HostGate } from './host-gate.js';
import { type JobEventName, JobEvents, type JobListener } from './job-events.js';
import { JobReader, type ListQuery } from './job-reader.js';
import { JobSteering } from './job-steering.js';
import { JobWorker, leaseMs } from './job-worker.js';
import type { OperationQueueOptions } from './operation-queue-options.js';
import { promoteAll } from './promote.js';
import { QueueLink } from './queue-link.js';
import { type Retention, retentionOf } from './retention.js';
import { RetriedKeys } from './retried-keys.js';
import { RunOrders } from './run-orders.js';
import { waitForJob } from './wait-for-job.js';

const defaultGraceMs = 10_000;
const defaultNewerReleaseMs = 3_600_000;

/** How a section stands. */
export interface QueueOverview {
  readonly section: string;
  readonly counts: Readonly<Record<JobState, number>>;
  /** Since when the section is paused. */
  readonly pausedSince?: Date;
  readonly pausedAccounts: readonly PausedView[];
  /** Those that were seen lately; only told where several processes share the backend. */
  readonly workers: readonly RegisteredWorker[];
  readonly schedules: number;
}

/**
 * The jobs of one section: put in, worked off in order of priority, parked while a limit or a network makes them wait,
 * taken up again after a crash. Without `start()` it only puts in and looks.
 */
export class OperationQueue implements AsyncDisposable {
  readonly section: string;
  readonly jobNames: readonly string[];
  /** Jobs of this section that start again and again. */
  readonly schedules: Schedules;
  /** Failed jobs: looked at, put back, thrown away. */
  readonly deadLetters: DeadLetters;
  readonly #options: OperationQueueOptions;
  readonly #definitions: ReadonlyMap<string, JobDefinition>;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #events: JobEvents;
  readonly #link: QueueLink;
  readonly #gate = new HostGate();
  readonly #checkpoints: Checkpoints;
  readonly #cancelled: CancelledJobs;
  readonly #orders: RunOrders;
  readonly #reader: JobReader;
  readonly #enqueuer: Enqueuer;
  readonly #steering: JobSteering;
  readonly #pauses: Pauses;
  readonly #slots: AccountSlots;
  readonly #control: QueueControl;
  readonly #register: WorkerRegister;
  #worker: JobWorker | undefined;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws ConfigurationError when a job belongs to another section or two have one name. */
  constructor(options: OperationQueueOptions) {
    const { section, jobs, backend, sink, prefix = 'fluxori' } = options;
    this.section = section;
    this.#options = options;
    this.#definitions = jobsByName(section, jobs);
    this.jobNames = [...this.#definitions.keys()];
    this.#logger = (options.logger ?? silentLogger).child({ section });
    this.#clock = options.clock ?? systemClock;
    this.#retention = retentionOf(options.retention);
    this.#events = new JobEvents(this.#logger);
    const name = `${prefix}-${section}`;
    this.#link = new QueueLink(backend, name, this.#logger);
    const room = `queue/${name}`;
    this.#checkpoints = new Checkpoints(backend, sink, room);
    this.#cancelled = new CancelledJobs(backend.keyValues, room, this.#retention.cancelledMs);
    this.#orders = new RunOrders(backend.keyValues, room);
    this.#pauses = new Pauses(backend.keyValues, room);
    this.#slots = new AccountSlots(options.perAccountConcurrency);
    this.#register = new WorkerRegister(backend.keyValues, room);
    const link = () => this.#link.queue();
    this.#control = new QueueControl({
      pauses: this.#pauses,
      slots: this.#slots,
      queue: link,
      clock: this.#clock,
      logger: this.#logger,
    });
    const retriedKeys = new RetriedKeys(backend.keyValues, room);
    this.#reader = new JobReader(link, section, this.#definitions, this.#cancelled);
    this.#enqueuer = new Enqueuer({
      section,
      definitions: this.#definitions,
      retention: this.#retention,
      reader: this.#reader,
      retriedKeys,
      tracing: options.tracing ?? noTracing,
    });
    this.#steering = new JobSteering({
      section,
      reader: this.#reader,
      cancelled: this.#cancelled,
      checkpoints: this.#checkpoints,
      retriedKeys,
      orders: this.#orders,
      gate: this.#gate,
      slots: this.#slots,
      events: this.#events,
      clock: this.#clock,
      worker: () => this.#worker,
      forgetWaiter: (jobId) => this.#forgetWaiter(jobId),
    });
    this.schedules = new Schedules({
      section,
      definitions: this.#definitions,
      retention: this.#retention,
      queue: link,
      enqueuer: this.#enqueuer,
      logger: this.#logger,
    });
    this.deadLetters = new DeadLetters({
      reader: this.#reader,
      steering: this.#steering,
      checkpoints: this.#checkpoints,
      queue: link,
    });
  }

  /**
   * Puts a job in.
   * @throws ValidationError (`JOB_PAYLOAD_INVALID`, `JOB_PAYLOAD_VERSION`), NotFoundError (`JOB_UNKNOWN`); nothing is enqueued then.
   */
  async add(name: string, options: AddOptions): Promise<AddResult> {
    return this.#enqueuer.add(await this.#link.queue(), name, options);
  }

  /** Puts many in, in order. All are checked before the first is enqueued. Throws as `add` does. */
  async addBulk(items: readonly BulkItem[]): Promise<AddResult[]> {
    return this.#enqueuer.addBulk(await this.#link.queue(), items);
  }

  /** Checks jobs without adding them. Throws as `add` does. */
  check(items: readonly BulkItem[]): void {
    this.#enqueuer.check(items);
  }

  /** Starts to work jobs off, beginning with what a crash left behind. Idempotent. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /**
   * Takes no more jobs; running ones get `graceMs` to finish or to reach their next checkpoint, then go back to the queue with no attempt
   * used; then everything is released. The backend stays open. Idempotent.
   *
   * @param options.graceMs - milliseconds, 10,000 by default.
   */
  close(options: { graceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.graceMs ?? defaultGraceMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get(jobId: string): Promise<JobView | undefined> {
    return this.#reader.get(jobId);
  }

  list(query?: ListQuery): Promise<JobView[]> {
    return this.#reader.list(query);
  }

  counts(): Promise<Record<JobState, number>> {
    return this.#reader.counts();
  }

  /**
   * Moves a job up: a waiting one in the queue, one that is parked for a token asks for it anew, an active one makes its next calls with
   * the new priority.
   * @throws NotFoundError; ValidationError (`JOB_STATE`) when it has ended.
   */
  async expedite(jobId: string, priority: Priority = 'critical'): Promise<void> {
    return this.#steering.expedite(await this.#link.queue(), jobId, priority);
  }

  /**
   * Ends a job: at once when it is not running, else its signal is aborted and it ends as cancelled when its handler leaves.
   * It stays visible for a while.
   * @throws NotFoundError; ValidationError (`JOB_STATE`) when it has ended.
   */
  cancel(jobId: string): Promise<void> {
    return this.#steering.cancel(jobId);
  }

  /**
   * A failed job goes on from its last checkpoint, with all its attempts.
   * @throws NotFoundError; ValidationError (`JOB_STATE`) when it has not failed, or another job is doing the same (its dedupe key).
   */
  async retry(jobId: string): Promise<void> {
    return this.#steering.retry(await this.#link.queue(), jobId);
  }

  /**
   * Resolves with the job's result.
   * @throws the error that the job failed with; ValidationError (`JOB_STATE`) when it was cancelled; NotFoundError; the signal's reason.
   */
  async waitFor<Result = unknown>(jobId: string, options: { signal?: AbortSignal } = {}): Promise<Result> {
    const parts = {
      events: this.#events,
      clock: this.#clock,
      look: () => this.get(jobId),
      closed: this.#link.closed,
    };
    return (await waitForJob(jobId, parts, options.signal)) as Result;
  }

  /**
   * From now on no job of the section, or of one account in it, begins, in no process, also after a restart. An account's jobs park as they
   * come; they use neither attempts nor places.
   * @returns false when it was paused already.
   */
  pause(options: PauseOptions = {}): Promise<boolean> {
    return this.#control.pause(options);
  }

  /** All that was held back goes on at once, most urgent first. @returns false when it was not paused. */
  resume(options: Pick<PauseOptions, 'accountId'> = {}): Promise<boolean> {
    return this.#control.resume(options);
  }

  /** Counts, what is paused, who works, how many schedules. */
  async overview(): Promise<QueueOverview> {
    const queue = await this.#link.queue();
    const pausedSince = await this.#control.sectionPaused();
    return {
      section: this.section,
      counts: await this.counts(),
      ...(pausedSince !== undefined && { pausedSince }),
      pausedAccounts: await this.#control.pausedAccounts(),
      workers: await this.#register.working(),
      schedules: await queue.getJobSchedulersCount(),
    };
  }

  /** BullMQ's own queue, for tools that show or serve it, e.g. bull-board. What is put in by it is not checked. */
  bullQueue(): Promise<BullQueue> {
    return this.#link.queue();
  }

  /** A host is back: what this process parked because of it goes on now, most urgent first. */
  async release(host: string): Promise<void> {
    const jobIds = this.#gate.release(host);
    // Hosts come back at any time, also while the process is stopping: then the jobs go on when the next one starts.
    if (jobIds.length === 0 || this.#link.closed.aborted) return;
    await promoteAll(await this.#link.queue(), jobIds);
    this.#logger.info({ host, jobs: jobIds.length }, 'The host is back; its jobs go on.');
  }

  /** @returns a function that ends the listening. Events are of this process only. */
  on<Name extends JobEventName>(name: Name, listener: JobListener<Name>): () => void {
    return this.#events.on(name, listener);
  }

  async #start(): Promise<void> {
    const { queue, connection } = await this.#link.open();
    if (this.#closing) return;
    const {
      backend,
      metrics,
      tracing,
      random = systemRandom,
      concurrency = 32,
      maxCrashes = 5,
    } = this.#options;
    const { newerReleaseMs = defaultNewerReleaseMs } = this.#options;
    this.#worker = new JobWorker({
      section: this.section,
      definitions: this.#definitions,
      queue,
      connection,
      checkpoints: this.#checkpoints,
      gate: this.#gate,
      cancelled: this.#cancelled,
      orders: this.#orders,
      events: this.#events,
      logger: this.#logger,
      metrics: metrics ?? noMetrics,
      tracing: tracing ?? noTracing,
      clock: this.#clock,
      random,
      admission: new Admission({
        definitions: this.#definitions,
        pauses: this.#pauses,
        slots: this.#slots,
        clock: this.#clock,
        random,
        newerReleaseMs: backend.shared ? newerReleaseMs : 0,
      }),
      control: this.#control,
      register: this.#register,
      locks: backend.locks,
      onTrouble: (listener) => this.#link.onTrouble(listener),
      tick: (job) => this.schedules.tick(job),
      leaseMs: backend.shared ? leaseMs : Number.POSITIVE_INFINITY,
      concurrency,
      maxCrashes,
      keepFailedMs: this.#retention.failed.age * 1_000,
      exclusive: !backend.shared,
      forgetWaiter: (jobId) => this.#forgetWaiter(jobId),
    });
    await this.#worker.start();
  }

  async #close(graceMs: number): Promise<void> {
    await this.#starting?.catch(() => {});
    this.#link.part();
    await this.#worker?.stop(graceMs);
    await this.#link.close();
  }

  #forgetWaiter(jobId: string): void {
    const { onForget, backend } = this.#options;
    if (onForget !== undefined) {
      onForget(jobId);
      return;
    }
    backend.buckets.forget(jobId).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#logger.warn({ jobId, problem }, 'A place at the token buckets could not be given up.');
    });
  }
}
