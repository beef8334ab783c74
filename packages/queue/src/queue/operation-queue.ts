import type { Priority } from '@fluxori/core';
import type { PausedView, PauseOptions } from '../control/queue-control.js';
import type { JobState, JobView } from '../job/job-view.js';
import { type ForgottenJobs, forgetJobs, type MentionQuery } from '../privacy/forget-jobs.js';
import type { RegisteredWorker } from '../recovery/worker-register.js';
import type { Schedules } from '../schedule/schedules.js';
import { atMost } from '../store/at-most.js';
import { wakeForgotten, wakeUp } from '../wake/wake-up.js';
import type { BullQueue } from './bull-types.js';
import type { DeadLetters } from './dead-letters.js';
import { type AddOptions, type AddResult, type BulkItem, sectionOfClockwork } from './enqueue.js';
import type { JobEventName, JobListener } from './job-events.js';
import type { ListQuery } from './job-reader.js';
import type { JobWorker } from './job-worker.js';
import type { OperationQueueOptions } from './operation-queue-options.js';
import { promoteAll } from './promote.js';
import { makeWorker, type QueueParts, queueParts } from './queue-parts.js';
import { waitForJob } from './wait-for-job.js';

const defaultGraceMs = 10_000;
/** How long the end waits for a start that is under way. */
const startingMs = 5_000;

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
  readonly #parts: QueueParts;
  #worker: JobWorker | undefined;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws ConfigurationError when a job belongs to another section or two have one name. */
  constructor(options: OperationQueueOptions) {
    this.#options = options;
    this.#parts = queueParts(options, () => this.#worker);
    const { section, definitions, schedules, deadLetters } = this.#parts;
    this.section = section;
    this.jobNames = [...definitions.keys()];
    this.schedules = schedules;
    this.deadLetters = deadLetters;
  }

  /**
   * Puts a job in.
   * @throws ValidationError (`JOB_PAYLOAD_INVALID`, `JOB_PAYLOAD_VERSION`), NotFoundError (`JOB_UNKNOWN`); nothing is enqueued then.
   */
  async add(name: string, options: AddOptions): Promise<AddResult> {
    return this.#parts.enqueuer.add(await this.#parts.link.queue(), name, options);
  }

  /** Puts many in, in order. All are checked before the first is enqueued. Throws as `add` does. */
  async addBulk(items: readonly BulkItem[]): Promise<AddResult[]> {
    return this.#parts.enqueuer.addBulk(await this.#parts.link.queue(), items);
  }

  /** Checks jobs without adding them. Throws as `add` does. */
  check(items: readonly BulkItem[]): void {
    this.#parts.enqueuer.check(items);
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
    return this.#parts.reader.get(jobId);
  }

  list(query?: ListQuery): Promise<JobView[]> {
    return this.#parts.reader.list(query);
  }

  counts(): Promise<Record<JobState, number>> {
    return this.#parts.reader.counts();
  }

  /**
   * Moves a job up: a waiting one in the queue, one that is parked for a token asks for it anew, an active one makes its next calls with
   * the new priority.
   * @throws NotFoundError; ValidationError (`JOB_STATE`) when it has ended.
   */
  async expedite(jobId: string, priority: Priority = 'critical'): Promise<void> {
    return this.#parts.steering.expedite(await this.#parts.link.queue(), jobId, priority);
  }

  /**
   * Ends a job: at once when it is not running, else its signal is aborted and it ends as cancelled when its handler leaves.
   * It stays visible for a while.
   * @throws NotFoundError; ValidationError (`JOB_STATE`) when it has ended.
   */
  cancel(jobId: string): Promise<void> {
    return this.#parts.steering.cancel(jobId);
  }

  /**
   * A failed job goes on from its last checkpoint, with all its attempts.
   * @throws NotFoundError; ValidationError (`JOB_STATE`) when it has not failed, or another job is doing the same (its dedupe key).
   */
  async retry(jobId: string): Promise<void> {
    return this.#parts.steering.retry(await this.#parts.link.queue(), jobId);
  }

  /**
   * Resolves with the job's result.
   * @throws the error that the job failed with; ValidationError (`JOB_STATE`) when it was cancelled; NotFoundError; the signal's reason.
   */
  async waitFor<Result = unknown>(jobId: string, options: { signal?: AbortSignal } = {}): Promise<Result> {
    const parts = {
      events: this.#parts.events,
      clock: this.#parts.clock,
      look: () => this.get(jobId),
      closed: this.#parts.link.closed,
    };
    return (await waitForJob(jobId, parts, options.signal)) as Result;
  }

  /**
   * From now on no job of the section, or of one account in it, begins, in no process, also after a restart. An account's jobs park as they
   * come; they use neither attempts nor places.
   * @returns false when it was paused already.
   */
  pause(options: PauseOptions = {}): Promise<boolean> {
    return this.#parts.control.pause(options);
  }

  /** All that was held back goes on at once, most urgent first. @returns false when it was not paused. */
  resume(options: Pick<PauseOptions, 'accountId'> = {}): Promise<boolean> {
    return this.#parts.control.resume(options);
  }

  /** Counts, what is paused, who works, how many schedules. */
  async overview(): Promise<QueueOverview> {
    const queue = await this.#parts.link.queue();
    const pausedSince = await this.#parts.control.sectionPaused();
    return {
      section: this.section,
      counts: await this.counts(),
      ...(pausedSince !== undefined && { pausedSince }),
      pausedAccounts: await this.#parts.control.pausedAccounts(),
      workers: await this.#parts.register.working(),
      schedules: await queue.getJobSchedulersCount(),
    };
  }

  /** Whether any job is running or will go on by itself: not what an operator has paused, nor the clockwork of schedules. */
  async hasWork(): Promise<boolean> {
    const { counts, pausedSince, pausedAccounts, schedules } = await this.overview();
    if (counts.active > 0) return true;
    if (pausedSince !== undefined) return false;
    if (counts.waiting > 0) return true;
    if (counts.parked <= schedules || pausedAccounts.length === 0) return counts.parked > schedules;
    const parked = await this.list({ states: ['parked'], limit: counts.parked });
    return parked.some((job) => job.parked?.for !== 'pause' && sectionOfClockwork(job.jobId) === undefined);
  }

  /** BullMQ's own queue, for tools that show or serve it, e.g. bull-board. What is put in by it is not checked. */
  bullQueue(): Promise<BullQueue> {
    return this.#parts.link.queue();
  }

  /** A host is back: what this process parked because of it goes on now, most urgent first. */
  async release(host: string): Promise<void> {
    const jobIds = this.#parts.gate.release(host);
    // Hosts come back at any time, also while the process is stopping: then the jobs go on when the next one starts.
    if (jobIds.length === 0 || this.#parts.link.closed.aborted) return;
    const { link, logger } = this.#parts;
    try {
      await promoteAll(await link.queue(), jobIds);
      logger.info({ host, jobs: jobIds.length }, 'The host is back; its jobs go on.');
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      logger.warn(
        { host, problem },
        'The host is back, but its jobs could not be told; they go on by themselves.',
      );
    }
  }

  /**
   * What a job of this section parked for (`ctx.park({ wakeOn })`) has happened: it goes on at once, whichever process runs it. So does one that is
   * about to park for it.
   * @returns whether any was found parked for it; one that is still on its way there finds by itself that it was woken.
   * @throws ValidationError for a key that is none; NetworkError when the store is away.
   */
  async wake(accountId: string, key: string): Promise<boolean> {
    return (await this.wakeAll(accountId, [key])) > 0;
  }

  /** The same for many, most urgent first. @returns how many jobs were found parked for any of them. */
  wakeAll(accountId: string, keys: readonly string[]): Promise<number> {
    return wakeUp(this.#parts.wakes, (section) => this.#here(section), accountId, keys);
  }

  /** Removes jobs that have ended and mention any of these texts, whatever part of them does; names those that are not done. */
  forgetJobs(query: MentionQuery): Promise<ForgottenJobs> {
    return forgetJobs(this.#parts, query);
  }

  /** @returns a function that ends the listening. Events are of this process only. */
  on<Name extends JobEventName>(name: Name, listener: JobListener<Name>): () => void {
    return this.#parts.events.on(name, listener);
  }

  async #start(): Promise<void> {
    await this.#parts.link.open();
    if (this.#closing) return;
    this.#worker = await makeWorker(this.#parts, this.#options);
    await this.#worker.start();
    await wakeForgotten(this.#parts.wakes, (section) => this.#here(section)).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#parts.logger.warn(
        { problem },
        'Wakes of late could not be looked at; the jobs go on in their time.',
      );
    });
  }

  #here(section: string): Promise<BullQueue> | undefined {
    return section === this.section ? this.#parts.link.queue() : undefined;
  }

  async #close(graceMs: number): Promise<void> {
    const { link } = this.#parts;
    // A start that a store holds up which is away is not waited for to its end.
    await atMost(startingMs, this.#starting);
    link.part();
    await this.#worker?.stop(graceMs);
    await link.close();
  }
}
