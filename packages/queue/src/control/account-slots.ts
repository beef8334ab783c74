import type { AccountId } from '@fluxori/core';

interface Waiting {
  readonly jobId: string;
  readonly priority: number;
  readonly arrival: number;
}

/** The most urgent priority: such a job is neither held back nor counted. */
const critical = 1;

/**
 * At most so many jobs of one account at a time in this process, and a line of those that came when it was full. Who ends makes room for
 * one: one wakes, not all. A limit over all processes would cost every job a question to the store; divide it by the number of workers.
 */
export class AccountSlots {
  readonly #limit: number;
  readonly #running = new Map<AccountId, number>();
  readonly #lines = new Map<AccountId, Map<string, Waiting>>();
  readonly #arrivals = new Map<string, number>();
  #arrival = 0;

  /** @param limit - jobs of one account; no limit when undefined. */
  constructor(limit: number | undefined) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Takes a place. @returns false when the account has none left; nothing is taken then. */
  enter(account: AccountId, jobId: string, priority: number): boolean {
    if (this.#limit === Number.POSITIVE_INFINITY || priority === critical) return true;
    const running = this.#running.get(account) ?? 0;
    if (running >= this.#limit) return false;
    this.#running.set(account, running + 1);
    this.forget(jobId);
    return true;
  }

  /** Gives a place back that `enter` took with the same priority. */
  leave(account: AccountId, priority: number): void {
    if (this.#limit === Number.POSITIVE_INFINITY || priority === critical) return;
    const running = (this.#running.get(account) ?? 1) - 1;
    if (running <= 0) this.#running.delete(account);
    else this.#running.set(account, running);
  }

  /** Joins the line; one that was called and came too late has its old place. @returns how many are in it. */
  wait(account: AccountId, jobId: string, priority: number): number {
    const arrival = this.#arrivals.get(jobId) ?? this.#arrival++;
    this.#arrivals.set(jobId, arrival);
    const line = this.#lines.get(account) ?? new Map<string, Waiting>();
    this.#lines.set(account, line.set(jobId, { jobId, priority, arrival }));
    return line.size;
  }

  /** Calls as many as there are places for, the most urgent first. They leave the line, and take a place when they come. */
  call(account: AccountId): readonly string[] {
    const line = this.#lines.get(account);
    if (line === undefined) return [];
    const places = this.#limit - (this.#running.get(account) ?? 0);
    const called: string[] = [];
    while (called.length < places && line.size > 0) {
      const next = mostUrgent(line.values());
      line.delete(next.jobId);
      called.push(next.jobId);
    }
    if (line.size === 0) this.#lines.delete(account);
    return called;
  }

  /** Accounts that have jobs in line. */
  get waiting(): readonly AccountId[] {
    return [...this.#lines.keys()];
  }

  /** The job runs, or is gone. */
  forget(jobId: string): void {
    if (!this.#arrivals.delete(jobId)) return;
    for (const [account, line] of this.#lines) {
      if (line.delete(jobId) && line.size === 0) this.#lines.delete(account);
    }
  }
}

function mostUrgent(line: Iterable<Waiting>): Waiting {
  let first: Waiting | undefined;
  for (const one of line) {
    const sooner =
      first === undefined ||
      one.priority < first.priority ||
      (one.priority === first.priority && one.arrival < first.arrival);
    if (sooner) first = one;
  }
  return first!;
}
