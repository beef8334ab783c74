import { type AccountId, isFluxoriError, ValidationError } from '@fluxori/core';
import type { JobView } from '../job/job-view.js';
import type { Checkpoints } from '../run/checkpoints.js';
import type { BullQueue } from './bull-types.js';
import type { JobReader } from './job-reader.js';
import type { JobSteering } from './job-steering.js';
import { noSuchJob } from './wait-for-job.js';

/** Which of the failed jobs; all when nothing is said. */
export interface FailedQuery {
  readonly name?: string;
  readonly accountId?: AccountId;
  /** The code of the error that they failed with, e.g. `AUTH_REVOKED`. */
  readonly code?: string;
  /** At most this many, the latest first; 1,000 by default. */
  readonly limit?: number;
}

export interface BulkOutcome {
  /** The jobs that it was done to. */
  readonly jobIds: readonly string[];
  /** Those that it could not be done to, and why. */
  readonly skipped: readonly { readonly jobId: string; readonly reason: string }[];
  /** There are more that match: do it again. */
  readonly more: boolean;
}

interface Parts {
  readonly reader: JobReader;
  readonly steering: JobSteering;
  readonly checkpoints: Checkpoints;
  readonly queue: () => Promise<BullQueue>;
}

const defaultLimit = 1_000;
const atOnce = 16;

/** Failed jobs: looked at, put back, thrown away; one or many. They are kept for as long as the queue's `retention` says. */
export class DeadLetters {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Latest first, with error, attempts and account. */
  list({ limit = 100, ...filter }: FailedQuery = {}): Promise<JobView[]> {
    return this.#parts.reader.list({ ...filter, limit, states: ['failed'] });
  }

  /** Each goes on from its last checkpoint, with all its attempts. One that cannot (another does its work) is skipped and told. */
  async retryAll(query: FailedQuery = {}): Promise<BulkOutcome> {
    const queue = await this.#parts.queue();
    return this.#forAll(query, ({ jobId }) => this.#parts.steering.retry(queue, jobId));
  }

  /** @throws NotFoundError; ValidationError (`JOB_STATE`) when it has not failed. */
  async discard(jobId: string): Promise<void> {
    const { reader, checkpoints } = this.#parts;
    const found = await reader.find(jobId);
    if (found === undefined) throw noSuchJob(jobId);
    if (found.state !== 'failed') {
      throw new ValidationError(`The job ${jobId} is ${found.state}; it cannot be discarded.`, {
        code: 'JOB_STATE',
        field: 'jobId',
        remedy: 'Only a failed job is discarded. End one that is not done with cancel.',
      });
    }
    await found.job.remove();
    await checkpoints.forget(found.job.data.accountId, jobId);
  }

  discardAll(query: FailedQuery = {}): Promise<BulkOutcome> {
    return this.#forAll(query, ({ jobId }) => this.discard(jobId));
  }

  /** The list first, then the work: what is done to a job takes it out of the list. */
  async #forAll(query: FailedQuery, work: (job: JobView) => Promise<void>): Promise<BulkOutcome> {
    const limit = query.limit ?? defaultLimit;
    const found = await this.list({ ...query, limit: limit + 1 });
    const jobs = found.slice(0, limit);
    const jobIds: string[] = [];
    const skipped: { jobId: string; reason: string }[] = [];
    for (let start = 0; start < jobs.length; start += atOnce) {
      await Promise.all(
        jobs.slice(start, start + atOnce).map(async (job) => {
          try {
            await work(job);
            jobIds.push(job.jobId);
          } catch (error) {
            if (!isFluxoriError(error) || error.code === 'BACKEND_UNAVAILABLE') throw error;
            skipped.push({ jobId: job.jobId, reason: error.message });
          }
        }),
      );
    }
    return { jobIds, skipped, more: found.length > limit };
  }
}
