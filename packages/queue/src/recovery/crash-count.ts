import { createHash } from 'node:crypto';
import type { BullJob } from '../queue/bull-types.js';
import type { Checkpoints } from '../run/checkpoints.js';

/** Deaths of the process with a job at the same point. */
export interface CrashNote {
  readonly count: number;
  /** A fingerprint of the checkpoint that the job was at. */
  readonly at: string;
  /** Its handler has begun since the last death. */
  readonly begun?: boolean;
  /** BullMQ's own count of stalls, which never goes back, as far as it is reckoned in here. */
  readonly stalled?: number;
}

/** The note of one death more. */
export async function crashOf(job: BullJob, checkpoints: Checkpoints): Promise<CrashNote> {
  const at = fingerprint(await checkpoints.read(job.data.accountId, job.id!));
  const before = job.data.crashes;
  const samePoint = before !== undefined && before.at === at;
  // A process that dies again soon after its start has taken jobs whose handlers never ran: they did not do it.
  const count = samePoint ? before.count + (before.begun ? 1 : 0) : 1;
  return { count, at, stalled: job.stalledCounter };
}

/**
 * A job that came back because its lock ran out (its process is gone, or was away for too long) shows it only in BullMQ's counter.
 * @returns the note of that death, when it has not been reckoned in yet.
 */
export async function stallOf(job: BullJob, checkpoints: Checkpoints): Promise<CrashNote | undefined> {
  if (job.stalledCounter <= (job.data.crashes?.stalled ?? 0)) return undefined;
  return crashOf(job, checkpoints);
}

function fingerprint(checkpoint: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(checkpoint ?? null))
    .digest('base64url')
    .slice(0, 16);
}
