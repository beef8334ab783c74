import {
  type BucketGrant,
  type BucketStore,
  type Clock,
  type KeyValueStore,
  type Logger,
  type Metrics,
  noMetrics,
  type Priority,
  priorities,
  type Random,
  type RateSnapshot,
  silentLogger,
  systemClock,
  systemRandom,
} from '@fluxori/core';
import { abortable } from '../abort/abortable.js';
import { metricNames } from '../metric-names.js';
import { KnownLimits } from './known-limits.js';
import { RateLanes } from './rate-lanes.js';
import { rateRefusal, snapshotOf } from './rate-refusal.js';
import { rateStateOf } from './rate-state.js';
import { limitLabels, primaryPlan, type RateGrant, type RateState, type UsagePlan } from './usage-plan.js';

export interface RateTrackerOptions {
  readonly buckets: BucketStore;
  /** What is learnt of the limits is shared with other processes here, and outlives a restart. Without it each process learns for itself. */
  readonly keyValues?: KeyValueStore;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

export interface AcquireOptions {
  /** `normal` by default. */
  readonly priority?: Priority;
  /** The longest wait in milliseconds; `Infinity` by default, 0 never waits. */
  readonly maxWaitMs?: number;
  /** Names the asker in the store, for example a job: when it is told to come back later, it keeps its place. */
  readonly waiter?: string;
  readonly signal?: AbortSignal;
  /** For the error: whose call this is. */
  readonly account?: string;
  readonly operation?: string;
}

/** No pause after a refusal is shorter. */
const shortestPauseMs = 100;
/** How many plans are remembered by name for `inspect`. */
const rememberedPlans = 10_000;

/**
 * The authority on one question: may this request go now, and if not, when?
 *
 * The truth lies in the bucket store, which all processes share. Without contention a token is one call of the store. Those who must wait
 * stand in a lane of their set of buckets, most urgent first (see `RateLane`).
 */
export class RateTracker {
  readonly #buckets: BucketStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #random: Random;
  readonly #known: KnownLimits;
  readonly #lanes: RateLanes;
  readonly #plans = new Map<string, UsagePlan>();

