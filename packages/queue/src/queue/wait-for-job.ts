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

/** An event in this process tells at once; looking again finds what ended elsewhere. */
const lookAgainMs = 1_000;

/** @throws the job's error; NotFoundError when there is no such job; the signal's reason. */
export async function waitForJob(
  jobId: string,
  parts: Parts,
  signal?: AbortSignal,
): Promise<JsonValue | undefined> {
  const both = signal === undefined ? parts.closed : AbortSignal.any([signal, parts.closed]);
  for (;;) {
    both.throwIfAborted();
    const nudge = new AbortController();
    const stops = (['completed', 'failed', 'cancelled'] as const).map((name) =>
      parts.events.on(name, (event) => {
        if (event.jobId === jobId) nudge.abort();
      }),
    );
    try {
      const view = await parts.look();
      if (view === undefined) throw noSuchJob(jobId);
      if (view.state === 'completed') return view.result;
      if (view.state === 'failed') throw reviveError(view.error ?? {});
      if (view.state === 'cancelled') throw cancelled(view);
      await parts.clock.sleep(lookAgainMs, AbortSignal.any([both, nudge.signal])).catch(() => {});
    } finally {
      for (const stop of stops) stop();
    }
  }
}

export function noSuchJob(jobId: string): NotFoundError {
  return new NotFoundError(`There is no job ${jobId}.`, {
    code: 'NOT_FOUND',
    field: 'jobId',
    remedy: 'List the jobs to find its id. Jobs that ended are kept for a limited time.',
  });
}

function cancelled(view: JobView): ValidationError {
  return new ValidationError(`The job ${view.jobId} (${view.name}) for ${view.accountId} was cancelled.`, {
    code: 'JOB_STATE',
    account: view.accountId,
    operation: view.name,
    remedy: 'Add the job again if it is still wanted.',
  });
}
