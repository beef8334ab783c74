import { type BucketGrant, type BucketStore, type Clock, type Priority, priorities } from '@fluxori/core';
import Bottleneck from 'bottleneck';
import type { UsagePlan } from './usage-plan.js';

/** One call that waits for its token in this process. */
export interface LaneWaiter {
  readonly priority: Priority;
  /** Its name in the store, when it has one. */
  readonly name?: string;
  serve(grant: BucketGrant): void;
  fail(error: unknown): void;
}

export interface LaneOptions {
  /** Names the lane in the store; unique among all processes. */
  readonly name: string;
  readonly buckets: BucketStore;
  readonly clock: Clock;
  /** The limits that hold now; asked for before every take. */
  readonly limits: () => readonly UsagePlan[];
  /** Called once, when nobody waits any more. */
  readonly onIdle: () => void;
}

/** A token on its way to a waiter, and the name under which the store gave it. */
interface Token {
  readonly grant: BucketGrant;
  readonly name: string | undefined;
}

/** The longest time between two looks at the store: others who waited there may have given up. */
const longestSleepMs = 15_000;
/** Bottleneck takes a few milliseconds to queue a ticket; this many per priority keep it ahead of the fastest bucket. */
const ticketsAhead = 2;

/**
 * The waiting line of one set of buckets in this process: most urgent first, then in order of arrival.
 *
 * Bottleneck decides whose turn it is. Its reservoir starts empty; a single pump asks the store for one token at a time and adds each to the
 * reservoir, so that the most urgent call gets it, also one that arrived after the pump began to wait. Bottleneck admits its jobs one by
 * one, some milliseconds each, and cannot withdraw one; so it holds *tickets*, a few per priority, and the calls themselves wait in plain
 * sets: thousands may wait without delaying an urgent one, and an aborted one leaves at once.
 */
export class RateLane {
  readonly #options: LaneOptions;
  readonly #limiter = new Bottleneck({ reservoir: 0 });
  readonly #lines = new Map<number, Set<LaneWaiter>>();
  readonly #tickets = new Map<number, number>();
  readonly #registered = new Set<string>();
  #size = 0;
  #onHandOver: (() => void) | undefined;
  #tokens: Token[] = [];
  #wake = new AbortController();
  #running = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** How many of the same or a higher priority wait here that the store does not know by a name of their own. */
  unnamedAhead(priority: Priority): number {
    let ahead = 0;
    for (const [urgency, line] of this.#lines) {
      if (urgency > priorities[priority]) continue;
      for (const waiter of line) if (waiter.name === undefined) ahead += 1;
    }
    // One of them is known to the store as the head of this lane.
    return Math.max(ahead - (this.#registered.size > 0 ? 1 : 0), 0);
  }

  /** Whether somebody of the same or a higher priority waits here for whom no token is on its way. */
  hasAhead(priority: Priority): boolean {
    let ahead = -this.#tokens.length;
    for (const [urgency, line] of this.#lines) if (urgency <= priorities[priority]) ahead += line.size;
    return ahead > 0;
  }

  /** Lines up. `remove` takes the waiter out again; it does nothing after it was served. */
  add(waiter: LaneWaiter): { remove(): void } {
    const urgency = priorities[waiter.priority];
    const moreUrgent = !this.hasAhead(waiter.priority);
    const line = this.#lines.get(urgency) ?? new Set();
    this.#lines.set(urgency, line);
    line.add(waiter);
    this.#size += 1;
    this.#requestTicket(urgency);
    if (moreUrgent) this.#wake.abort();
    if (!this.#running) void this.#pump();
    return {
      remove: () => {
        if (line.delete(waiter)) this.#left();
      },
    };
  }

  /** Puts a token into the lane that was obtained elsewhere. */
  offer(grant: BucketGrant, name?: string): void {
    this.#tokens.push({ grant, name });
    void this.#limiter.incrementReservoir(1);
  }

  #left(): void {
    this.#size -= 1;
    if (this.#size > 0) return;
    this.#wake.abort();
    this.#onHandOver?.();
  }

  async #pump(): Promise<void> {
    this.#running = true;
    try {
      while (this.#size > 0) await this.#takeOne();
    } catch (error) {
      for (const line of this.#lines.values()) {
        for (const waiter of line) waiter.fail(error);
        line.clear();
      }
      this.#size = 0;
    } finally {
      this.#running = false;
      this.#release();
      this.#options.onIdle();
    }
  }

  async #takeOne(): Promise<void> {
    this.#wake = new AbortController();
    this.#forgetEmptyLines();
    const head = this.#head();
    if (head === undefined) return;
    const urgency = priorities[head.priority];
    const name = head.name ?? `${this.#options.name}/${urgency}`;
    const result = await this.#options.buckets.take(this.#options.limits(), {
      priority: urgency,
      waiter: name,
    });
    if (result.granted) {
      this.#registered.delete(name);
      const handedOver = new Promise<void>((resolve) => {
        this.#onHandOver = resolve;
      });
      this.offer(result.grant, name);
      if (this.#size > 0) await handedOver;
      return;
    }
    if (head.name === undefined) this.#registered.add(name);
    const waitMs = Math.min(Math.max(result.retryAt - this.#options.clock.now(), 1), longestSleepMs);
    await this.#options.clock.sleep(waitMs, this.#wake.signal).catch(() => undefined);
  }

  #head(): LaneWaiter | undefined {
    return this.#first(Math.min(...[...this.#lines].filter(([, line]) => line.size > 0).map(([key]) => key)));
  }

  #first(urgency: number): LaneWaiter | undefined {
    return this.#lines.get(urgency)?.values().next().value;
  }

  #requestTicket(urgency: number): void {
    const held = this.#tickets.get(urgency) ?? 0;
    if (held >= ticketsAhead || held >= (this.#lines.get(urgency)?.size ?? 0)) return;
    this.#tickets.set(urgency, held + 1);
    void this.#limiter.schedule({ priority: urgency }, async () => this.#serve(urgency));
  }

  /** Bottleneck gave this priority's ticket the token. */
  #serve(urgency: number): void {
    this.#tickets.set(urgency, (this.#tickets.get(urgency) ?? 1) - 1);
    const token = this.#tokens.shift();
    // Those of this priority may all have left; then their token goes to the most urgent one who is still here.
    const waiter = this.#first(urgency) ?? this.#head();
    if (token !== undefined && waiter === undefined) this.#giveBack(token);
    else if (token !== undefined && waiter !== undefined) {
      this.#lines.get(priorities[waiter.priority])?.delete(waiter);
      // The store still has it waiting when the token came under another's name.
      if (waiter.name !== undefined && waiter.name !== token.name) this.#forget(waiter.name);
      waiter.serve(token.grant);
      this.#left();
    }
    for (const other of this.#lines.keys()) this.#requestTicket(other);
    this.#onHandOver?.();
  }

  #forgetEmptyLines(): void {
    for (const name of this.#registered) {
      const urgency = Number(name.slice(name.lastIndexOf('/') + 1));
      if ((this.#lines.get(urgency)?.size ?? 0) > 0) continue;
      this.#registered.delete(name);
      this.#forget(name);
    }
  }

  #release(): void {
    for (const token of this.#tokens.splice(0)) this.#giveBack(token);
    for (const name of this.#registered) this.#forget(name);
    this.#registered.clear();
  }

  // What these two tell the store only helps others along; the store's own leases make up for it when they fail.

  #giveBack(token: Token): void {
    this.#options.buckets.settle(token.grant, { consumed: false }).catch(() => undefined);
  }

  #forget(name: string): void {
    this.#options.buckets.forget(name).catch(() => undefined);
  }
}
