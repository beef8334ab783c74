import type { RateState, RateTracker } from '@fluxori/network';
import { applicationPrefix, type LimitSubject, sellerPrefix } from './usage-plans.js';

/** A limit as a person wants to see it. */
export interface LimitView extends RateState {
  /** Whose limit it is: the seller's own, or the application's over all sellers. */
  readonly scope: 'seller' | 'application';
}

/** The buckets that this seller's calls draw from, also those that only other processes have used so far. */
export async function limitViews(tracker: RateTracker, subject: LimitSubject): Promise<readonly LimitView[]> {
  const own = sellerPrefix(subject);
  const shared = `${applicationPrefix(subject)}application/`;
  const [seller, application] = await Promise.all([tracker.inspect(own), tracker.inspect(shared)]);
  return [
    ...seller.map((state) => view(state, own, 'seller' as const, subject.accountId)),
    ...application.map((state) => view(state, shared, 'application' as const, 'application')),
  ];
}

function view(state: RateState, prefix: string, scope: LimitView['scope'], holder: string): LimitView {
  const label = state.label === state.key ? `${state.key.slice(prefix.length)}@${holder}` : state.label;
  return { ...state, label, scope };
}
