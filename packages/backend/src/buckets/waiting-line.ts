import { Appointments } from './appointments.js';
import { Lane, type LanePlace } from './lane.js';

interface Waiter extends LanePlace {
  readonly name: string;
  readonly priority: number;
  /** Goes up with every change, so that older appointments no longer hold. */
  number: number;
  turnAtMs: number;
  leavesAtMs: number;
}

/**
 * Who waits for a bucket, in order of priority and arrival.
 *
 * Everybody has been told a turn. From then on the waiter is *due*, and has a claim that those behind it must leave a token for;
 * one that does not come within its grace is taken to be dead and leaves the line.
 * All counts take logarithmic time, so a line of many thousands costs as little as a short one.
 */
export class WaitingLine {
  readonly #waiters = new Map<string, Waiter>();
  readonly #lanes = new Map<number, Lane<Waiter>>();
  readonly #appointments = new Appointments<Waiter>();
  readonly #onLeft: (name: string) => void;

  /** @param onLeft - hears of each waiter that leaves because it did not come. */
  constructor(onLeft: (name: string) => void) {
    this.#onLeft = onLeft;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** One who asks with another urgency than before goes to the end of those who share it. */
  reprioritise(name: string, priority: number): void {
    const waiter = this.#waiters.get(name);
    if (waiter === undefined || waiter.priority === priority) return;
    this.remove(name);
    this.#join(name, priority, waiter.turnAtMs, waiter.leavesAtMs);
  }

  /** How many go before an asker of this priority (who may be in the line, with this priority). */
  ahead(priority: number, name?: string): number {
    return this.#count(
      priority,
      name,
      (lane) => lane.size,
      (lane, waiter) => lane.before(waiter),
    );
  }

  /** How many of those are due. */
  dueAhead(priority: number, name?: string): number {
    return this.#count(
      priority,
      name,
      (lane) => lane.dueCount,
      (lane, waiter) => lane.dueBefore(waiter),
    );
  }

  /** Tells this waiter its turn; one who is in the line keeps the place. */
  put(name: string, priority: number, turnAtMs: number, graceMs: number): void {
    const waiter = this.#waiters.get(name);
    if (waiter === undefined) this.#join(name, priority, turnAtMs, turnAtMs + graceMs);
    else this.#appoint(waiter, turnAtMs, turnAtMs + graceMs);
  }

  /**
   * This waiter (if it is here) could come, but must wait for another bucket until `untilMs`.
   * A claim that is due is kept when that is soon, else given up until then.
   */
  postpone(name: string, nowMs: number, untilMs: number, graceMs: number): void {
    const waiter = this.#waiters.get(name);
    if (waiter === undefined) return;
    const keepsClaim = waiter.due && untilMs - nowMs <= graceMs;
    this.#appoint(waiter, keepsClaim ? waiter.turnAtMs : untilMs, untilMs + graceMs, keepsClaim);
  }

  remove(name: string): void {
    const waiter = this.#waiters.get(name);
    if (waiter === undefined) return;
    waiter.number++;
    this.#waiters.delete(name);
    const lane = this.#lane(waiter.priority);
    lane.remove(waiter);
    if (lane.size === 0) this.#lanes.delete(waiter.priority);
  }

  /** Calls those whose turn has come, and gives up those who have not come in time. */
  advance(nowMs: number): void {
    for (;;) {
      const waiter = this.#appointments.next(nowMs);
      if (waiter === undefined) break;
      if (waiter.leavesAtMs <= nowMs) {
        this.remove(waiter.name);
        this.#onLeft(waiter.name);
      } else {
        this.#lane(waiter.priority).setDue(waiter, true);
        this.#appointments.add(waiter.leavesAtMs, waiter);
      }
    }
  }

  #join(name: string, priority: number, turnAtMs: number, leavesAtMs: number): void {
    const waiter: Waiter = { name, priority, number: 0, turnAtMs, leavesAtMs, place: 0, due: false };
    this.#waiters.set(name, waiter);
    this.#lane(priority).add(waiter);
    this.#appoint(waiter, turnAtMs, leavesAtMs);
  }

  #appoint(waiter: Waiter, turnAtMs: number, leavesAtMs: number, due = false): void {
    waiter.number++;
    waiter.turnAtMs = turnAtMs;
    waiter.leavesAtMs = leavesAtMs;
    this.#lane(waiter.priority).setDue(waiter, due);
    this.#appointments.add(due ? leavesAtMs : turnAtMs, waiter);
    if (this.#appointments.size > this.#waiters.size * 2 + 64) this.#appointments.tidy();
  }

  #count(
    priority: number,
    name: string | undefined,
    all: (lane: Lane<Waiter>) => number,
    before: (lane: Lane<Waiter>, waiter: Waiter) => number,
  ): number {
    const waiter = name === undefined ? undefined : this.#waiters.get(name);
    let count = 0;
    for (const [urgency, lane] of this.#lanes) {
      if (urgency < priority) count += all(lane);
      else if (urgency === priority) count += waiter === undefined ? all(lane) : before(lane, waiter);
    }
    return count;
  }

  #lane(priority: number): Lane<Waiter> {
    let lane = this.#lanes.get(priority);
    if (lane === undefined) {
      lane = new Lane<Waiter>();
      this.#lanes.set(priority, lane);
    }
    return lane;
  }
}
