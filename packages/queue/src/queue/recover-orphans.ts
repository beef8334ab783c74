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

/**
 * For a backend that one process has for itself: a job that is active but not here was running when its process died. It goes back to
 * the front of its priority at once, no attempt used. One that takes the process down each time at the same point is failed in the end;
 * whoever has come further since the last time has not caused it.
 */
export async function recoverOrphans(parts: Parts): Promise<void> {
  const active = await parts.queue.getJobs(['active']);
  for (const job of active) {
    if (job.processedBy !== parts.processName) await recover(parts, job);
  }
}

async function recover({ queue, checkpoints, maxCrashes, logger }: Parts, job: BullJob): Promise<void> {
  const jobId = job.id!;
  const at = fingerprint(await checkpoints.read(job.data.accountId, jobId));
  const before = job.data.crashes;
  const count = before !== undefined && before.at === at ? before.count + 1 : 1;
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
    return;
  }
  logger.info(
    { jobId, job: job.name, count },
    'The process died while this job was running; it is taken up again.',
  );
  await queue.getBackend().moveJobFromActiveToWait(jobId, anyToken);
}

function fingerprint(checkpoint: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(checkpoint ?? null))
    .digest('base64url')
    .slice(0, 16);
}
