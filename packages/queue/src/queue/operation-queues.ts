import { ConfigurationError, type Health, NotFoundError, type Priority } from '@fluxori/core';
import type { PauseOptions } from '../control/queue-control.js';
import type { JobDefinition } from '../job/job-definition.js';
import { type JobState, type JobView, jobStates } from '../job/job-view.js';
import { unknownJob } from '../job/unknown-job.js';
import type { ForgottenJobs, MentionQuery } from '../privacy/forget-jobs.js';
import { AllSchedules } from '../schedule/all-schedules.js';
import { GatheredKeyValues } from '../store/gathered-key-values.js';
import { wakeUp } from '../wake/wake-up.js';
import { Wakes, wakeRoom } from '../wake/wakes.js';
import type { BullQueue } from './bull-types.js';
import type { BulkOutcome, FailedQuery } from './dead-letters.js';
import { type AddOptions, type AddResult, type BulkItem, sectionOf } from './enqueue.js';
import type { JobEventName, JobListener } from './job-events.js';
import type { ListQuery } from './job-reader.js';
import { OperationQueue, type QueueOverview } from './operation-queue.js';
import type { OperationQueueOptions } from './operation-queue-options.js';
import { noSuchJob } from './wait-for-job.js';

export interface OperationQueuesOptions extends Omit<OperationQueueOptions, 'section' | 'concurrency'> {
  /** Handlers that run at the same time in this process, by section; 32 each by default. */
  readonly concurrency?: number | Readonly<Record<string, number>>;
}

/** All sections of an installation: one queue for each, found by section, by job name or by job id. */
export class OperationQueues implements AsyncDisposable {
  readonly #queues: ReadonlyMap<string, OperationQueue>;
  readonly #byJobName: ReadonlyMap<string, OperationQueue>;
  readonly #wakes: Wakes;
  /** Jobs of all sections that start again and again. */
  readonly schedules: AllSchedules;

  /** @throws ConfigurationError when two jobs have one name. */
  constructor(options: OperationQueuesOptions) {
    const { concurrency, ...shared } = options;
    const queues = new Map<string, OperationQueue>();
    for (const [section, jobs] of Map.groupBy(options.jobs, (job) => job.section)) {
      const own = typeof concurrency === 'object' ? concurrency[section] : concurrency;
      queues.set(section, new OperationQueue({ ...shared, section, jobs, ...(own && { concurrency: own }) }));
    }
    this.#queues = queues;
    this.#wakes = new Wakes(new GatheredKeyValues(options.backend.keyValues), wakeRoom(options.prefix));
    this.#byJobName = indexByName(options.jobs, queues);
    this.schedules = new AllSchedules([...queues.values()]);
  }

