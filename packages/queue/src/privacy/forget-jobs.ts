import type { AccountId } from '@fluxori/core';
import type { JobType } from 'bullmq';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import type { CancelledJobs } from '../queue/cancelled-jobs.js';
import type { Checkpoints } from '../run/checkpoints.js';

/** Jobs that mention something: an order's id, a buyer's address. */
export interface MentionQuery {
  readonly accountIds: readonly AccountId[];
  /** Texts, in whatever case. */
  readonly mentioning: readonly string[];
}

export interface ForgottenJobs {
  /** Jobs that had ended and are gone, with payload, result, error and checkpoint. */
  readonly removed: number;
  /** Jobs that are not done, and so were left alone. */
  readonly unfinished: readonly { readonly jobId: string; readonly name: string }[];
  /** The results of jobs that were removed may stand for a while in BullMQ's stream of events, which cannot be trimmed on PostgreSQL. */
  readonly inEvents: boolean;
}

interface Parts {
  readonly queue: () => Promise<BullQueue>;
  readonly checkpoints: Checkpoints;
  readonly cancelled: CancelledJobs;
}

const ended: readonly JobType[] = ['completed', 'failed'];
const live: readonly JobType[] = ['active', 'prioritized', 'waiting', 'delayed'];
const pageSize = 200;

/** Removes the jobs that have ended and mention any of these texts in what they were given, have brought or have kept. */
export async function forgetJobs(parts: Parts, query: MentionQuery): Promise<ForgottenJobs> {
  const queue = await parts.queue();
  const mentions = mentionsAny(query);
  const unfinished: { jobId: string; name: string }[] = [];
  for await (const job of jobsIn(queue, live))
    if (await mentions(job, parts.checkpoints)) unfinished.push({ jobId: job.id ?? '', name: job.name });
  // The list first: what is removed would shift the pages.
  const found: BullJob[] = [];
  for await (const job of jobsIn(queue, ended)) if (await mentions(job, parts.checkpoints)) found.push(job);
  for (const job of found) {
    await job.remove();
    await parts.checkpoints.forget(job.data.accountId, job.id ?? '');
  }
  const inEvents = found.length > 0 && !(await trimEvents(queue));
  return { removed: found.length + (await forgetCancelled(parts.cancelled, query)), unfinished, inEvents };
}

/** @returns false where BullMQ cannot: its backend on PostgreSQL, which the embedded one uses, too. */
async function trimEvents(queue: BullQueue): Promise<boolean> {
  try {
    await queue.trimEvents(0);
    return true;
  } catch (error) {
    if (error instanceof Error && /not implemented/.test(error.message)) return false;
    throw error;
  }
}

type Mentions = (job: BullJob, checkpoints: Checkpoints) => Promise<boolean>;

function mentionsAny({ accountIds, mentioning }: MentionQuery): Mentions {
  const has = textHas(mentioning);
  return async (job, checkpoints) => {
    const { accountId, payload } = job.data;
    if (!accountIds.includes(accountId)) return false;
    const { failedReason, progress, returnvalue, stacktrace } = job;
    if (has(JSON.stringify([payload, returnvalue, failedReason, progress, stacktrace]))) return true;
    const checkpoint = await checkpoints.read(accountId, job.id ?? '');
    return checkpoint !== undefined && has(JSON.stringify(checkpoint));
  };
}

async function forgetCancelled(cancelled: CancelledJobs, query: MentionQuery): Promise<number> {
  const has = textHas(query.mentioning);
  let removed = 0;
  for (const jobId of await cancelled.ids()) {
    const view = await cancelled.get(jobId);
    if (view === undefined || !query.accountIds.includes(view.accountId)) continue;
    if (!has(JSON.stringify(view))) continue;
    await cancelled.remove(jobId);
    removed++;
  }
  return removed;
}

function textHas(texts: readonly string[]): (json: string) => boolean {
  // As they stand in JSON, where a quote or a backslash has another before it.
  const wanted = texts.map((text) => JSON.stringify(text).slice(1, -1).toLowerCase());
  return (json) => {
    const text = json.toLowerCase();
    return wanted.some((one) => text.includes(one));
  };
}

async function* jobsIn(queue: BullQueue, types: readonly JobType[]): AsyncGenerator<BullJob> {
  for (const type of types) {
    for (let start = 0; ; start += pageSize) {
      const jobs = await queue.getJobs([type], start, start + pageSize - 1);
      // One that ended between the list and the look is not there any more.
      yield* jobs.filter((job) => job !== undefined && job !== null);
      if (jobs.length < pageSize) break;
    }
  }
}
