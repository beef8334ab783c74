import { randomUUID } from 'node:crypto';
import {
  type BucketStore,
  type Clock,
  type KeyValueStore,
  type Logger,
  type Metrics,
  noMetrics,
  type Priority,
  priorities,
  type Random,
  RateLimitError,
  type RateSnapshot,
  silentLogger,
  systemClock,
  systemRandom,
  type TakeResult,
} from '@fluxori/core';
import { abortable } from '../abort/abortable.js';
import { metricNames } from '../metric-names.js';
import { ObservedRates } from './observed-rates.js';
import { RateLane } from './rate-lane.js';
import { ThrottleMemory } from './throttle-memory.js';
import { primaryPlan, type RateGrant, type RateState, type UsagePlan } from './usage-plan.js';

export interface RateTrackerOptions {
  readonly buckets: BucketStore;
  /** Observed rates outlive a restart here. Without it they are learnt anew by each process. */
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
  readonly #observed: ObservedRates;
  readonly #throttles: ThrottleMemory;
  readonly #lanes = new Map<string, RateLane>();
  readonly #plans = new Map<string, UsagePlan>();
  readonly #id = randomUUID().slice(0, 8);
  #laneCount = 0;

  constructor(options: RateTrackerOptions) {
    this.#buckets = options.buckets;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#metrics = options.metrics ?? noMetrics;
    this.#observed = new ObservedRates(options.keyValues, this.#logger);
    this.#throttles = new ThrottleMemory(this.#clock, options.random ?? systemRandom);
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
    if (!this.#observed.knows(plans)) await abortable(this.#observed.load(plans), signal);
    const priority = options.priority ?? 'normal';
    const maxWaitMs = options.maxWaitMs ?? Number.POSITIVE_INFINITY;
    const laneKey = laneKeyOf(plans);
    // Who waits without limit and without a name has nothing to learn from the store before the head of the line has its token.
    if (maxWaitMs === Number.POSITIVE_INFINITY && waiter === undefined && this.#isAhead(laneKey, priority)) {
      return this.#waitInLane(plans, laneKey, options, startedAt, maxWaitMs);
    }
    for (;;) {
      const held = this.#observed.apply(plans);
      const result = await this.#take(held, priority, waiter, signal);
      if (result.granted) {
        const lane = this.#lanes.get(laneKey);
        if (lane === undefined || !lane.hasAhead(priority))
          return this.#granted(held, result.grant, startedAt);
        lane.offer(result.grant);
        continue;
      }
      const now = this.#clock.now();
      const turnAt = result.retryAt + this.#laneDelayMs(laneKey, priority, held);
      if (turnAt - startedAt > maxWaitMs) throw this.#refusal(held, result.limitedBy, turnAt, now, options);
      return this.#waitInLane(plans, laneKey, options, startedAt, maxWaitMs);
    }
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
    const rate = this.#observed.observe(plan, announced);
    if (rate === undefined) return;
    this.#metrics.gauge(metricNames.observedRate, rate, { bucket: plan.label });
    this.#logger.debug({ bucket: plan.label, rate }, 'The remote side announced this rate.');
  }

  /**
   * The remote side refused although a token was taken: the bucket is emptied and pauses, longer on each repeat.
   *
   * @param options.retryAfterMs - the pause that the remote side asked for.
   * @returns no request before this moment.
   */
  async throttled(grant: RateGrant, options: { retryAfterMs?: number } = {}): Promise<Date> {
    const plan = primaryPlan(this.#observed.apply(grant.plans));
    if (plan === undefined) return new Date(this.#clock.now() + (options.retryAfterMs ?? 0));
    const untilMs = this.#throttles.refused(plan, grant.grantedAt, options.retryAfterMs);
    const streak = this.#throttles.streak(plan.key);
    this.#logger.warn(
      { bucket: plan.label, until: new Date(untilMs).toISOString(), streak },
      'Refused although a token was there: another program draws from the same limit. The bucket pauses.',
    );
    await this.#buckets.drain(plan, { untilMs });
    return new Date(untilMs);
  }

  /** The one who waited does so no more, for example because its job was cancelled. */
  async forget(waiter: string): Promise<void> {
    await this.#buckets.forget(waiter);
  }

  /** The buckets whose key begins with `prefix` (all by default), in order of key. */
  async inspect(prefix = ''): Promise<readonly RateState[]> {
    const states = await this.#buckets.inspect(prefix);
    return states.map((state) => {
      const plan = this.#plans.get(state.key);
      let waitingHere = 0;
      for (const [key, lane] of this.#lanes)
        if (key.split('\n').includes(state.key)) waitingHere += lane.size;
      return {
        key: state.key,
        label: plan?.label ?? state.key,
        ...(plan && { source: plan.source }),
        ratePerSecond: state.ratePerSecond,
        burst: state.burst,
        level: state.level,
        inFlight: state.inFlight,
        waiting: Math.max(state.waiting, waitingHere),
        nextTokenAt: new Date(state.nextTokenAt),
      };
    });
  }

  /** The call's own bucket as it is now, for an error. */
  async snapshot(plans: readonly UsagePlan[]): Promise<RateSnapshot | undefined> {
    const plan = primaryPlan(this.#observed.apply(plans));
    if (plan === undefined) return undefined;
    const states = await this.#buckets.inspect(plan.key).catch(() => []);
    const level = states.find((state) => state.key === plan.key)?.level ?? 0;
    return snapshotOf(plan, level);
  }

  #isAhead(laneKey: string, priority: Priority): boolean {
    return this.#lanes.get(laneKey)?.hasAhead(priority) ?? false;
  }

  async #take(
    plans: readonly UsagePlan[],
    priority: Priority,
    waiter: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<TakeResult> {
    const taking = this.#buckets.take(plans, { priority: priorities[priority], waiter });
    return abortable(taking, signal, (late) => {
      if (late.granted) this.#buckets.settle(late.grant, { consumed: false }).catch(() => undefined);
      else if (waiter !== undefined) this.#buckets.forget(waiter).catch(() => undefined);
    });
  }

  #waitInLane(
    plans: readonly UsagePlan[],
    laneKey: string,
    options: AcquireOptions,
    startedAt: number,
    maxWaitMs: number,
  ): Promise<RateGrant> {
    const { signal, waiter: name } = options;
    const priority = options.priority ?? 'normal';
    return new Promise<RateGrant>((resolve, reject) => {
      const timer = new AbortController();
      const over = () => {
        timer.abort();
        signal?.removeEventListener('abort', onAbort);
      };
      const place = this.#laneFor(laneKey, plans).add({
        priority,
        ...(name !== undefined && { name }),
        serve: (grant) => {
          over();
          resolve(this.#granted(this.#observed.apply(plans), grant, startedAt));
        },
        fail: (error) => {
          over();
          reject(error);
        },
      });
      const onAbort = () => {
        over();
        place.remove();
        if (name !== undefined) this.#buckets.forget(name).catch(() => undefined);
        reject(signal?.reason);
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      if (maxWaitMs === Number.POSITIVE_INFINITY) return;
      const leftMs = startedAt + maxWaitMs - this.#clock.now();
      this.#clock.sleep(leftMs, timer.signal).then(
        () => {
          // More urgent calls came in between. Ask the store once more: it gives the token or tells the new turn.
          over();
          place.remove();
          resolve(this.#lastTry(plans, laneKey, options, startedAt));
        },
        () => undefined,
      );
    });
  }

  async #lastTry(
    plans: readonly UsagePlan[],
    laneKey: string,
    options: AcquireOptions,
    startedAt: number,
  ): Promise<RateGrant> {
    const held = this.#observed.apply(plans);
    const priority = options.priority ?? 'normal';
    const result = await this.#take(held, priority, options.waiter, options.signal);
    if (result.granted) return this.#granted(held, result.grant, startedAt);
    const turnAt = result.retryAt + this.#laneDelayMs(laneKey, priority, held);
    throw this.#refusal(held, result.limitedBy, turnAt, this.#clock.now(), options);
  }

  #laneFor(laneKey: string, plans: readonly UsagePlan[]): RateLane {
    const known = this.#lanes.get(laneKey);
    if (known !== undefined) return known;
    this.#laneCount += 1;
    const lane: RateLane = new RateLane({
      name: `lane/${this.#id}/${this.#laneCount}`,
      buckets: this.#buckets,
      clock: this.#clock,
      limits: () => this.#observed.apply(plans),
      onIdle: () => {
        if (this.#lanes.get(laneKey) === lane) this.#lanes.delete(laneKey);
      },
    });
    this.#lanes.set(laneKey, lane);
    return lane;
  }

  /** How much later than the store knows it will be one's turn, because of those who wait in this process without a name. */
  #laneDelayMs(laneKey: string, priority: Priority, plans: readonly UsagePlan[]): number {
    const ahead = this.#lanes.get(laneKey)?.unnamedAhead(priority) ?? 0;
    return ahead === 0 ? 0 : (ahead * 1000) / Math.min(...plans.map((plan) => plan.ratePerSecond));
  }

