import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { operationKey } from '../operation/operation-key.js';
import { applicationCaps } from './application-caps.js';
import type { ForeignUse } from './foreign-use.js';
import { type Plan, TokenBucket } from './token-bucket.js';

/** Whose budget a request uses. A grantless request has no seller. */
export interface Caller {
  readonly applicationId: string;
  readonly sellerId?: string;
  readonly region: string;
}

export interface BucketView extends Caller {
  readonly operation: string;
  readonly scope: 'seller' | 'application';
  readonly rate: number;
  readonly burst: number;
  readonly tokens: number;
}

export interface RateLimiterOptions {
  /** Plans that replace Amazon's published ones, by operation key. */
  readonly plans: Readonly<Record<string, Plan>>;
  /** For operations for which Amazon publishes no plan. */
  readonly defaultPlan: Plan;
  /** Off: every request is admitted. */
  readonly enabled: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Entry {
  readonly bucket: TokenBucket;
  readonly operation: string;
  readonly caller: Caller;
  readonly scope: BucketView['scope'];
}

/** All buckets: one per (application, seller, region, operation), and one per (application, operation) with a cap. */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #plans = new Map<string, Plan>();
  #foreign: ForeignUse[] = [];

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  /** The plan of an operation, or of one seller for it where his was set apart. */
  planOf(operation: OperationDescriptor, key = operationKey(operation), sellerId?: string): Plan {
    const own = this.#plans.get(`${key}@${sellerId}`);
    if (own !== undefined) return own;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      const { rate, burst } = operation;
      const published = rate === undefined ? this.#options.defaultPlan : { rate, burst: burst ?? 1 };
      plan = this.#options.plans[key] ?? published;
      this.#plans.set(key, plan);
    }
    return plan;
  }

  /** Changes a plan while it is in use, for one seller or for all, as Amazon does when a business grows. */
  setPlan(key: string, plan: Plan, sellerId?: string): void {
    this.#plans.set(sellerId === undefined ? key : `${key}@${sellerId}`, plan);
    const now = this.#options.now();
    for (const { bucket, operation, caller, scope } of this.#entries.values())
      if (scope === 'seller' && operation === key && (sellerId === undefined || caller.sellerId === sellerId))
        bucket.adopt(plan, now, this.#foreignOf(operation, caller.sellerId));
  }

  /** Takes a token from every bucket that applies, or from none. */
  admit(caller: Caller, operation: OperationDescriptor, key: string): boolean {
    if (!this.#options.enabled) return true;
    const now = this.#options.now();
    const own = this.#sellerBucket(caller, operation, key, now);
    if (own.tokens(now, this.#foreignOf(key, caller.sellerId)) < 1) return false;
    const cap = this.#applicationBucket(caller, key, now);
    if (cap !== undefined && cap.tokens(now) < 1) return false;
    own.take();
    cap?.take();
    return true;
  }

  /** Another program takes a part of the burst at once. Buckets that were never used are made first, by `make`. */
  drain(part: number, matches: ForeignUse['matches']): number {
    const now = this.#options.now();
    let drained = 0;
    for (const entry of this.#entries.values()) {
      if (entry.scope !== 'seller' || !matches(entry.operation, entry.caller.sellerId)) continue;
      entry.bucket.tokens(now, this.#foreignOf(entry.operation, entry.caller.sellerId));
      entry.bucket.drain(part);
      drained++;
    }
    return drained;
  }

  /** Makes the bucket of a caller, so that it can be looked at or drained before its first request. */
  open(caller: Caller, operation: OperationDescriptor): void {
    this.#sellerBucket(caller, operation, operationKey(operation), this.#options.now());
  }

  startForeignUse(use: ForeignUse): void {
    this.#foreign.push(use);
  }

  /** Ends it now; what it took until now stays taken. */
  endForeignUse(id: string): void {
    const now = this.#options.now();
    for (const entry of this.#entries.values())
      entry.bucket.tokens(now, this.#foreignOf(entry.operation, entry.caller.sellerId));
    this.#foreign = this.#foreign.filter((use) => use.id !== id);
  }

  /** Fills every bucket, as when the sandbox starts. */
  refill(): void {
    this.#entries.clear();
  }

  inspect(): readonly BucketView[] {
    const now = this.#options.now();
    return [...this.#entries.values()].map(({ bucket, operation, caller, scope }) => ({
      operation,
      scope,
      ...caller,
      ...bucket.plan,
      tokens: bucket.tokens(now, scope === 'seller' ? this.#foreignOf(operation, caller.sellerId) : []),
    }));
  }

  #foreignOf(key: string, sellerId: string | undefined): readonly ForeignUse[] {
    return this.#foreign.length === 0
      ? this.#foreign
      : this.#foreign.filter((use) => use.matches(key, sellerId));
  }

  #sellerBucket(caller: Caller, operation: OperationDescriptor, key: string, now: number): TokenBucket {
    const id = `${caller.applicationId}|${caller.sellerId ?? '-'}|${caller.region}|${key}`;
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      const bucket = new TokenBucket(this.planOf(operation, key, caller.sellerId), now);
      entry = { bucket, operation: key, caller, scope: 'seller' };
      this.#entries.set(id, entry);
    }
    return entry.bucket;
  }

  #applicationBucket(caller: Caller, key: string, now: number): TokenBucket | undefined {
    const rate = applicationCaps[key];
    if (rate === undefined) return undefined;
    const id = `${caller.applicationId}|*|${key}`;
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      const { applicationId, region } = caller;
      const bucket = new TokenBucket({ rate, burst: rate }, now);
      entry = { bucket, operation: key, caller: { applicationId, region }, scope: 'application' };
      this.#entries.set(id, entry);
    }
    return entry.bucket;
  }
}
