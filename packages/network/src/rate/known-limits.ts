import type { Clock, KeyValueStore, Logger } from '@fluxori/core';
import { believableRate, type KnownLimit, merged } from './known-limit.js';
import { LimitRecords } from './limit-records.js';
import { primaryPlan, type UsagePlan } from './usage-plan.js';
import { afterRefusal, shareAfter } from './yielding.js';

/** While a bucket is in use, what is known of it is looked up again after so long, or after so many tokens where that is sooner. */
const fresh = { ms: 2_000, tokens: 5 } as const;
const shortestFreshMs = 250;
/** A refusal that another process has just told of is the one that we heard, too. */
const sameRefusalMs = 5_000;
/** A rate that is announced again and again is written again after so long, so that its record does not end while it is in use. Milliseconds. */
const renewedMs = 24 * 3_600_000;
/** How many buckets are kept in mind; the record of another is read again when it is used. */
const remembered = 10_000;

interface Entry {
  known: KnownLimit;
  /** When the last refusal was, by the clock of this process. */
  refusedAt: number;
  /** When the record was looked at. */
  lookedAt: number | undefined;
  /** When the record was written by this process, or might have been by another. */
  writtenAt: number;
}

/** A refusal as the processes agreed on it. */
export interface HeardRefusal {
  /** False, when it had been heard before: several requests that were under way together are refused together. */
  readonly isNew: boolean;
  /** The part of the rate that is left to us now. */
  readonly share: number;
  /** The bucket pauses until then; milliseconds since the epoch. */
  readonly untilMs: number;
}

/**
 * What this process knows of its limits: the rates that the remote side announced, and how much of each is ours while another program draws
 * from it. It is shared with the other processes through one record per bucket, which is read in the background while the bucket is in
 * use, and at once before something is made of a refusal. Only the first use of a bucket waits for it.
 */
export class KnownLimits {
  readonly #records: LimitRecords;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #hearings = new Map<string, Promise<unknown>>();
  /** Buckets in use, with how long what is known of them stays fresh. */
  readonly #used = new Map<string, number>();
  #nextLookAt = 0;

  constructor(store: KeyValueStore | undefined, clock: Clock, logger: Logger) {
    this.#records = new LimitRecords(store, clock, logger);
    this.#clock = clock;
  }

  /** True when what is known of the call's own bucket has been looked up before. Of those that all accounts share nothing is learnt. */
  knows(plans: readonly UsagePlan[]): boolean {
    const own = primaryPlan(plans);
    return own === undefined || this.#entries.has(own.key);
  }