  #granted(plans: readonly UsagePlan[], grant: RateGrant['grant'], startedAt: number): RateGrant {
    const grantedAt = this.#clock.now();
    const waitedMs = grantedAt - startedAt;
    for (const plan of plans) this.#remember(plan);
    if (this.#metrics !== noMetrics) {
      const labels = { bucket: primaryPlan(plans)?.label ?? '' };
      this.#metrics.count(metricNames.granted, labels);
      this.#metrics.duration(metricNames.rateWaitMs, waitedMs, labels);
    }
    return { grant, plans, grantedAt, waitedMs };
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
    limitedBy: string,
    turnAt: number,
    now: number,
    options: AcquireOptions,
  ): RateLimitError {
    const plan = plans.find((one) => one.key === limitedBy) ?? primaryPlan(plans);
    const label = plan?.label ?? limitedBy;
    this.#metrics.count(metricNames.refused, { bucket: label });
    const retryAt = new Date(Math.ceil(turnAt));
    const seconds = Math.max((turnAt - now) / 1000, 0).toFixed(1);
    return new RateLimitError(
      `${label} has no token for ${seconds} s more, which is longer than this call may wait; its turn comes at ${retryAt.toISOString()}.`,
      {
        retryAt,
        account: options.account,
        operation: options.operation,
        at: new Date(now),
        remedy: 'Come back at retryAt, allow a longer wait (maxWaitMs), or queue the work.',
        ...(plan && { rate: snapshotOf(plan, 0) }),
        details: { waitMs: Math.max(Math.round(turnAt - now), 0) },
      },
    );
  }
}

function laneKeyOf(plans: readonly UsagePlan[]): string {
  return plans.length === 1 ? (plans[0] as UsagePlan).key : plans.map((plan) => plan.key).join('\n');
}

function snapshotOf(plan: UsagePlan, level: number): RateSnapshot {
  return { bucket: plan.label, rate: plan.ratePerSecond, burst: plan.burst, level, source: plan.source };
}
