import type { ParkedFor } from '../outcome/outcome.js';
import type { StoredError } from '../outcome/stored-error.js';

/**
 * What we write into BullMQ's one free text of a job, its failure reason: why it is parked, or why it failed.
 * It is written in the same statement that moves the job, so the two never disagree.
 */
export type JobNote =
  | { readonly parked: ParkedNote }
  | { readonly error: StoredError }
  | { readonly cancelled: true };

export interface ParkedNote {
  readonly for: ParkedFor;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
  readonly host?: string;
  readonly tries: number;
  readonly wakeOn?: readonly string[];
  /** Milliseconds since the epoch when it began to wait for this, where the wait has an end. */
  readonly since?: number;
  /** No checkpoint was kept when it parked: the count of its starts until then. Started once more since, it need not look for one. */
  readonly bare?: number;
}

/** BullMQ's own words for a job whose process died too often (backends shared by several processes). */
const stalledTooOften = 'job stalled more than allowable limit';

export function writeNote(note: JobNote): string {
  return JSON.stringify(note);
}

export function readNote(text: string | undefined | null): JobNote | undefined {
  if (text === undefined || text === null || text === '') return undefined;
  try {
    const note: unknown = JSON.parse(text);
    if (typeof note === 'object' && note !== null) return note as JobNote;
  } catch {
    // Not ours: below.
  }
  return {
    error:
      text === stalledTooOften ? diedTooOften() : { name: 'Error', message: 'The queue ended this job.' },
  };
}

/** How often a job had been started when it parked without a checkpoint; undefined when there may be one. */
export function bareOf(note: JobNote | undefined): number | undefined {
  return note !== undefined && 'parked' in note ? note.parked.bare : undefined;
}

/** What a job that takes its process down with it fails with. */
export function diedTooOften(times?: number): StoredError {
  const howOften = times === undefined ? 'several times' : `${times} times`;
  return {
    name: 'ValidationError',
    code: 'JOB_STATE',
    message: `The process died ${howOften} while this job was running, each time at the same point. Nothing of it is lost: look for the cause (memory?), then retry the job.`,
    retryable: false,
  };
}
