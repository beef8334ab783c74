import type { Logger, Metrics } from '@fluxori/core';
import { UnrecoverableError } from 'bullmq';
import { diedTooOften, writeNote } from '../job/job-note.js';
import { metricNames } from '../metric-names.js';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import type { Checkpoints } from '../run/checkpoints.js';
import { crashOf } from './crash-count.js';

export interface OrphanParts {
  readonly queue: BullQueue;
  readonly checkpoints: Checkpoints;
  readonly maxCrashes: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly section: string;
  /** Whether nobody can be working on an active job any more. */
  readonly isOrphan: (job: BullJob) => boolean;
  /** The job was given out, but never arrived: no process died of it. */
  readonly neverArrived?: boolean;
}

/** BullMQ's token that opens every lock. */
const anyToken = '0';
/** Between the starts of jobs that were there when the process died more than once. */
const apartMs = 3_000;

/**
 * A job that is active, but whose process lives no more, goes back to the front of its priority at once, no attempt used. One that takes
 * the process down each time at the same point is failed in the end; whoever has come further since the last time has not caused it.
 * Those that were there twice start one by one, so that the one that did it does not take the others with it.
 *
 * Two that recover at the same time would disturb each other: on a shared backend, call it under a lock.
 *
 * @returns how many jobs were taken back.
 */
export async function recoverOrphans(parts: OrphanParts): Promise<number> {
  const { queue, isOrphan } = parts;
  const orphans = (await queue.getJobs(['active'])).filter(isOrphan);
  let suspects = 0;
  let taken = 0;
  for (const seen of orphans) {
    // What was read a moment ago may have gone on since.
    const job = await queue.getJob(seen.id!);
    if (job === undefined || job.attemptsStarted !== seen.attemptsStarted || !isOrphan(job)) continue;
    if ((await queue.getJobState(job.id!)) !== 'active') continue;
    taken += 1;
    if (await recover(parts, job, suspects * apartMs)) suspects += 1;
  }
  if (taken === 0) return 0;
  parts.metrics.count(metricNames.recovered, { section: parts.section, cause: 'crash' }, taken);
  await wakeIdleWorkers(queue, orphans);
  return taken;
}

/** Before a handler begins: only one that was running can have taken the process down. Costs a write, for jobs that saw a death before. */
export async function noteBegun(job: BullJob): Promise<void> {
  const { crashes } = job.data;
  if (crashes === undefined || crashes.begun) return;
  await job.updateData({ ...job.data, crashes: { ...crashes, begun: true } });
}

/** @returns whether the job is one of those that may have taken the process down. */
async function recover(parts: OrphanParts, job: BullJob, delayMs: number): Promise<boolean> {
  const { queue, checkpoints, maxCrashes, logger } = parts;
  const jobId = job.id!;
  if (parts.neverArrived) {
    logger.info(
      { jobId, job: job.name },
      'The job was lost on its way from the store; it is taken up again.',
    );
    await queue.getBackend().moveJobFromActiveToWait(jobId, anyToken);
    return false;
  }
  const crash = await crashOf(job, checkpoints);
  const { count } = crash;
  await job.updateData({ ...job.data, crashes: crash });
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
  const note = writeNote({
    parked: { for: 'crash', until: now + delayMs, reason: apartReason(count), tries: 0 },
  });
  await queue.getBackend().moveToDelayed(jobId, now, delayMs, anyToken, {
    skipAttempt: true,
    fieldsToUpdate: { failedReason: note },
  });
}

export function apartReason(count: number): string {
  return `The process died ${count} times during this job; it starts apart from others.`;
}

/**
 * On Redis, BullMQ rings no bell when a job goes back to waiting. Where others wait as well, no worker is idle; where it is alone, its
 * place does not matter, and setting its priority anew rings.
 */
async function wakeIdleWorkers(queue: BullQueue, orphans: readonly BullJob[]): Promise<void> {
  const counts = await queue.getJobCounts('waiting', 'prioritized');
  if ((counts.waiting ?? 0) + (counts.prioritized ?? 0) > orphans.length) return;
  for (const { id, priority } of orphans)
    await queue
      .getBackend()
      .changePriority(id!, priority)
      .catch(() => {});
}
