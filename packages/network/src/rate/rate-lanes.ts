import { randomUUID } from 'node:crypto';
import type { BucketGrant, BucketStore, Clock, Priority } from '@fluxori/core';
import { RateLane } from './rate-lane.js';
import type { UsagePlan } from './usage-plan.js';

export interface RateLanesOptions {
  readonly buckets: BucketStore;
  readonly clock: Clock;
  /** The plans with the limits that hold now. */
  readonly held: (plans: readonly UsagePlan[]) => readonly UsagePlan[];
}

export interface LaneWait {
  readonly priority: Priority;
  /** The waiter's name in the store, when it has one. */
  readonly name?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds; `Infinity` waits for as long as it takes. */
  readonly longestMs: number;
}

/** The lanes of one tracker, by set of buckets. One exists while somebody waits in it, and no longer. */
export class RateLanes {
  readonly #options: RateLanesOptions;
  readonly #lanes = new Map<string, RateLane>();
  readonly #id = randomUUID().slice(0, 8);
  #opened = 0;

  constructor(options: RateLanesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#lanes.size;
  }

  /** Whether somebody of the same or a higher priority waits for these buckets in this process. */
  isAhead(plans: readonly UsagePlan[], priority: Priority): boolean {
    return this.#find(plans)?.hasAhead(priority) ?? false;
  }

  /** Leaves a token to those who wait ahead. @returns false when nobody does. */
  leaveToOthers(plans: readonly UsagePlan[], priority: Priority, grant: BucketGrant): boolean {
    const lane = this.#find(plans);
    if (lane === undefined || !lane.hasAhead(priority)) return false;
    lane.offer(grant);
    return true;
  }

  /** How much later than the store knows it will be one's turn, because of those who wait in this process without a name. */
  delayMs(plans: readonly UsagePlan[], priority: Priority): number {
    const ahead = this.#find(plans)?.unnamedAhead(priority) ?? 0;
    if (ahead === 0) return 0;
    return (ahead * 1000) / Math.min(...this.#options.held(plans).map((plan) => plan.ratePerSecond));
  }

  /** How many wait in this process for a bucket. */
  waitingFor(bucketKey: string): number {
    let waiting = 0;
    for (const [key, lane] of this.#lanes) if (key.split('\n').includes(bucketKey)) waiting += lane.size;
    return waiting;
  }

  /**
   * @returns the token; undefined when the longest wait is over.
   * @throws what the store throws; the signal's reason when aborted.
   */
  wait(plans: readonly UsagePlan[], wait: LaneWait): Promise<BucketGrant | undefined> {
    const { priority, name, signal, longestMs } = wait;
    return new Promise((resolve, reject) => {
      const timer = new AbortController();
      const over = () => {
        timer.abort();
        signal?.removeEventListener('abort', onAbort);
      };
      const place = this.#laneFor(plans).add({
        priority,
        ...(name !== undefined && { name }),
        serve: (grant) => {
          over();
          resolve(grant);
        },
        fail: (error) => {
          over();
          reject(error);
        },
      });
      const onAbort = () => {
        over();
        place.remove();
        if (name !== undefined) this.#options.buckets.forget(name).catch(() => undefined);
        reject(signal?.reason);
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      if (longestMs === Number.POSITIVE_INFINITY) return;
      this.#options.clock.sleep(longestMs, timer.signal).then(
        () => {
          over();
          place.remove();
          resolve(undefined);
        },
        () => undefined,
      );
    });
  }

  #find(plans: readonly UsagePlan[]): RateLane | undefined {
    return this.#lanes.size === 0 ? undefined : this.#lanes.get(keyOf(plans));
  }

  #laneFor(plans: readonly UsagePlan[]): RateLane {
    const key = keyOf(plans);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    this.#opened += 1;
    const { buckets, clock, held } = this.#options;
    const lane: RateLane = new RateLane({
      name: `lane/${this.#id}/${this.#opened}`,
      buckets,
      clock,
      limits: () => held(plans),
      onIdle: () => {
        if (this.#lanes.get(key) === lane) this.#lanes.delete(key);
      },
    });
    this.#lanes.set(key, lane);
    return lane;
  }
}

function keyOf(plans: readonly UsagePlan[]): string {
  return plans.length === 1 ? (plans[0] as UsagePlan).key : plans.map((plan) => plan.key).join('\n');
}