  constructor(options: RateTrackerOptions) {
    this.#buckets = options.buckets;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#metrics = options.metrics ?? noMetrics;
    this.#random = options.random ?? systemRandom;
    this.#known = new KnownLimits(options.keyValues, this.#clock, this.#logger);
    this.#lanes = new RateLanes({
      buckets: this.#buckets,
      clock: this.#clock,
      held: (plans) => this.#known.ours(plans),
    });
  }

  /** Lanes in which somebody waits now. */
  get lanes(): number {
    return this.#lanes.size;
  }

  /**
   * One token from every bucket of `plans`, waiting for it if need be. Settle the grant when the request is over.
   *
   * @throws RateLimitError with `retryAt`, at once, when the wait would be longer than `maxWaitMs`; a named waiter keeps its place in the
   * store until it asks again or is forgotten.
   * @throws the signal's reason when aborted; no token is taken then.
   */
  async acquire(plans: readonly UsagePlan[], options: AcquireOptions = {}): Promise<RateGrant> {
    const { signal, waiter } = options;
    signal?.throwIfAborted();
    const startedAt = this.#clock.now();
    if (!this.#known.knows(plans)) await abortable(this.#known.load(plans), signal);
    const priority = options.priority ?? 'normal';
    const maxWaitMs = options.maxWaitMs ?? Number.POSITIVE_INFINITY;
    const lined = { priority, signal, ...(waiter !== undefined && { name: waiter }) };
    // Who waits without limit and without a name has nothing to learn from the store before the head of the line has its token.
    const patient = maxWaitMs === Number.POSITIVE_INFINITY && waiter === undefined;
    if (!patient || !this.#lanes.isAhead(plans, priority)) {
      const first = await this.#ask(plans, priority, options);
      if ('grant' in first) return this.#granted(plans, first.grant, startedAt);
      if (first.turnAt - startedAt > maxWaitMs) throw this.#refusal(plans, first, options);
    }
    const longestMs = startedAt + maxWaitMs - this.#clock.now();
    const grant = await this.#lanes.wait(plans, { ...lined, longestMs });
    if (grant !== undefined) return this.#granted(plans, grant, startedAt);
    // More urgent calls came in between. The store gives the token now or tells the new turn.
    const last = await this.#ask(plans, priority, options);
    if ('grant' in last) return this.#granted(plans, last.grant, startedAt);
    throw this.#refusal(plans, last, options);
  }

  /** The request is over. Not awaited on the way of a call; a store that fails is logged, its lease makes up for it. */
  async settle(grant: RateGrant, options: { consumed?: boolean } = {}): Promise<void> {
    try {
      await this.#buckets.settle(grant.grant, { consumed: options.consumed ?? true });
    } catch (error) {
      this.#logger.warn(
        { error: String(error) },
        'A rate token could not be settled; its lease will end it.',
      );
    }
  }

  /**
   * Learns from the rate that a success announced. Amazon sends it with 2xx, 400 and 404 only, it is about the bucket marked `observable`,
   * and it never tells the burst.
   *
   * @param announced - the header's text, e.g. `2.0`; what cannot be a rate is ignored.
   */
  observe(plans: readonly UsagePlan[], announced: string | undefined): void {
    if (announced === undefined) return;
    const plan = plans.find((one) => one.observable);
    if (plan === undefined) return;
    const rate = this.#known.observe(plan, announced);
    if (rate === undefined) return;
    if (this.#metrics !== noMetrics) this.#metrics.count(metricNames.rateChanges, limitLabels(plan.label));
    this.#logger.debug({ bucket: plan.label, rate }, 'The remote side announced this rate.');
  }

  /**
   * The remote side refused although a token was taken: the bucket is emptied and pauses for a token's time. When that happens again soon,
   * another program draws from the same limit, and we keep to the part that it leaves us until there is more (see `Yielding`).
   *
   * @param options.retryAfterMs - the pause that the remote side asked for.
   * @returns no request before this moment.
   */
  async throttled(grant: RateGrant, options: { retryAfterMs?: number } = {}): Promise<Date> {
    const askedMs = options.retryAfterMs ?? 0;
    const plan = primaryPlan(this.#known.apply(grant.plans));
    if (plan === undefined) return new Date(this.#clock.now() + askedMs);
    const jitter = 1 + this.#random() / 2;
    const heard = await this.#known.refused(plan, grant.grantedAt, (share) =>
      Math.max(Math.ceil((1000 * jitter) / (plan.ratePerSecond * share)), shortestPauseMs, askedMs),
    );
    const now = this.#clock.now();
    const untilMs = Math.max(heard.untilMs, now + askedMs);
    if (heard.isNew) this.#tellRefusal(plan, heard.share, untilMs);
    if (untilMs <= now) return new Date(now);
    try {
      await this.#buckets.drain(this.#known.ours([plan])[0] ?? plan, { untilMs });
    } catch (error) {
      this.#logger.warn({ bucket: plan.label, error: String(error) }, 'The bucket could not be paused.');
    }
    return new Date(untilMs);
  }

  /** The one who waited does so no more, for example because its job was cancelled. A store that fails is logged: the place ends by itself. */
  async forget(waiter: string): Promise<void> {
    try {
      await this.#buckets.forget(waiter);
    } catch (error) {
      this.#logger.warn(
        { waiter, error: String(error) },
        'A place in the line could not be given up; it ends by itself.',
      );
    }
  }

  /**
   * The buckets whose key begins with `prefix` (all by default), in order of key.
   *
   * @param options.usedHere - only those that this process has used.
   */
  async inspect(prefix = '', options: { usedHere?: boolean } = {}): Promise<readonly RateState[]> {
    const { usedHere = false } = options;
    const states = (await this.#buckets.inspect(prefix)).filter(
      ({ key }) => !usedHere || this.#plans.has(key),
    );
    const keys = states.map(({ key }) => key);
    const known = await this.#known.describe(keys, !usedHere);
    const now = this.#clock.now();
    return states.map((state) =>
      rateStateOf(state, {
        plan: this.#plans.get(state.key),
        known: known.get(state.key) ?? {},
        waitingHere: this.#lanes.waitingFor(state.key),
        now,
      }),
    );
  }

  /** The call's own bucket as it is now, for an error. */
  async snapshot(plans: readonly UsagePlan[]): Promise<RateSnapshot | undefined> {
    const plan = primaryPlan(this.#known.apply(plans));
    if (plan === undefined) return undefined;
    const states = await this.#buckets.inspect(plan.key).catch(() => []);
    const level = states.find((state) => state.key === plan.key)?.level ?? 0;
    return snapshotOf(plan, level);
  }

  /** Asks the store for a token. One that comes while others wait ahead in this process is theirs. */
  async #ask(
    plans: readonly UsagePlan[],
    priority: Priority,
    { waiter, signal }: AcquireOptions,
  ): Promise<{ grant: BucketGrant } | { turnAt: number; limitedBy: string }> {
    for (;;) {
      const taking = this.#buckets.take(this.#known.ours(plans), {
        priority: priorities[priority],
        waiter,
      });
      const result = await abortable(taking, signal, (late) => {
        if (late.granted) this.#buckets.settle(late.grant, { consumed: false }).catch(() => undefined);
        else if (waiter !== undefined) this.#buckets.forget(waiter).catch(() => undefined);
      });
      if (!result.granted) {
        return { turnAt: result.retryAt + this.#lanes.delayMs(plans, priority), limitedBy: result.limitedBy };
      }
      if (!this.#lanes.leaveToOthers(plans, priority, result.grant)) return { grant: result.grant };
    }
  }

  #granted(plans: readonly UsagePlan[], grant: BucketGrant, startedAt: number): RateGrant {
    const held = this.#known.apply(plans);
    const grantedAt = this.#clock.now();
    const waitedMs = grantedAt - startedAt;
    for (const plan of held) this.#remember(plan);
    if (this.#metrics !== noMetrics) {
      const labels = limitLabels(primaryPlan(held)?.label ?? '');
      this.#metrics.count(metricNames.granted, labels);
      this.#metrics.duration(metricNames.rateWait, waitedMs, labels);
    }
    return { grant, plans: held, grantedAt, waitedMs };
  }

  #tellRefusal({ label }: UsagePlan, share: number, untilMs: number): void {
    const facts = { bucket: label, until: new Date(untilMs).toISOString() };
    if (share < 1) {
      this.#logger.warn(
        { ...facts, share: Math.round(share * 100) / 100 },
        'Refused again although a token was there: another program draws from the same limit. It is left its part of it.',
      );
    } else {
      this.#logger.warn(
        facts,
        'Refused although a token was there: another program draws from the same limit, or did. The bucket is emptied.',
      );
    }
  }

  #remember(plan: UsagePlan): void {
    const before = this.#plans.get(plan.key);
    if (before === undefined && this.#plans.size >= rememberedPlans) {
      const oldest = this.#plans.keys().next().value;
      if (oldest !== undefined) this.#plans.delete(oldest);
    }
    if (before !== plan) this.#plans.set(plan.key, plan);
  }

  #refusal(
    plans: readonly UsagePlan[],
    refused: { turnAt: number; limitedBy: string },
    { account, operation }: AcquireOptions,
  ): Error {
    const held = this.#known.apply(plans);
    const error = rateRefusal({ plans: held, ...refused, now: this.#clock.now(), account, operation });
    if (this.#metrics !== noMetrics)
      this.#metrics.count(metricNames.refused, limitLabels(error.rate?.bucket ?? refused.limitedBy));
    return error;
  }
}