  get sections(): readonly string[] {
    return [...this.#queues.keys()];
  }

  get jobNames(): readonly string[] {
    return [...this.#byJobName.keys()];
  }

  /** The queue of a section. @throws NotFoundError when no job belongs to it. */
  section(section: string): OperationQueue {
    const queue = this.#queues.get(section);
    if (queue !== undefined) return queue;
    throw new NotFoundError(`There is no section ${JSON.stringify(section)}.`, {
      field: 'section',
      remedy: `Use one of: ${this.sections.join(', ')}.`,
    });
  }

  /** Puts a job into the queue of its section. Throws as `OperationQueue.add` does. */
  async add(name: string, options: AddOptions): Promise<AddResult> {
    const queue = this.#byJobName.get(name);
    if (queue === undefined) throw unknownJob(name, this.jobNames);
    return queue.add(name, options);
  }

  /** Puts many in, each into the queue of its section. All are checked before the first is enqueued. */
  async addBulk(items: readonly BulkItem[]): Promise<AddResult[]> {
    const groups = Map.groupBy(items.entries(), ([, { name }]) => {
      const queue = this.#byJobName.get(name);
      if (queue === undefined) throw unknownJob(name, this.jobNames);
      return queue;
    });
    for (const [queue, group] of groups) queue.check(group.map(([, item]) => item));
    const results: AddResult[] = [];
    for (const [queue, group] of groups) {
      const added = await queue.addBulk(group.map(([, item]) => item));
      for (const [index, [place]] of group.entries()) results[place] = added[index]!;
    }
    return results;
  }

  async get(jobId: string): Promise<JobView | undefined> {
    return this.#queues.get(sectionOf(jobId))?.get(jobId);
  }

  /** Of all sections, running ones first. */
  async list(query: ListQuery = {}): Promise<JobView[]> {
    const views: JobView[] = [];
    for (const queue of this.#queues.values()) views.push(...(await queue.list(query)));
    const order = ['active', 'waiting', 'parked', 'failed', 'cancelled', 'completed'];
    return views.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).slice(0, query.limit ?? 100);
  }

  async counts(): Promise<Record<string, Record<JobState, number>>> {
    const counts: Record<string, Record<JobState, number>> = {};
    for (const [section, queue] of this.#queues) counts[section] = await queue.counts();
    return counts;
  }

  /** Over all sections, by state. */
  async totals(): Promise<Record<JobState, number>> {
    const all = Object.values(await this.counts());
    const sum = (state: JobState) => all.reduce((total, counts) => total + counts[state], 0);
    return Object.fromEntries(jobStates.map((state) => [state, sum(state)])) as Record<JobState, number>;
  }

  async expedite(jobId: string, priority?: Priority): Promise<void> {
    return this.#queueOf(jobId).expedite(jobId, priority);
  }

  async cancel(jobId: string): Promise<void> {
    return this.#queueOf(jobId).cancel(jobId);
  }

  async retry(jobId: string): Promise<void> {
    return this.#queueOf(jobId).retry(jobId);
  }

  /** Failed jobs of all sections, latest first in each. */
  async failed({ limit = 100, ...filter }: FailedQuery = {}): Promise<JobView[]> {
    const views: JobView[] = [];
    for (const queue of this.#queues.values()) {
      if (views.length < limit)
        views.push(...(await queue.deadLetters.list({ ...filter, limit: limit - views.length })));
    }
    return views;
  }

  /** Puts failed jobs of all sections back, 1,000 at most by default. */
  retryAll(query: FailedQuery = {}): Promise<BulkOutcome> {
    return this.#inAll(query, (queue, part) => queue.deadLetters.retryAll(part));
  }

  async discard(jobId: string): Promise<void> {
    return this.#queueOf(jobId).deadLetters.discard(jobId);
  }

  /** Throws failed jobs of all sections away, 1,000 at most by default. */
  discardAll(query: FailedQuery = {}): Promise<BulkOutcome> {
    return this.#inAll(query, (queue, part) => queue.deadLetters.discardAll(part));
  }

  /** Pauses all sections, or one, or an account in them. @returns the sections where it was not paused yet. */
  async pause({ section, ...options }: PauseOptions & { section?: string } = {}): Promise<string[]> {
    return this.#whichOf(section, (queue) => queue.pause(options));
  }

  /** @returns the sections where it was paused. */
  async resume({
    section,
    ...options
  }: Pick<PauseOptions, 'accountId'> & { section?: string } = {}): Promise<string[]> {
    return this.#whichOf(section, (queue) => queue.resume(options));
  }

  /** How each section stands. */
  overview(): Promise<QueueOverview[]> {
    return Promise.all([...this.#queues.values()].map((queue) => queue.overview()));
  }

  /** Up, with the counts by state and what an operator has paused. */
  async health(): Promise<Health> {
    const sections = await this.overview();
    const totals: Record<string, number> = {};
    for (const { counts } of sections) {
      for (const [state, count] of Object.entries(counts)) totals[state] = (totals[state] ?? 0) + count;
    }
    const paused = sections.flatMap(({ section, pausedSince, pausedAccounts }) => [
      ...(pausedSince === undefined ? [] : [{ section, since: pausedSince }]),
      ...pausedAccounts.map(({ accountId, since }) => ({ section, account: accountId, since })),
    ]);
    return { status: 'up', details: { ...totals, ...(paused.length > 0 && { paused }) } };
  }

  /** Whether any job is running or will go on by itself: not what an operator has paused, nor the clockwork of schedules. */
  async hasWork(): Promise<boolean> {
    const work = await Promise.all([...this.#queues.values()].map((queue) => queue.hasWork()));
    return work.includes(true);
  }

  /** BullMQ's own queues, for tools that show or serve them, e.g. bull-board. */
  bullQueues(): Promise<BullQueue[]> {
    return Promise.all([...this.#queues.values()].map((queue) => queue.bullQueue()));
  }

  async waitFor<Result = unknown>(jobId: string, options?: { signal?: AbortSignal }): Promise<Result> {
    return this.#queueOf(jobId).waitFor<Result>(jobId, options);
  }

  /**
   * Starts the given sections, or all, at the same time: each asks the store a dozen things one after another.
   * @throws what the first met that could not be started; others start nonetheless, until they are closed.
   */
  async start(sections: readonly string[] = this.sections): Promise<void> {
    const queues = sections.map((section) => this.section(section));
    await Promise.all(queues.map((queue) => queue.start()));
  }

  /** Closes all at the same time. Idempotent. */
  async close(options?: { graceMs?: number }): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close(options)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A host is back: what waits for it goes on, in every section. */
  async release(host: string): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.release(host)));
  }

  /**
   * What a job parked for (`ctx.park({ wakeOn })`) has happened: it goes on at once, whichever section it is of and process it runs in. So does
   * one that is about to park for it.
   * @returns whether any was found parked for it; one that is still on its way there finds by itself that it was woken.
   * @throws ValidationError for a key that is none; NetworkError when the store is away.
   */
  async wake(accountId: string, key: string): Promise<boolean> {
    return (await this.wakeAll(accountId, [key])) > 0;
  }

  /** The same for many, most urgent first. @returns how many jobs were found parked for any of them. */
  wakeAll(accountId: string, keys: readonly string[]): Promise<number> {
    return wakeUp(this.#wakes, (section) => this.#queues.get(section)?.bullQueue(), accountId, keys);
  }

  /** In all sections, as `OperationQueue.forgetJobs`. */
  async forgetJobs(query: MentionQuery): Promise<ForgottenJobs> {
    const all = await Promise.all([...this.#queues.values()].map((queue) => queue.forgetJobs(query)));
    const removed = all.reduce((sum, one) => sum + one.removed, 0);
    return { removed, unfinished: all.flatMap(({ unfinished }) => unfinished) };
  }

  /** Listens to all sections. @returns a function that ends the listening. */
  on<Name extends JobEventName>(name: Name, listener: JobListener<Name>): () => void {
    const stops = [...this.#queues.values()].map((queue) => queue.on(name, listener));
    return () => {
      for (const stop of stops) stop();
    };
  }

  async #inAll(
    { limit = 1_000, ...filter }: FailedQuery,
    work: (queue: OperationQueue, query: FailedQuery) => Promise<BulkOutcome>,
  ): Promise<BulkOutcome> {
    let all: BulkOutcome = { jobIds: [], skipped: [], more: false };
    for (const queue of this.#queues.values()) {
      const left = limit - all.jobIds.length - all.skipped.length;
      const { jobIds, skipped, more } = await work(queue, { ...filter, limit: Math.max(left, 0) });
      all = {
        jobIds: [...all.jobIds, ...jobIds],
        skipped: [...all.skipped, ...skipped],
        more: all.more || more,
      };
    }
    return all;
  }

  async #whichOf(
    section: string | undefined,
    change: (queue: OperationQueue) => Promise<boolean>,
  ): Promise<string[]> {
    const changed: string[] = [];
    for (const queue of section === undefined ? this.#queues.values() : [this.section(section)]) {
      if (await change(queue)) changed.push(queue.section);
    }
    return changed;
  }

  #queueOf(jobId: string): OperationQueue {
    const queue = this.#queues.get(sectionOf(jobId));
    if (queue === undefined) throw noSuchJob(jobId);
    return queue;
  }
}

function indexByName(
  jobs: readonly JobDefinition[],
  queues: ReadonlyMap<string, OperationQueue>,
): ReadonlyMap<string, OperationQueue> {
  const index = new Map<string, OperationQueue>();
  for (const job of jobs) {
    if (index.has(job.name)) {
      throw new ConfigurationError(`Two jobs have the name ${job.name}.`, {
        problems: [`${job.name} is declared twice`],
        remedy: 'Give each kind of job a name of its own.',
      });
    }
    index.set(job.name, queues.get(job.section)!);
  }
  return index;
}
