import type { JobNote } from '../job/job-note.js';

interface Timed {
  /** When it was put in, in milliseconds since the epoch. */
  readonly timestamp: number;
  readonly opts: { readonly delay?: number };
  readonly attemptsStarted: number;
}

/**
 * How long a job that could have run waited for a free place, in milliseconds: since it was put in (and its delay was over), or since its
 * parking was. Undefined where nobody knows: it was taken from another process, or given back.
 */
export function startDelayMs(job: Timed, note: JobNote | undefined, now: number): number | undefined {
  if (note !== undefined && 'parked' in note) return Math.max(now - note.parked.until, 0);
  if (job.attemptsStarted > 1) return undefined;
  return Math.max(now - job.timestamp - (job.opts.delay ?? 0), 0);
}
