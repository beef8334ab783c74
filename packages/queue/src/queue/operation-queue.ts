import { setImmediate as turn } from 'node:timers/promises';
import type { FluxoriBackend, QueueConnection } from '@fluxori/backend';
import {
  type Clock,
  ConfigurationError,
  type Logger,
  type Metrics,
  noMetrics,
  type Priority,
  type Random,
  type RecordSink,
  silentLogger,
  systemClock,
  systemRandom,
} from '@fluxori/core';
import { Queue } from 'bullmq';
import type { JobDefinition } from '../job/job-definition.js';
import type { JobState, JobView } from '../job/job-view.js';
import { Checkpoints } from '../run/checkpoints.js';
import { promote } from '../run/job-runner.js';
import type { BullQueue } from './bull-types.js';
import { CancelledJobs } from './cancelled-jobs.js';
import { type AddOptions, type AddResult, Enqueuer } from './enqueue.js';
import { HostGate } from './host-gate.js';
import { type JobEventName, JobEvents, type JobListener } from './job-events.js';
import { JobReader, type ListQuery } from './job-reader.js';
import { JobSteering } from './job-steering.js';
import { JobWorker } from './job-worker.js';
import { type Retention, type RetentionOptions, retentionOf } from './retention.js';
import { RetriedKeys } from './retried-keys.js';
import { RunOrders } from './run-orders.js';
import { waitForJob } from './wait-for-job.js';

export interface OperationQueueOptions {
  readonly section: string;
  /** The kinds of job of this section. */
  readonly jobs: readonly JobDefinition[];
  readonly backend: FluxoriBackend;
  /** Where records go; the backend keeps them by default. */
  readonly sink?: RecordSink;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Handlers that run at the same time in this process; 32 by default. Waiting jobs hold none of these places. */
  readonly concurrency?: number;
  /** Separates installations that share a backend; `fluxori` by default. */
  readonly prefix?: string;
  /** A job no longer waits for a token; by default its place at the backend's buckets is given up. */
  readonly onForget?: (waiter: string) => void;
  readonly retention?: RetentionOptions;
  /** Deaths of the process with a job at the same point after which it is failed; 5 by default. */
  readonly maxCrashes?: number;
}

/** Backends that one process has for itself, so that whatever was active there belongs to a process that is dead. */
const exclusiveKinds: ReadonlySet<string> = new Set(['memory', 'pglite']);
const defaultGraceMs = 10_000;

interface Link {
  readonly queue: BullQueue;
  readonly connection: QueueConnection;
}

/**
 * The jobs of one section: put in, worked off in order of priority, parked while a limit or a network makes them wait,
 * taken up again after a crash. Without `start()` it only puts in and looks.
 */
export class OperationQueue implements AsyncDisposable {
  readonly section: string;
  readonly jobNames: readonly string[];
  readonly #options: OperationQueueOptions;
  readonly #definitions: ReadonlyMap<string, JobDefinition>;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #events: JobEvents;
  readonly #gate = new HostGate();
  readonly #checkpoints: Checkpoints;
  readonly #cancelled: CancelledJobs;
  readonly #orders: RunOrders;
  readonly #reader: JobReader;
  readonly #enqueuer: Enqueuer;
  readonly #steering: JobSteering;
  readonly #closed = new AbortController();
  #link: Promise<Link> | undefined;
  #worker: JobWorker | undefined;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws ConfigurationError when a job belongs to another section or two have one name. */
  constructor(options: OperationQueueOptions) {
    const { section, jobs, backend, sink, prefix = 'fluxori' } = options;
    this.section = section;
    this.#options = options;
    this.#definitions = byName(section, jobs);
    this.jobNames = [...this.#definitions.keys()];
    this.#name = `${prefix}-${section}`;
    this.#logger = (options.logger ?? silentLogger).child({ section });
    this.#clock = options.clock ?? systemClock;
    this.#retention = retentionOf(options.retention);
    this.#events = new JobEvents(this.#logger);
    const room = `queue/${this.#name}`;
    this.#checkpoints = new Checkpoints(backend, sink, room);
    this.#cancelled = new CancelledJobs(backend.keyValues, room, this.#retention.cancelledMs);
    this.#orders = new RunOrders(backend.keyValues, room);
    const retriedKeys = new RetriedKeys(backend.keyValues, room);
    this.#reader = new JobReader(() => this.#queue(), section, this.#definitions, this.#cancelled);
    this.#enqueuer = new Enqueuer({
      section,
      definitions: this.#definitions,
      retention: this.#retention,
      reader: this.#reader,
      retriedKeys,
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
    return this.#enqueuer.add(await this.#queue(), name, options);
  }

  /** Puts many in, in order. All are checked before the first is enqueued. Throws as `add` does. */
  async addBulk(items: readonly ({ readonly name: string } & AddOptions)[]): Promise<AddResult[]> {
    return this.#enqueuer.addBulk(await this.#queue(), items);
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
    return this.#steering.expedite(await this.#queue(), jobId, priority);
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
    return this.#steering.retry(await this.#queue(), jobId);
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
      closed: this.#closed.signal,
      lookAgainMs: this.#worker === undefined ? 1_000 : 5_000,
    };
    return (await waitForJob(jobId, parts, options.signal)) as Result;
  }

