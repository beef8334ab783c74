import { setImmediate as turn } from 'node:timers/promises';
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
import { type JobDefinition, jobsByName } from '../job/job-definition.js';
import type { JobState, JobView } from '../job/job-view.js';
import { Checkpoints } from '../run/checkpoints.js';
import { promote } from '../run/job-runner.js';
import { CancelledJobs } from './cancelled-jobs.js';
import { type AddOptions, type AddResult, type BulkItem, Enqueuer } from './enqueue.js';
import { HostGate } from './host-gate.js';
import { type JobEventName, JobEvents, type JobListener } from './job-events.js';
import { JobReader, type ListQuery } from './job-reader.js';
import { JobSteering } from './job-steering.js';
import { JobWorker } from './job-worker.js';
import type { OperationQueueOptions } from './operation-queue-options.js';
import { QueueLink } from './queue-link.js';
import { type Retention, retentionOf } from './retention.js';
import { RetriedKeys } from './retried-keys.js';
import { RunOrders } from './run-orders.js';
import { waitForJob } from './wait-for-job.js';

const defaultGraceMs = 10_000;

/**
 * The jobs of one section: put in, worked off in order of priority, parked while a limit or a network makes them wait,
 * taken up again after a crash. Without `start()` it only puts in and looks.
 */
export class OperationQueue implements AsyncDisposable {
  readonly section: string;
  readonly jobNames: readonly string[];
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
    const retriedKeys = new RetriedKeys(backend.keyValues, room);
    this.#reader = new JobReader(() => this.#link.queue(), section, this.#definitions, this.#cancelled);
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
      events: this.#events,
      clock: this.#clock,
      worker: () => this.#worker,
      forgetWaiter: (jobId) => this.#forgetWaiter(jobId),
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
      lookAgainMs: this.#worker === undefined ? 1_000 : 5_000,
    };
    return (await waitForJob(jobId, parts, options.signal)) as Result;
  }

  /** A host is back: what this process parked because of it goes on now, most urgent first. */
  async release(host: string): Promise<void> {
    const jobIds = this.#gate.release(host);
    // Hosts come back at any time, also while the process is stopping: then the jobs go on when the next one starts.
    if (jobIds.length === 0 || this.#link.closed.aborted) return;
    const queue = await this.#link.queue();
    for (const jobId of jobIds) {
      await promote(queue, jobId);
      await turn();
    }
    this.#logger.info({ host, jobs: jobIds.length }, 'The host is back; its jobs go on.');
  }

  /** @returns a function that ends the listening. Events are of this process only. */
  on<Name extends JobEventName>(name: Name, listener: JobListener<Name>): () => void {
    return this.#events.on(name, listener);
  }

  async #start(): Promise<void> {
    const { queue, connection } = await this.#link.open();
    if (this.#closing) return;
    const { backend, metrics, tracing, random, concurrency = 32, maxCrashes = 5 } = this.#options;
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
      random: random ?? systemRandom,
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
