import type { AccountId } from '@fluxori/core';
import type { JobState as BullState, JobType } from 'bullmq';
import { describeJob } from '../job/describe-job.js';
import type { JobDefinition } from '../job/job-definition.js';
import { readNote } from '../job/job-note.js';
import { type JobState, type JobView, jobStates } from '../job/job-view.js';
import type { BullJob, BullQueue } from './bull-types.js';
import type { CancelledJobs } from './cancelled-jobs.js';

export interface ListQuery {
  /** All when left out. */
  readonly states?: readonly JobState[];
  readonly accountId?: AccountId;
  /** The kind of job, e.g. `orders.import`. */
  readonly name?: string;
  /** Failed with an error of this code. */
  readonly code?: string;
  /** 100 by default. */
  readonly limit?: number;
}

type LiveState = Exclude<JobState, 'cancelled'>;

/** Our states in BullMQ's words, which has one more for jobs with a priority. */
const typesOf: Readonly<Record<LiveState, readonly JobType[]>> = {
  active: ['active'],
  waiting: ['prioritized', 'waiting'],
  parked: ['delayed'],
  completed: ['completed'],
  failed: ['failed'],
};

const stateOf: Readonly<Record<BullState, LiveState>> = {
  active: 'active',
  waiting: 'waiting',
  prioritized: 'waiting',
  'waiting-children': 'waiting',
  delayed: 'parked',
  completed: 'completed',
  failed: 'failed',
};

/** How many jobs are looked through at once for those of one account. */
const pageSize = 200;

/** Looks at jobs, and changes nothing. */
export class JobReader {
  readonly #queue: () => Promise<BullQueue>;
  readonly #section: string;
  readonly #definitions: ReadonlyMap<string, JobDefinition>;
  readonly #cancelled: CancelledJobs;

  constructor(
    queue: () => Promise<BullQueue>,
    section: string,
    definitions: ReadonlyMap<string, JobDefinition>,
    cancelled: CancelledJobs,
  ) {
    this.#queue = queue;
    this.#section = section;
    this.#definitions = definitions;
    this.#cancelled = cancelled;
  }

  async get(jobId: string): Promise<JobView | undefined> {
    const found = await this.find(jobId);
    return found === undefined ? this.#cancelled.get(jobId) : this.describe(found.job, found.state);
  }

  /** The job as it lies in the queue, with its state. */
  async find(jobId: string): Promise<{ job: BullJob; state: LiveState } | undefined> {
    const queue = await this.#queue();
    // The state first: what a job ended with is there by the time that its state says so.
    const state = await queue.getJobState(jobId);
    if (state === 'unknown') return undefined;
    const job = await queue.getJob(jobId);
    return job === undefined ? undefined : { job, state: stateOf[state] };
  }

  describe(job: BullJob, state: JobState): JobView {
    return describeJob(job, state, this.#section, this.#definitions.get(job.name));
  }

  /** Running ones first, then what comes next, then what ended, latest first. */
  async list(query: ListQuery = {}): Promise<JobView[]> {
    const { states = jobStates, accountId, name, code, limit = 100 } = query;
    const all = accountId === undefined && name === undefined && code === undefined;
    const views: JobView[] = [];
    for (const state of ['active', 'waiting', 'parked', 'failed', 'completed'] as const) {
      if (!states.includes(state)) continue;
      for (let start = 0; views.length < limit; start += pageSize) {
        const size = all ? Math.min(pageSize, limit - views.length) : pageSize;
        const jobs = await this.#page(state, start, size);
        const wanted = jobs.filter((job) => matches(job, query));
        views.push(...wanted.slice(0, limit - views.length).map((job) => this.describe(job, state)));
        if (jobs.length < size) break;
      }
    }
    if (states.includes('cancelled') && code === undefined)
      views.push(...(await this.#listCancelled(limit - views.length, query)));
    return views;
  }

  async counts(): Promise<Record<JobState, number>> {
    const queue = await this.#queue();
    const counts = await queue.getJobCounts(
      'active',
      'waiting',
      'prioritized',
      'delayed',
      'completed',
      'failed',
    );
    return {
      waiting: (counts.waiting ?? 0) + (counts.prioritized ?? 0),
      parked: counts.delayed ?? 0,
      active: counts.active ?? 0,
      completed: counts.completed ?? 0,
      failed: counts.failed ?? 0,
      cancelled: (await this.#cancelled.ids()).length,
    };
  }

  async #page(state: LiveState, start: number, size: number): Promise<BullJob[]> {
    const queue = await this.#queue();
    const soonestFirst = state !== 'completed' && state !== 'failed';
    return queue.getJobs([...typesOf[state]], start, start + size - 1, soonestFirst);
  }

  async #listCancelled(limit: number, { accountId, name }: ListQuery): Promise<JobView[]> {
    const views: JobView[] = [];
    for (const jobId of await this.#cancelled.ids()) {
      if (views.length >= limit) break;
      const view = await this.#cancelled.get(jobId);
      if (view === undefined) continue;
      if (accountId !== undefined && view.accountId !== accountId) continue;
      if (name === undefined || view.name === name) views.push(view);
    }
    return views;
  }
}

function matches(job: BullJob, { accountId, name, code }: ListQuery): boolean {
  if (accountId !== undefined && job.data.accountId !== accountId) return false;
  if (name !== undefined && job.name !== name) return false;
  if (code === undefined) return true;
  const note = readNote(job.failedReason);
  return note !== undefined && 'error' in note && note.error.code === code;
}
