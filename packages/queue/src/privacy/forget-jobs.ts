import { type AccountId, mentionsAny } from '@fluxori/core';
import type { JobType } from 'bullmq';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import type { CancelledJobs } from '../queue/cancelled-jobs.js';
import type { QueueLink } from '../queue/queue-link.js';
import type { Checkpoints } from '../run/checkpoints.js';

/** Jobs that mention something: an order's id, a buyer's address. */
export interface MentionQuery {
  readonly accountIds: readonly AccountId[];
  /** Texts, in whatever case; found whole, not as a part of another word or number. */
  readonly mentioning: readonly string[];
}

export interface ForgottenJobs {
  /** Jobs that had ended and are gone, with payload, result, error and checkpoint. */
  readonly removed: number;
  /** Jobs that are not done, and so were left alone. */
  readonly unfinished: readonly { readonly jobId: string; readonly name: string }[];
}

interface Parts {
  readonly link: Pick<QueueLink, 'open'>;
  readonly checkpoints: Checkpoints;
  readonly cancelled: CancelledJobs;
}

const ended: readonly JobType[] = ['completed', 'failed'];
/** Active twice: a job that is waiting when the active ones are looked at may run when the waiting ones are. */
const live: readonly JobType[] = ['active', 'prioritized', 'waiting', 'delayed', 'active'];
const pageSize = 200;

/** Removes the jobs that have ended and mention any of these texts in what they were given, have brought or have kept. */
export async function forgetJobs(parts: Parts, query: MentionQuery): Promise<ForgottenJobs> {
  const { queue, connection } = await parts.link.open();
  const mentions = mentionsOf(query);
  const unfinished = new Map<string, string>();
  for await (const job of jobsIn(queue, live))
    if (await mentions(job, parts.checkpoints)) unfinished.set(job.id ?? '', job.name);
  // The list first: what is removed would shift the pages.
  const found = new Map<string, BullJob>();
  for await (const job of jobsIn(queue, ended))
    if (await mentions(job, parts.checkpoints)) found.set(job.id ?? '', job);
  for (const [jobId, job] of found) {
    // It has ended since.
    unfinished.delete(jobId);
    await job.remove();
    await parts.checkpoints.forget(job.data.accountId, jobId);
  }
  // Their results stand in the stream of events, too, which nobody reads here.
  if (found.size > 0) await (connection.clearEvents?.(queue.name) ?? queue.trimEvents(0));
  return {
    removed: found.size + (await forgetCancelled(parts.cancelled, query)),
    unfinished: [...unfinished].map(([jobId, name]) => ({ jobId, name })),
  };
}

type Mentions = (job: BullJob, checkpoints: Checkpoints) => Promise<boolean>;

function mentionsOf({ accountIds, mentioning }: MentionQuery): Mentions {
  const has = mentionsAny(mentioning);
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
  const has = mentionsAny(query.mentioning);
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
