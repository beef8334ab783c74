import type { Clock, RateSnapshot } from '@fluxori/core';
import type { RateGrant } from '../rate/usage-plan.js';
import type { Deadline } from '../retry/deadline.js';
import type { HttpAnswer } from '../transport/http-answer.js';
import type { CallOptions, CallSpec } from './call-spec.js';
import { tellsRate } from './judge-answer.js';

/** A call's side of the rate tracker. Without `spec.rate` there is nothing to take and nothing to give back. */
export class CallRate {
  readonly #spec: CallSpec;
  readonly #options: CallOptions;
  readonly #clock: Clock;
  readonly #deadline: Deadline;

  constructor(spec: CallSpec, options: CallOptions, clock: Clock, deadline: Deadline) {
    this.#spec = spec;
    this.#options = options;
    this.#clock = clock;
    this.#deadline = deadline;
  }

  /** Waits for the attempt's token; that time does not count against the deadline. */
  async acquire(): Promise<RateGrant | undefined> {
    const { rate, operation, account } = this.#spec;
    if (rate === undefined) return undefined;
    const { signal, priority, maxWaitMs, waiter } = this.#options;
    const startedAt = this.#clock.now();
    try {
      return await rate.tracker.acquire(rate.plans, {
        operation,
        ...(account !== undefined && { account }),
        ...(signal && { signal }),
        ...(priority && { priority }),
        ...(maxWaitMs !== undefined && { maxWaitMs }),
        ...(waiter !== undefined && { waiter }),
      });
    } finally {
      this.#deadline.extend(this.#clock.now() - startedAt);
    }
  }

  /** Not awaited: the tracker logs what fails, and a lease ends what is not settled. */
  settle(grant: RateGrant | undefined, consumed: boolean): void {
    if (grant !== undefined) void this.#spec.rate?.tracker.settle(grant, { consumed });
  }

  learn(grant: RateGrant | undefined, answer: HttpAnswer): void {
    if (grant === undefined || !tellsRate(answer.status)) return;
    this.#spec.rate?.tracker.observe(grant.plans, answer.headers['x-amzn-ratelimit-limit']);
  }

  /** @returns no request before this moment; undefined when nobody keeps count of this call's limit. */
  async throttled(grant: RateGrant | undefined, retryAfterMs: number | undefined): Promise<Date | undefined> {
    if (grant === undefined) return undefined;
    return this.#spec.rate?.tracker.throttled(grant, retryAfterMs === undefined ? {} : { retryAfterMs });
  }

  async snapshot(): Promise<RateSnapshot | undefined> {
    return this.#spec.rate?.tracker.snapshot(this.#spec.rate.plans);
  }
}
