import { type Clock, type JsonValue, NotFoundError, ValidationError } from '@fluxori/core';
import type { JobView } from '../job/job-view.js';
import { reviveError } from '../outcome/stored-error.js';
import type { JobEvents } from './job-events.js';

interface Parts {
  readonly events: JobEvents;
  readonly clock: Clock;
  readonly look: () => Promise<JobView | undefined>;
  /** Aborted when the queue closes. */
  readonly closed: AbortSignal;
}

/** How a job ended: its result, or the error to reject with. */
type End = { readonly result: JsonValue | undefined } | { readonly error: Error };

/** @throws the job's error; NotFoundError when there is no such job; the signal's reason. */
export async function waitForJob(
  jobId: string,
  parts: Parts,
  signal?: AbortSignal,
): Promise<JsonValue | undefined> {
  const { events } = parts;
  const done = new AbortController();
  const outer = signal === undefined ? parts.closed : AbortSignal.any([signal, parts.closed]);
  const stops: (() => void)[] = [];
  try {
    const told = new Promise<End>((resolve) => {
      stops.push(
        events.on('completed', (event) => event.jobId === jobId && resolve({ result: event.result })),
        // Looked at once more: a job can be retried, and may have been before this was told; or be removed.
        events.on('failed', (event) => {
          if (event.jobId !== jobId) return;
          const looking = found(jobId, parts, done.signal, reviveError(event.error));
          // It may fail twice before this is over; nobody hears of the second look.
          looking.catch(() => {});
          resolve(looking);
        }),
        events.on('cancelled', (event) => event.jobId === jobId && resolve({ error: cancelled(event) })),
      );
    });
    const stopped = rejection(AbortSignal.any([outer, done.signal]));
    const end = await Promise.race([told, found(jobId, parts, done.signal), stopped]);
    if ('error' in end) throw end.error;
    return end.result;
  } finally {
    done.abort();
    for (const stop of stops) stop();
  }
}

/**
 * An event in this process tells at once. What ends elsewhere is found by looking again: soon at first, then once a second, so that the
 * answer comes at most a third later than the job took, and a second later at the worst. Listening to BullMQ's event stream instead would
 * cost each waiting process a connection, and every event of the queue.
 */
const firstPauseMs = 30;
const pauseGrowth = 1.3;
const longestPauseMs = 1_000;

/** Looks until the job has ended. @param gone - what it ends with when there is no such job. */
async function found(
  jobId: string,
  { look, clock }: Parts,
  signal: AbortSignal,
  gone: Error = noSuchJob(jobId),
): Promise<End> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * pauseGrowth, longestPauseMs)) {
    const view = await look();
    if (view === undefined) return { error: gone };
    if (view.state === 'completed') return { result: view.result };
    if (view.state === 'failed') return { error: reviveError(view.error ?? {}) };
    if (view.state === 'cancelled') return { error: cancelled(view) };
    await clock.sleep(pauseMs, signal);
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

export function noSuchJob(jobId: string): NotFoundError {
  return new NotFoundError(`There is no job ${jobId}.`, {
    code: 'NOT_FOUND',
    field: 'jobId',
    remedy: 'List the jobs to find its id. Jobs that ended are kept for a limited time.',
  });
}

function cancelled(job: Pick<JobView, 'jobId' | 'name' | 'accountId'>): ValidationError {
  return new ValidationError(`The job ${job.jobId} (${job.name}) for ${job.accountId} was cancelled.`, {
    code: 'JOB_STATE',
    account: job.accountId,
    operation: job.name,
    remedy: 'Add the job again if it is still wanted.',
  });
}
