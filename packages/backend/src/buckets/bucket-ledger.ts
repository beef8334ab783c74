import { randomUUID } from 'node:crypto';
import type { BucketLimit, BucketState, Clock, TakeOptions, TakeResult } from '@fluxori/core';
import { type BucketRow, TokenBucket } from './token-bucket.js';

interface Grant {
  readonly keys: readonly string[];
  readonly endsAtMs: number;
}

/** All buckets of one process. */
export class BucketLedger {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #grants = new Map<string, Grant>();
  readonly #leaseMs = 60_000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(limits: readonly BucketLimit[], _options: TakeOptions): TakeResult {
    const now = this.#clock.now();
    const buckets = limits.map((limit) => this.#bucket(limit, now));
    const short = buckets.filter((bucket) => !bucket.has(1, now));
    if (short.length > 0) {
      const slowest = short.reduce((a, b) => (b.timeOf(1, now) > a.timeOf(1, now) ? b : a));
      return { granted: false, retryAt: slowest.timeOf(1, now), limitedBy: slowest.key };
    }
    for (const bucket of buckets) bucket.take(now);
    const grant = { id: randomUUID(), keys: buckets.map((bucket) => bucket.key) };
    this.#grants.set(grant.id, { keys: grant.keys, endsAtMs: now + this.#leaseMs });
    return { granted: true, grant };
  }

  settle(id: string, consumed: boolean): readonly string[] {
    const grant = this.#grants.get(id);
    if (grant === undefined) return [];
    this.#grants.delete(id);
    const now = this.#clock.now();
    for (const key of grant.keys) this.#buckets.get(key)?.settle(consumed, now);
    return grant.keys;
  }

  forget(_waiter: string): void {}

  drain(limit: BucketLimit, untilMs?: number): void {
    const now = this.#clock.now();
    this.#bucket(limit, now).drain(now, untilMs);
  }

  inspect(prefix: string): BucketState[] {
    const now = this.#clock.now();
    return [...this.#buckets.values()]
      .filter((bucket) => bucket.key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map((bucket) => ({
        key: bucket.key,
        ratePerSecond: bucket.ratePerSecond,
        burst: bucket.burst,
        level: bucket.levelAt(now),
        inFlight: bucket.inFlight,
        waiting: 0,
        nextTokenAt: bucket.timeOf(1, now),
      }));
  }

  rows(keys: Iterable<string>): BucketRow[] {
    return [...keys].flatMap((key) => this.#buckets.get(key)?.toRow() ?? []);
  }

  restore(rows: readonly BucketRow[]): void {
    const now = this.#clock.now();
    for (const row of rows) this.#buckets.set(row.key, TokenBucket.restored(row, now));
  }

  #bucket(limit: BucketLimit, now: number): TokenBucket {
    let bucket = this.#buckets.get(limit.key);
    if (bucket === undefined) {
      bucket = new TokenBucket(limit.key, limit.ratePerSecond, limit.burst, now);
      this.#buckets.set(limit.key, bucket);
    }
    bucket.setLimit(limit.ratePerSecond, limit.burst, now);
    return bucket;
  }
}