  /** A host is back: what this process parked because of it goes on now, most urgent first. */
  async release(host: string): Promise<void> {
    const jobIds = this.#gate.release(host);
    if (jobIds.length === 0) return;
    const queue = await this.#queue();
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
    const { queue, connection } = await this.#open();
    if (this.#closing) return;
    const { backend, metrics, random, concurrency = 32, maxCrashes = 5 } = this.#options;
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
      clock: this.#clock,
      random: random ?? systemRandom,
      concurrency,
      maxCrashes,
      keepFailedMs: this.#retention.failed.age * 1_000,
      exclusive: exclusiveKinds.has(backend.kind),
      forgetWaiter: (jobId) => this.#forgetWaiter(jobId),
    });
    await this.#worker.start();
  }

  async #close(graceMs: number): Promise<void> {
    await this.#starting?.catch(() => {});
    await this.#worker?.stop(graceMs);
    this.#closed.abort(new DOMException('The queue was closed.', 'AbortError'));
    const link = await this.#link?.catch(() => undefined);
    await link?.queue.close();
  }

  async #queue(): Promise<BullQueue> {
    return (await this.#open()).queue;
  }

  #open(): Promise<Link> {
    if (this.#closed.signal.aborted) {
      throw new ConfigurationError(`The queue of the section ${this.section} is closed.`, {
        code: 'BACKEND_UNAVAILABLE',
        remedy: 'Make a new OperationQueue.',
      });
    }
    this.#link ??= this.#connect().catch((error: unknown) => {
      this.#link = undefined;
      throw error;
    });
    return this.#link;
  }

  async #connect(): Promise<Link> {
    const connection = await this.#options.backend.queueConnection();
    const queue: BullQueue = new Queue(
      this.#name,
      // Nobody reads BullMQ's own event stream here: what happens is told in this process.
      { connection: connection.connection, streams: { events: { maxLen: 100 } } },
      connection.backendFactory,
    );
    queue.on('error', (error) => this.#logger.warn({ problem: error.message }, 'The queue met a problem.'));
    await queue.waitUntilReady();
    return { queue, connection };
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

function byName(section: string, jobs: readonly JobDefinition[]): ReadonlyMap<string, JobDefinition> {
  const problems: string[] = [];
  const known = new Map<string, JobDefinition>();
  for (const job of jobs) {
    if (job.section !== section) problems.push(`${job.name} belongs to the section ${job.section}`);
    if (known.has(job.name)) problems.push(`${job.name} is declared twice`);
    known.set(job.name, job);
  }
  if (problems.length === 0) return known;
  throw new ConfigurationError(
    `The queue of the section ${section} cannot be made: ${problems.join('; ')}.`,
    {
      problems,
      remedy: 'Give each queue the jobs of its own section, each once.',
    },
  );
}
