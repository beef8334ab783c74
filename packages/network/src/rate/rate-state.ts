import type { BucketState } from '@fluxori/core';
import type { KnownLimit } from './known-limit.js';
import type { RateState, UsagePlan } from './usage-plan.js';
import { shareAfter } from './yielding.js';

/** A bucket of the store as people want to see it, with what is known about its limit. */
export function rateStateOf(
  state: BucketState,
  about: {
    /** As this process has used it last. */
    readonly plan: UsagePlan | undefined;
    readonly known: KnownLimit;
    readonly waitingHere: number;
    readonly now: number;
  },
): RateState {
  const { plan, known, waitingHere, now } = about;
  const { yielding } = known;
  const share = yielding === undefined ? 1 : shareAfter(yielding, yielding.ratePerSecond, now - yielding.at);
  const source = plan?.source ?? (known.observed && 'observed');
  // While we yield, the store's bucket has only a part of the limit.
  const whole = yielding !== undefined && share < 1 ? yielding : state;
  return {
    key: state.key,
    label: plan?.label ?? state.key,
    ...(source && { source }),
    ratePerSecond: whole.ratePerSecond,
    burst: whole.burst,
    ...(yielding !== undefined && share < 1 && { yielding: { share, since: new Date(yielding.since) } }),
    level: state.level,
    inFlight: state.inFlight,
    waiting: Math.max(state.waiting, waitingHere),
    nextTokenAt: new Date(state.nextTokenAt),
  };
}
