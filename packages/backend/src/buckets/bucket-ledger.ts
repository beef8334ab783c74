import { randomUUID } from 'node:crypto';
import type { BucketGrant, BucketLimit, BucketState, Clock, TakeOptions, TakeResult } from '@fluxori/core';
import { checkLimits, checkPriority } from './check-limits.js';
import { Grants } from './grants.js';
import { SteadyClock } from './steady-clock.js';
import { type BucketRow, TokenBucket } from './token-bucket.js';
import { WaitingLine } from './waiting-line.js';

export interface LedgerOptions {
  readonly clock: Clock;
  /** How long a grant counts as in flight when nobody settles it. */
  readonly leaseMs?: number;
  /** A bucket that has been full for so long is dropped: it would begin full anyway. */
  readonly idleMs?: number;
  readonly newId?: () => string;
}

interface Seat {
  readonly bucket: TokenBucket;
  readonly line: WaitingLine;
}

const sweepEveryMs = 60_000;

/**
 * All buckets of one process, and who waits for them: the whole algorithm of `BucketStore`, without I/O.
 *
 * Who asks and is refused stands in the line of the bucket that it has to wait for longest, and of no other: there it would only hold up
 * those who could go. Its turn is when the tokens for all ahead of it and its own will have come in, so that of many thousands about one
 * comes back for each token.
 */
export class BucketLedger {
  readonly #clock: SteadyClock;
  readonly #idleMs: number;
  readonly #newId: () => string;
  readonly #seats = new Map<string, Seat>();
  readonly #grants: Grants;
  /** In which lines a waiter stands, by bucket key. */
  readonly #places = new Map<string, Set<string>>();
  #sweepAtMs: number;

  constructor({ clock, leaseMs = 60_000, idleMs = 600_000, newId = randomUUID }: LedgerOptions) {
    this.#clock = new SteadyClock(clock);
    this.#grants = new Grants(leaseMs);
    this.#idleMs = idleMs;
    this.#newId = newId;
    this.#sweepAtMs = this.#clock.now() + sweepEveryMs;
  }

