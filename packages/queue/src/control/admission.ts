import type { AccountId, Clock, Random } from '@fluxori/core';
import type { JobDefinition } from '../job/job-definition.js';
import { readNote } from '../job/job-note.js';
import type { ParkedFor } from '../outcome/outcome.js';
import type { BullJob } from '../queue/bull-types.js';
import type { AccountSlots } from './account-slots.js';
import type { Pauses } from './pauses.js';

/** Why a job that came to a worker does not run now. Times are milliseconds since the epoch. */
export interface Hold {
  readonly parkedFor: ParkedFor;
  readonly until: number;
  readonly reason: string;
  readonly since?: number;
}

interface Parts {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly pauses: Pauses;
  readonly slots: AccountSlots;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a job of a newer release waits for a worker that knows it; 0 when there can be no other worker. */
  readonly newerReleaseMs: number;
}

const dayMs = 86_400_000;
/** What waits for an operator waits for as long as it takes. Above any delay that a job can have except by a year. */
const untilResumedMs = 300 * dayMs;
/** A job in line is called. This is the net below it, for when the process that would call it has died. */
const calledWithinMs = { least: 30_000, perPlace: 1_000, most: 600_000 };
const askAgainMs = 15_000;

/** Decides at a worker's door, without asking the store: may this job run now? */
export class Admission {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns why not; undefined when it may, and then it has a place until `leave`. */
  enter(job: BullJob): Hold | undefined {
    const { accountId: account } = job.data;
    const newer = this.#ofNewerRelease(job);
    if (newer !== undefined) return newer;
    // Each time that a clockwork is taken BullMQ makes the next one. Held back, there would soon be as many as times have passed; what it
    // puts in is held instead, and is one.
    if (isClockwork(job)) return undefined;
    const pause = this.ofPause(account);
    if (pause !== undefined) return pause;
    const { slots, clock, random } = this.#parts;
    if (slots.enter(account, job.id!, job.priority)) return undefined;
    const place = slots.wait(account, job.id!, job.priority);
    const net = Math.min(
      calledWithinMs.least + place * calledWithinMs.perPlace,
      calledWithinMs.most * (0.5 + random() / 2),
    );
    const reason = `${slots.limit} jobs of ${account} are running here, which is the most at a time; it is called when one ends.`;
    return { parkedFor: 'account', until: clock.now() + net, reason };
  }

  /** Whether what it is held for was over while it was being parked. */
  async isOver(job: BullJob, hold: Hold): Promise<boolean> {
    const { pauses, slots } = this.#parts;
    const { accountId } = job.data;
    if (hold.parkedFor === 'account') return !slots.isWaiting(accountId, job.id!);
    return hold.parkedFor === 'pause' && !(await pauses.isPaused(accountId));
  }

  /** Gives the place back. @returns the jobs that are called to it. */
  leave(job: BullJob): readonly string[] {
    const { accountId } = job.data;
    if (isClockwork(job)) return [];
    this.#parts.slots.leave(accountId, job.priority);
    return this.#parts.slots.call(accountId);
  }

  /** What a job of this account is parked for while an operator has paused it. */
  ofPause(account: AccountId): Hold | undefined {
    const { pauses, clock } = this.#parts;
    const pause = pauses.ofAccount(account);
    if (pause === undefined) return undefined;
    const reason = `${account} was paused by an operator on ${pause.since.toISOString()}; it goes on when it is resumed.`;
    return { parkedFor: 'pause', until: clock.now() + untilResumedMs, reason };
  }

  /** While releases change, workers of both take jobs of both. */
  #ofNewerRelease(job: BullJob): Hold | undefined {
    const { definitions, clock, random, newerReleaseMs } = this.#parts;
    const definition = definitions.get(job.name);
    const known = definition?.version;
    const { version } = job.data;
    if (known !== undefined && !(version > known)) return undefined;
    const note = readNote(job.failedReason);
    const parked = note !== undefined && 'parked' in note ? note.parked : undefined;
    const since = (parked?.for === 'version' ? parked.since : undefined) ?? clock.now();
    if (clock.now() - since >= newerReleaseMs) return undefined;
    const what = known === undefined ? 'which is not known' : `version ${version}, and ${known} is known`;
    const reason = `It was put in by a newer release (${job.name}, ${what} here); it waits for a worker of that release.`;
    return { parkedFor: 'version', until: clock.now() + askAgainMs * (1 + random()), reason, since };
  }
}

/** What keeps the time of a schedule does no work of an account. */
function isClockwork(job: BullJob): boolean {
  return job.data.schedule !== undefined;
}
