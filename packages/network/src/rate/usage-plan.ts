import type { BucketGrant, BucketLimit } from '@fluxori/core';

/** Where a limit comes from, best first. */
export type PlanSource = 'observed' | 'configured' | 'published' | 'default';

/** A limit that applies to a call, and how we know of it. */
export interface UsagePlan extends BucketLimit {
  readonly source: PlanSource;
  /** For people: the limit, and whose it is, e.g. `orders.searchOrders@acme-za`; `…@application` for one that all accounts share. */
  readonly label: string;
  /** The rate that the remote side announces in a header is this bucket's. At most one plan of a call. */
  readonly observable?: boolean;
}

/** One token from each bucket of a call. Settle it when the request is over. */
export interface RateGrant {
  readonly grant: BucketGrant;
  /** The plans as they held when the token was given. */
  readonly plans: readonly UsagePlan[];
  /** Milliseconds since the epoch. */
  readonly grantedAt: number;
  /** How long it was waited for, in milliseconds. */
  readonly waitedMs: number;
}

/** A bucket as it is now, with what is known about its limit. */
export interface RateState {
  readonly key: string;
  /** The plan's name for people; the key, when this process has not used the bucket. */
  readonly label: string;
  /** Not there, when only other processes have used the bucket and nothing was observed. */
  readonly source?: PlanSource;
  /** Of the whole limit, also while a part of it is left to another program. */
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Another program draws from the same limit: the part of the rate that we keep to now, 0 to 1, and since when. */
  readonly yielding?: { readonly share: number; readonly since: Date };
  readonly level: number;
  readonly inFlight: number;
  /** Waiting in the store (parked jobs, heads of lanes) and in this process. */
  readonly waiting: number;
  readonly nextTokenAt: Date;
}

/** The plan that speaks for a call's own budget: the one that the header describes, else the first. */
export function primaryPlan(plans: readonly UsagePlan[]): UsagePlan | undefined {
  return plans.find((plan) => plan.observable) ?? plans[0];
}

/** What metrics say about a bucket: not which account's it is, or there would be a series for each of thousands. */
export function limitLabels(label: string): { readonly limit: string; readonly scope: string } {
  const at = label.lastIndexOf('@');
  if (at < 0) return { limit: label, scope: 'account' };
  return {
    limit: label.slice(0, at),
    scope: label.slice(at + 1) === 'application' ? 'application' : 'account',
  };
}