  /** @throws ValidationError when a limit or the priority makes no sense. */
  take(limits: readonly BucketLimit[], { priority, waiter }: TakeOptions): TakeResult {
    checkLimits(limits);
    checkPriority(priority);
    const now = this.#now();
    const seats = this.#seatsOf(limits, now);
    for (const { line } of seats) {
      line.advance(now);
      if (waiter !== undefined) line.reprioritise(waiter, priority);
    }
    const slowest = slowestOf(seats, priority, waiter, now);
    if (slowest !== undefined) {
      if (waiter !== undefined) this.#wait(waiter, priority, seats, slowest, now);
      return {
        granted: false,
        retryAt: this.#tell(slowest.turnAtMs),
        limitedBy: slowest.seat.bucket.key,
      };
    }
    for (const { bucket, line } of seats) {
      bucket.take(now);
      if (waiter !== undefined) this.#leave(waiter, bucket.key, line);
    }
    const grant: BucketGrant = { id: this.#newId(), keys: seats.map(({ bucket }) => bucket.key) };
    this.#grants.add(grant, now);
    return { granted: true, grant };
  }

  /** @returns the keys of the buckets that changed. */
  settle(id: string, consumed: boolean): readonly string[] {
    const now = this.#now();
    const grant = this.#grants.remove(id);
    if (grant === undefined) return [];
    for (const key of grant.keys) this.#seats.get(key)?.bucket.settle(consumed, now);
    return grant.keys;
  }

  /**
   * The holders of these are alive, as processes that share a store say now and then (`open-grants.ts`). A lease whose end nobody has noticed
   * yet goes on; one that has been ended is no more, and nothing brings it back.
   */
  renew(ids: readonly string[]): void {
    const now = this.#clock.now();
    for (const id of ids) this.#grants.renew(id, now);
    this.#now();
  }

  forget(waiter: string): void {
    for (const key of this.#places.get(waiter) ?? []) this.#seats.get(key)?.line.remove(waiter);
    this.#places.delete(waiter);
  }

  drain(limit: BucketLimit, untilMs?: number): void {
    checkLimits([limit]);
    const now = this.#now();
    this.#seat(limit, now).bucket.drain(
      now,
      untilMs === undefined ? undefined : this.#clock.fromWall(untilMs),
    );
  }

  inspect(prefix: string): BucketState[] {
    const now = this.#now();
    return [...this.#seats.values()]
      .filter(({ bucket }) => bucket.key.startsWith(prefix))
      .sort((a, b) => (a.bucket.key < b.bucket.key ? -1 : 1))
      .map(({ bucket, line }) => {
        line.advance(now);
        return {
          key: bucket.key,
          ratePerSecond: bucket.ratePerSecond,
          burst: bucket.burst,
          level: bucket.levelAt(now),
          inFlight: bucket.inFlight,
          waiting: line.size,
          nextTokenAt: this.#tell(bucket.timeOf(1, now)),
        };
      });
  }

  /** Drops what has been full and idle for long, at most once a minute. @returns the keys that are gone. */
  sweep(): string[] {
    const now = this.#now();
    if (now < this.#sweepAtMs) return [];
    this.#sweepAtMs = now + sweepEveryMs;
    const gone: string[] = [];
    for (const [key, { bucket, line }] of this.#seats) {
      line.advance(now);
      if (line.size === 0 && bucket.isIdleFor(this.#idleMs, now)) gone.push(key);
    }
    for (const key of gone) this.#seats.delete(key);
    return gone;
  }

  /** What to write down for a bucket; undefined when there is none. */
  row(key: string): BucketRow | undefined {
    const row = this.#seats.get(key)?.bucket.toRow();
    return row && { ...row, levelAtMs: this.#clock.toWall(row.levelAtMs) };
  }

  /** Takes up what a process before this one wrote down. */
  restore(rows: readonly BucketRow[]): void {
    const now = this.#now();
    for (const row of rows) {
      const levelAtMs = this.#clock.fromWall(row.levelAtMs);
      this.#seats.set(row.key, this.#newSeat(TokenBucket.restored({ ...row, levelAtMs }, now)));
    }
  }

  /** The time, after what it has ended has been ended. */
  #now(): number {
    const now = this.#clock.now();
    for (const grant of this.#grants.ended(now)) {
      for (const key of grant.keys) this.#seats.get(key)?.bucket.settle(true, now);
    }
    return now;
  }

  /** Up to the next whole millisecond of the wall clock, so that who comes then is not early. */
  #tell(steadyMs: number): number {
    return Math.ceil(this.#clock.toWall(steadyMs));
  }

  #wait(waiter: string, priority: number, seats: readonly Seat[], slowest: Turn, now: number): void {
    for (const seat of seats) {
      const graceMs = graceOf(seat.bucket);
      if (seat === slowest.seat) {
        seat.line.put(waiter, priority, slowest.turnAtMs, graceMs);
        const places = this.#places.get(waiter);
        if (places === undefined) this.#places.set(waiter, new Set([seat.bucket.key]));
        else places.add(seat.bucket.key);
      } else {
        seat.line.postpone(waiter, now, slowest.turnAtMs, graceMs);
      }
    }
  }

  #leave(waiter: string, key: string, line: WaitingLine): void {
    line.remove(waiter);
    this.#unplace(waiter, key);
  }

  #unplace(waiter: string, key: string): void {
    const places = this.#places.get(waiter);
    if (places?.delete(key) && places.size === 0) this.#places.delete(waiter);
  }

  /** Each bucket once, in its present limits. */
  #seatsOf(limits: readonly BucketLimit[], now: number): Seat[] {
    return [...new Set(limits.map((limit) => this.#seat(limit, now)))];
  }

  #seat(limit: BucketLimit, now: number): Seat {
    const there = this.#seats.get(limit.key);
    if (there !== undefined) {
      there.bucket.setLimit(limit.ratePerSecond, limit.burst, now);
      return there;
    }
    const seat = this.#newSeat(new TokenBucket(limit.key, limit.ratePerSecond, limit.burst, now));
    this.#seats.set(limit.key, seat);
    return seat;
  }

  #newSeat(bucket: TokenBucket): Seat {
    return { bucket, line: new WaitingLine((name) => this.#unplace(name, bucket.key)) };
  }
}

interface Turn {
  readonly seat: Seat;
  readonly turnAtMs: number;
}

/** The bucket that the asker has to wait for longest; undefined when each has a token for it beside those that others have a claim to. */
function slowestOf(
  seats: readonly Seat[],
  priority: number,
  waiter: string | undefined,
  now: number,
): Turn | undefined {
  let slowest: Turn | undefined;
  for (const seat of seats) {
    const { bucket, line } = seat;
    if (bucket.has(line.dueAhead(priority, waiter) + 1, now)) continue;
    const turnAtMs = bucket.timeOf(line.ahead(priority, waiter) + 1, now);
    if (slowest === undefined || turnAtMs > slowest.turnAtMs) slowest = { seat, turnAtMs };
  }
  return slowest;
}

/** How long after its turn a waiter keeps its claim: longer than a live one takes to come, and long enough for a slow bucket's next token. */
function graceOf(bucket: TokenBucket): number {
  return Math.max(2_000, 2_000 / bucket.ratePerSecond);
}
