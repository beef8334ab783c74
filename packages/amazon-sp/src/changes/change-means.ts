import { type Priority, priorities } from '@fluxori/core';
import type { OperationQueues } from '@fluxori/queue';
import type { SpCallOptions } from '../pipeline/call-options.js';

/** What of the queues changes need: to put jobs in, and to wake those that wait. */
export type ChangeQueues = Pick<OperationQueues, 'add' | 'wakeAll'>;

/** How changes are gathered. Times in milliseconds. */
export interface CoalescingOptions {
  /** From the first change to the first look, so that what comes together goes together; 150 by default. */
  readonly gatherMs: number;
  /** Where a feed is worth it, it waits until no more changes have come for so long; 2,000 by default. */
  readonly quietMs: number;
  /** And at most for so long, unless as much again would fill it; 120,000 by default. A feed that is full does not wait. */
  readonly longestGatherMs: number;
  /** Listings patched between two looks at what has come meanwhile; 25 by default. */
  readonly patchesAtATime: number;
  /** For so long one account is worked for before the others get their turn; 5,000 by default. */
  readonly turnMs: number;
  /** What a feed is taken to take until the account's feeds have shown it: however small it is, and for each message. */
  readonly feedBaseMs?: number;
  readonly feedMessageMs?: number;
}

export const coalescingDefaults: CoalescingOptions = {
  gatherMs: 150,
  quietMs: 2_000,
  longestGatherMs: 120_000,
  patchesAtATime: 25,
  turnMs: 5_000,
};

/** Makes a call on a job's terms. */
export type MakeCall = <T>(work: (terms: SpCallOptions) => Promise<T>) => Promise<T>;

/** A priority by its number. */
export function priorityNamed(value: number): Priority {
  return (Object.keys(priorities) as Priority[]).find((name) => priorities[name] === value) ?? 'normal';
}
