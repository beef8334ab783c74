import { RateLimitError, type RateSnapshot } from '@fluxori/core';
import { primaryPlan, type UsagePlan } from './usage-plan.js';

export function snapshotOf(plan: UsagePlan, level: number): RateSnapshot {
  return { bucket: plan.label, rate: plan.ratePerSecond, burst: plan.burst, level, source: plan.source };
}

/** The error for a wait that would be longer than the caller has. */
export function rateRefusal(refusal: {
  readonly plans: readonly UsagePlan[];
  /** Key of the bucket that takes longest. */
  readonly limitedBy: string;
  /** Milliseconds since the epoch. */
  readonly turnAt: number;
  readonly now: number;
  readonly account: string | undefined;
  readonly operation: string | undefined;
}): RateLimitError {
  const { plans, limitedBy, turnAt, now, account, operation } = refusal;
  const plan = plans.find((one) => one.key === limitedBy) ?? primaryPlan(plans);
  const label = plan?.label ?? limitedBy;
  const retryAt = new Date(Math.ceil(turnAt));
  const waitMs = Math.max(Math.ceil(turnAt - now), 0);
  return new RateLimitError(`${label} has no token left until ${retryAt.toISOString()}.`, {
    retryAt,
    account,
    operation,
    at: new Date(now),
    attempts: 0,
    remedy: 'Come back at retryAt, allow a longer wait (maxWaitMs), or queue the work.',
    ...(plan && { rate: snapshotOf(plan, 0) }),
    details: { waitMs },
  });
}
