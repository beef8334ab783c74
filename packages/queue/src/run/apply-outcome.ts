import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { writeNote } from '../job/job-note.js';
import type { Outcome } from '../outcome/outcome.js';
import type { BullJob, BullQueue } from '../queue/bull-types.js';

/**
 * Moves the job and tells BullMQ what was done. Always throws: that is how a processor says that it did not complete.
 * @param bare - see `ParkedNote`.
 */
export async function applyOutcome(
  queue: BullQueue,
  job: BullJob,
  token: string,
  outcome: Outcome,
  bare?: number,
): Promise<never> {
  if (outcome.kind === 'fail') throw new UnrecoverableError(writeNote({ error: outcome.error }));
  const { parkedFor, until, reason, host, tries, usesAttempt, since, wakeOn } = outcome;
  const now = Date.now();
  // PostgreSQL's whole numbers are whole.
  const delayMs = Math.max(Math.ceil(until - now), 1);
  const note = writeNote({
    parked: { for: parkedFor, until: Math.round(until), reason, host, tries, since, wakeOn, bare },
  });
  // Not `job.moveToDelayed`: the reason goes in the same statement, and an attempt is counted where one was used.
  await queue.getBackend().moveToDelayed(job.id!, now, delayMs, token, {
    skipAttempt: !usesAttempt,
    fieldsToUpdate: { failedReason: note },
  });
  throw new DelayedError();
}

/** Back to the front of its priority, as if it had not run: no attempt is used. */
export async function giveBack(queue: BullQueue, jobId: string, token: string): Promise<never> {
  await queue.getBackend().moveJobFromActiveToWait(jobId, token);
  throw new WaitingError();
}

/** Ends a running job that was cancelled. Its row goes; what is shown of it is kept elsewhere. */
export function endCancelled(job: BullJob): never {
  job.opts.removeOnFail = true;
  throw new UnrecoverableError(writeNote({ cancelled: true }));
}
