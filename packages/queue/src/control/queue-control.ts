import type { AccountId, Clock, Logger } from '@fluxori/core';
import { readNote } from '../job/job-note.js';
import type { ParkedFor } from '../outcome/outcome.js';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import { promoteAll } from '../queue/promote.js';
import type { JobRun } from '../run/job-run.js';
import type { AccountSlots } from './account-slots.js';
import type { Pauses } from './pauses.js';

export interface PauseOptions {
  /** Only this account's jobs; all of the section when left out. */
  readonly accountId?: AccountId;
  /** Running jobs leave at their next checkpoint; by default they finish. */
  readonly stopRunning?: boolean;
}

export interface PausedView {
  readonly accountId: AccountId;
  readonly since: Date;
}

interface Parts {
  readonly pauses: Pauses;
  readonly slots: AccountSlots;
  readonly queue: () => Promise<BullQueue>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const pageSize = 500;
/** Whoever brings the jobs of a resumed account back and has not come to an end after so long has died. */
const resumeTakesMs = 30_000;
/** How often a worker looks for jobs that are parked for a pause that is over. */
const lookForForgottenMs = 300_000;

/** Pauses and resumes a section, or an account in it, for all processes. */
export class QueueControl {
  readonly #parts: Parts;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns false when it was paused already. */
  async pause({ accountId, stopRunning = false }: PauseOptions): Promise<boolean> {
    const { pauses, clock, logger } = this.#parts;
    const begun = await pauses.begin(accountId, clock.now(), stopRunning);
    if (accountId === undefined) await (await this.#parts.queue()).pause();
    if (begun) logger.info({ account: accountId }, 'Paused by an operator.');
    return begun;
  }

  /** What was parked for it goes on at once, most urgent first. @returns false when it was not paused. */
  async resume({ accountId }: Pick<PauseOptions, 'accountId'>): Promise<boolean> {
    const { pauses, clock, logger } = this.#parts;
    const queue = await this.#parts.queue();
    if (accountId === undefined) {
      const wasPaused = await queue.isPaused();
      await queue.resume();
      const known = await pauses.lift(undefined, clock.now());
      await pauses.end(undefined);
      return wasPaused || known;
    }
    if (!(await pauses.lift(accountId, clock.now()))) return false;
    const jobs = await this.#bringBack(queue, accountId);
    logger.info({ account: accountId, jobs }, 'Resumed by an operator; what was parked goes on.');
    return true;
  }

  /** Since when the section is paused; undefined when it is not. */
  async sectionPaused(): Promise<Date | undefined> {
    const { pauses } = this.#parts;
    await pauses.lookUp();
    if (!(await (await this.#parts.queue()).isPaused())) return undefined;
    // Without a note of ours somebody else has paused it, a board perhaps.
    return pauses.ofSection()?.since ?? new Date(this.#parts.clock.now());
  }

  async pausedAccounts(): Promise<PausedView[]> {
    const { pauses } = this.#parts;
    await pauses.lookUp();
    return [...pauses.accounts()].map(([accountId, { since }]) => ({ accountId, since }));
  }

  /** A worker does so at its start: jobs that were in line for a place may have been in the line of a process that died. */
  async begin(): Promise<void> {
    const { slots } = this.#parts;
    await this.watch([]);
    if (slots.limit === Number.POSITIVE_INFINITY) return;
    const queue = await this.#parts.queue();
    const inLine: string[] = [];
    for (let start = 0; ; start += pageSize) {
      const page = await queue.getJobs(['delayed'], start, start + pageSize - 1, true);
      inLine.push(...page.filter((job) => parkedFor(job) === 'account').map(({ id }) => id!));
      if (page.length < pageSize) break;
    }
    await promoteAll(queue, inLine);
  }

  /** A worker does so every second: what others have ordered reaches it, and places that fell free are given on. */
  async watch(runs: Iterable<JobRun>): Promise<void> {
    const { pauses, slots, clock } = this.#parts;
    await pauses.lookUp();
    for (const run of runs) {
      const told = pauses.ofSection()?.stopRunning || pauses.ofAccount(run.accountId)?.stopRunning;
      run.leaveAtCheckpoint = told ? 'paused' : undefined;
    }
    for (const accountId of pauses.resumingSince(clock.now() - resumeTakesMs)) {
      await this.#bringBack(await this.#parts.queue(), accountId);
    }
    if (clock.now() - this.#lookedAt >= lookForForgottenMs) {
      this.#lookedAt = clock.now();
      const paused = pauses.accounts();
      await this.#promoteHeld((account) => !paused.has(account));
    }
    const called = slots.callAgain();
    if (called.length > 0) await promoteAll(await this.#parts.queue(), called);
  }

  async #bringBack(queue: BullQueue, accountId: AccountId): Promise<number> {
    const jobs = await this.#promoteHeld((account) => account === accountId, queue);
    await this.#parts.pauses.end(accountId);
    return jobs;
  }

  /**
   * What is parked for a pause lies at the end of what is parked, for its time is far away. Of those that came, went or were promoted while the
   * pages were read, a few may be missed: a worker's look every few minutes finds them, and one that a broken connection has left behind.
   */
  async #promoteHeld(isMeant: (account: AccountId) => boolean, at?: BullQueue): Promise<number> {
    const queue = at ?? (await this.#parts.queue());
    const parked: BullJob[] = [];
    for (let start = 0; ; start += pageSize) {
      const page = await queue.getJobs(['delayed'], start, start + pageSize - 1, false);
      const held = page.filter((job) => parkedFor(job) === 'pause');
      parked.push(...held.filter(({ data }) => isMeant(data.accountId)));
      if (held.length === 0 || page.length < pageSize) break;
    }
    // Sorting is stable: within a priority, whoever was parked first goes on first.
    const inOrder = parked.reverse().sort((a, b) => a.priority - b.priority);
    await promoteAll(
      queue,
      inOrder.map(({ id }) => id!),
    );
    return inOrder.length;
  }
}

function parkedFor(job: BullJob): ParkedFor | undefined {
  const note = readNote(job.failedReason);
  return note !== undefined && 'parked' in note ? note.parked.for : undefined;
}