  /** Looks up what other processes, or earlier ones, have learnt. */
  async load(plans: readonly UsagePlan[]): Promise<void> {
    const own = primaryPlan(plans);
    if (own === undefined || this.#entries.has(own.key)) return;
    await this.#look([own.key]);
    this.#entry(own.key);
  }

  /** The plans with what was observed in place of what was configured or published: the whole limits. */
  apply(plans: readonly UsagePlan[]): readonly UsagePlan[] {
    let changed: UsagePlan[] | undefined;
    for (const [index, plan] of plans.entries()) {
      const rate = plan.observable ? this.#entries.get(plan.key)?.known.observed?.ratePerSecond : undefined;
      if (rate === undefined || (rate === plan.ratePerSecond && plan.source === 'observed')) continue;
      changed ??= [...plans];
      changed[index] = { ...plan, ratePerSecond: rate, source: 'observed' };
    }
    return changed ?? plans;
  }

  /** The same, less what is left to other programs: the limits to keep now. */
  ours(plans: readonly UsagePlan[]): readonly UsagePlan[] {
    const own = primaryPlan(plans);
    if (own === undefined) return plans;
    const now = this.#clock.now();
    this.#used.set(
      own.key,
      Math.max(Math.min(fresh.ms, (fresh.tokens * 1000) / own.ratePerSecond), shortestFreshMs),
    );
    if (now >= this.#nextLookAt) void this.#refresh(now);
    const whole = this.apply(plans);
    if (this.#entries.get(own.key)?.known.yielding === undefined) return whole;
    return whole.map((plan) => {
      const share = plan.key === own.key ? this.#share(plan.key, plan.ratePerSecond, now) : 1;
      if (share >= 1) return plan;
      const burst = Math.max(plan.burst * share, Math.min(plan.burst, 2));
      return { ...plan, ratePerSecond: plan.ratePerSecond * share, burst };
    });
  }

  /**
   * Takes note of an announced rate.
   *
   * @param announced - the header's text, e.g. `2.0`.
   * @returns the rate when it is believable and new.
   */
  observe(plan: UsagePlan, announced: string): number | undefined {
    const ratePerSecond = believableRate(announced);
    const entry = this.#entry(plan.key);
    const before = entry.known.observed;
    if (ratePerSecond === undefined) return undefined;
    if (ratePerSecond === before?.ratePerSecond) {
      if (this.#clock.now() - entry.writtenAt >= renewedMs) this.#write(plan.key, entry);
      return undefined;
    }
    // A rate that only confirms the plan is kept too: it stands above a later change of the configuration.
    entry.known = { ...entry.known, observed: { turn: (before?.turn ?? 0) + 1, ratePerSecond } };
    this.#write(plan.key, entry);
    return ratePerSecond;
  }

  /**
   * The remote side refused a request of this bucket although a token was there.
   *
   * @param plan - the whole limit.
   * @param grantedAt - when the request got its token.
   * @param pauseMs - how long the bucket is to pause, for a share of the rate.
   */
  async refused(
    plan: UsagePlan,
    grantedAt: number,
    pauseMs: (share: number) => number,
  ): Promise<HeardRefusal> {
    // One at a time, so that the second of two that were under way together finds what the first one left.
    const before = this.#hearings.get(plan.key) ?? Promise.resolve();
    const hearing = before.then(() => this.#hear(plan, grantedAt, pauseMs));
    this.#hearings.set(plan.key, hearing);
    try {
      return await hearing;
    } finally {
      if (this.#hearings.get(plan.key) === hearing) this.#hearings.delete(plan.key);
    }
  }

  /** What is known of buckets, also of those that only other processes use; `all: false` asks only this process. */
  async describe(bucketKeys: readonly string[], all: boolean): Promise<ReadonlyMap<string, KnownLimit>> {
    const others = bucketKeys.filter((key) => !this.#entries.has(key));
    const read = all && others.length > 0 ? await this.#records.read(others) : undefined;
    const known = new Map(others.map((key, index) => [key, read?.[index] ?? {}]));
    for (const key of bucketKeys) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) known.set(key, localised(entry));
    }
    return known;
  }

  async #hear(plan: UsagePlan, grantedAt: number, pauseMs: (share: number) => number): Promise<HeardRefusal> {
    const entry = this.#entry(plan.key);
    const turn = entry.known.yielding?.turn ?? 0;
    const now = this.#clock.now();
    if (grantedAt >= pauseEnd(entry)) await this.#look([plan.key]);
    const { yielding } = entry.known;
    const isNews = yielding !== undefined && yielding.turn > turn && now - entry.refusedAt < sameRefusalMs;
    if (isNews || grantedAt < pauseEnd(entry)) {
      return {
        isNew: false,
        share: this.#share(plan.key, plan.ratePerSecond, now),
        untilMs: pauseEnd(entry),
      };
    }
    const elapsedMs = now - entry.refusedAt;
    const next = afterRefusal(yielding && { yielding, elapsedMs }, plan.ratePerSecond, now);
    const pause = pauseMs(next.share);
    const { ratePerSecond, burst } = plan;
    entry.known = { ...entry.known, yielding: { ...next, pauseMs: pause, ratePerSecond, burst } };
    entry.refusedAt = now;
    this.#write(plan.key, entry);
    return { isNew: true, share: next.share, untilMs: now + pause };
  }

  #share(key: string, ratePerSecond: number, now: number): number {
    const entry = this.#entries.get(key);
    if (entry?.known.yielding === undefined) return 1;
    return shareAfter(entry.known.yielding, ratePerSecond, now - entry.refusedAt);
  }

  /** Looks again at what has been in use and is no longer fresh, all at once. */
  async #refresh(now: number): Promise<void> {
    this.#nextLookAt = now + shortestFreshMs;
    const stale: string[] = [];
    for (const [key, freshMs] of this.#used) {
      const lookedAt = this.#entries.get(key)?.lookedAt ?? Number.NEGATIVE_INFINITY;
      if (now - lookedAt >= freshMs) stale.push(key);
    }
    for (const key of stale) this.#used.delete(key);
    await this.#look(stale);
  }

  async #look(bucketKeys: readonly string[]): Promise<void> {
    if (bucketKeys.length === 0) return;
    const read = await this.#records.read(bucketKeys);
    if (read === undefined) return;
    const now = this.#clock.now();
    for (const [index, key] of bucketKeys.entries()) this.#learn(key, read[index] ?? {}, now);
  }

  #learn(key: string, read: KnownLimit, now: number): void {
    const entry = this.#entry(key);
    const known = merged(entry.known, read);
    const { yielding } = known;
    if (yielding !== undefined && yielding.turn !== entry.known.yielding?.turn) {
      // The clock of the one who wrote it may be another. It was not there when we looked last, and it is now.
      entry.refusedAt = Math.min(Math.max(yielding.at, entry.lookedAt ?? yielding.at), now);
    }
    entry.known = known;
    entry.lookedAt = now;
    // Somebody else wrote at the same moment, and what we know was lost.
    if (isBehind(read, known)) this.#write(key, entry);
  }

  #write(key: string, entry: Entry): void {
    entry.writtenAt = this.#clock.now();
    this.#records.write(key, entry.known);
  }

  #entry(key: string): Entry {
    const there = this.#entries.get(key);
    if (there !== undefined) return there;
    if (this.#entries.size >= remembered) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry: Entry = {
      known: {},
      refusedAt: Number.NEGATIVE_INFINITY,
      lookedAt: undefined,
      writtenAt: this.#clock.now(),
    };
    this.#entries.set(key, entry);
    return entry;
  }
}

function pauseEnd({ known, refusedAt }: Entry): number {
  return known.yielding === undefined ? Number.NEGATIVE_INFINITY : refusedAt + known.yielding.pauseMs;
}

/** With the time of the refusal by our own clock. */
function localised({ known, refusedAt }: Entry): KnownLimit {
  return known.yielding === undefined ? known : { ...known, yielding: { ...known.yielding, at: refusedAt } };
}

function isBehind(stored: KnownLimit, known: KnownLimit): boolean {
  return (
    stored.observed?.ratePerSecond !== known.observed?.ratePerSecond ||
    stored.yielding?.turn !== known.yielding?.turn
  );
}
