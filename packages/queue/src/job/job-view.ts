import type { AccountId, JsonValue, Priority } from '@fluxori/core';
import type { ParkedFor } from '../outcome/outcome.js';
import type { Progress } from './job-context.js';

export const jobStates = ['waiting', 'parked', 'active', 'completed', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** Why a job waits, and until when at the latest. */
export interface ParkedView {
  /** What it waits for; not set for a job that was added to start later, or that a schedule will start. */
  readonly for?: ParkedFor;
  /** Far away when it waits for an operator. */
  readonly until: Date;
  readonly reason: string;
  /** The host that it waits for. */
  readonly host?: string;
  /** What wakes it before `until`. */
  readonly wakeOn?: readonly string[];
}

/** A job, fit to be shown: no personal data, no secret. */
export interface JobView {
  readonly jobId: string;
  readonly name: string;
  readonly section: string;
  readonly accountId: AccountId;
  readonly state: JobState;
  readonly priority: Priority;
  readonly progress?: Progress;
  readonly parked?: ParkedView;
  /** Attempts that failed so far. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly result?: JsonValue;
  readonly createdAt: Date;
  readonly finishedAt?: Date;
  /** What may be seen of the payload. */
  readonly payload: Readonly<Record<string, JsonValue>>;
}
