import type { AccountId } from '@fluxori/core';

interface Waiting {
  readonly jobId: string;
  readonly priority: number;
  readonly arrival: number;
}

interface Account {
  running: number;
  readonly line: Map<string, Waiting>;
  /** Called, and on their way: their places are kept. With the round in which they were called. */
  readonly called: Map<string, number>;
}

/** The most urgent priority: such a job is neither held back nor counted. */
const critical = 1;
/** Who has not come after so many rounds has gone elsewhere, to another process perhaps. */
const roundsToCome = 3;

/**
 * At most so many jobs of one account at a time in this process, and a line of those that came when it was full. Who ends makes room for
 * one: one wakes, not all. A limit over all processes would cost every job a question to the store; divide it by the number of workers.
 */
export class AccountSlots {
  readonly #limit: number;
  readonly #accounts = new Map<AccountId, Account>();
  readonly #arrivals = new Map<string, number>();
  #arrival = 0;
  #round = 0;

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
    const here = this.#account(account);
    const kept = here.called.delete(jobId);
    if (here.running + here.called.size >= this.#limit && !(kept && here.running < this.#limit)) return false;
    here.running += 1;
    here.line.delete(jobId);
    this.#arrivals.delete(jobId);
    return true;
  }

  /** Gives a place back that `enter` took with the same priority. */
  leave(account: AccountId, priority: number): void {
    if (this.#limit === Number.POSITIVE_INFINITY || priority === critical) return;
    this.#account(account).running -= 1;
    this.#tidy(account);
  }

  /** Joins the line; one that was called and came too late has its old place. @returns how many are in it. */
  wait(account: AccountId, jobId: string, priority: number): number {
    const arrival = this.#arrivals.get(jobId) ?? this.#arrival++;
    this.#arrivals.set(jobId, arrival);
    const { line } = this.#account(account);
    return line.set(jobId, { jobId, priority, arrival }).size;
  }

  /** Whether nobody has called it yet. */
  isWaiting(account: AccountId, jobId: string): boolean {
    return this.#accounts.get(account)?.line.has(jobId) ?? false;
  }

  /** Calls as many as there are places for, the most urgent first. Their places are kept for a while. */
  call(account: AccountId): readonly string[] {
    const here = this.#accounts.get(account);
    if (here === undefined) return [];
    const called: string[] = [];
    while (here.running + here.called.size < this.#limit && here.line.size > 0) {
      const { jobId } = mostUrgent(here.line.values());
      here.line.delete(jobId);
      here.called.set(jobId, this.#round);
      called.push(jobId);
    }
    return called;
  }

  /** Another round: the places of those who were called and have not come are free. @returns who is called to them. */
  callAgain(): readonly string[] {
    this.#round += 1;
    const called: string[] = [];
    for (const [account, here] of this.#accounts) {
      for (const [jobId, round] of here.called) {
        if (this.#round - round > roundsToCome) this.forget(jobId);
      }
      called.push(...this.call(account));
      this.#tidy(account);
    }
    return called;
  }

  /** The job is gone. */
  forget(jobId: string): void {
    if (!this.#arrivals.delete(jobId)) return;
    for (const [account, { line, called }] of this.#accounts) {
      line.delete(jobId);
      called.delete(jobId);
      this.#tidy(account);
    }
  }

  #account(account: AccountId): Account {
    const here = this.#accounts.get(account) ?? { running: 0, line: new Map(), called: new Map() };
    this.#accounts.set(account, here);
    return here;
  }

  #tidy(account: AccountId): void {
    const here = this.#accounts.get(account);
    if (here !== undefined && here.running <= 0 && here.line.size + here.called.size === 0) {
      this.#accounts.delete(account);
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
