import { createHash } from 'node:crypto';
import type { Logger } from '@fluxori/core';
import { UnrecoverableError } from 'bullmq';
import { diedTooOften, writeNote } from '../job/job-note.js';
import type { Checkpoints } from '../run/checkpoints.js';
import type { BullJob, BullQueue } from './bull-types.js';

interface Parts {
  readonly queue: BullQueue;
  readonly checkpoints: Checkpoints;
  readonly maxCrashes: number;
  readonly logger: Logger;
  /** This process, as its jobs are marked. */
  readonly processName: string;
}

/** BullMQ's token that opens every lock. */
const anyToken = '0';
/** Between the starts of jobs that were there when the process died more than once. */
const apartMs = 3_000;

/**
 * For a backend that one process has for itself: a job that is active but not here was running when its process died. It goes back to
 * the front of its priority at once, no attempt used. One that takes the process down each time at the same point is failed in the end;
 * whoever has come further since the last time has not caused it. Those that were there twice start one by one, so that the one that
 * did it does not take the others with it.
 */
export async function recoverOrphans(parts: Parts): Promise<void> {
  const active = await parts.queue.getJobs(['active']);
  let suspects = 0;
  for (const job of active) {
    if (job.processedBy === parts.processName) continue;
    if (await recover(parts, job, suspects * apartMs)) suspects += 1;
  }
}

/** Before a handler begins: only one that was running can have taken the process down. Costs a write, for jobs that saw a death before. */
export async function noteBegun(job: BullJob): Promise<void> {
  const { crashes } = job.data;
  if (crashes === undefined || crashes.begun) return;
  await job.updateData({ ...job.data, crashes: { ...crashes, begun: true } });
}

/** @returns whether the job is one of those that may have taken the process down. */
async function recover(parts: Parts, job: BullJob, delayMs: number): Promise<boolean> {
  const { queue, checkpoints, maxCrashes, logger } = parts;
  const jobId = job.id!;
  const at = fingerprint(await checkpoints.read(job.data.accountId, jobId));
  const before = job.data.crashes;
  const samePoint = before !== undefined && before.at === at;
  // A process that dies again soon after its start has taken jobs whose handlers never ran: they did not do it.
  const count = samePoint ? before.count + (before.begun ? 1 : 0) : 1;
  await job.updateData({ ...job.data, crashes: { count, at } });
  if (count >= maxCrashes) {
    logger.error(
      { jobId, job: job.name, count },
      'The process died with this job again and again; it is failed.',
    );
    await job.moveToFailed(
      new UnrecoverableError(writeNote({ error: diedTooOften(count) })),
      anyToken,
      false,
    );
    return false;
  }
  logger.info({ jobId, job: job.name, count }, 'The process died during this job; it is taken up again.');
  const suspect = count > 1;
  if (suspect && delayMs > 0) await startApart(queue, jobId, count, delayMs);
  else await queue.getBackend().moveJobFromActiveToWait(jobId, anyToken);
  return suspect;
}

async function startApart(queue: BullQueue, jobId: string, count: number, delayMs: number): Promise<void> {
  const now = Date.now();
  const reason = `The process died ${count} times during this job; it starts apart from others.`;
  const note = writeNote({ parked: { for: 'handler', until: now + delayMs, reason, tries: 0 } });
  await queue.getBackend().moveToDelayed(jobId, now, delayMs, anyToken, {
    skipAttempt: true,
    fieldsToUpdate: { failedReason: note },
  });
}

function fingerprint(checkpoint: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(checkpoint ?? null))
    .digest('base64url')
    .slice(0, 16);
}
