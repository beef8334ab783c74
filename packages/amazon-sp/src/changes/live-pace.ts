import { findOperation, type OperationDescriptor } from '@fluxori/amazon-sp-models';
import type { UsagePlan } from '@fluxori/network';
import type { LimitOverrides } from '../limits/limit-override.js';
import type { LimitView } from '../limits/limit-view.js';
import { type LimitSubject, usagePlans } from '../limits/usage-plans.js';
import type { Environment } from '../regions/region.js';
import { type Pace, publishedPace } from './change-plan.js';

export interface LivePaceOptions {
  /** The account, with the limits that a person knows better than the published table. */
  readonly subject: LimitSubject & { readonly limits: LimitOverrides };
  readonly environment: Environment;
  /** The limits as they stand, e.g. `connector.limits()`. One that was never used is full. */
  readonly limits: readonly LimitView[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly feedBaseMs?: number;
  readonly feedMessageMs?: number;
  /** Feeds of this account that have not ended yet. */
  readonly feedsUnderWay?: number;
}

/** How fast changes can be made now, by the limits and what is left of them. */
export function livePace(options: LivePaceOptions): Pace {
  const { feedMessageMs, feedsUnderWay = 0 } = options;
  const feedBaseMs = options.feedBaseMs ?? publishedPace.feedBaseMs;
  const patch = slowest(options, 'patchListingsItem');
  const search = slowest(options, 'searchListingsItems');
  const feed = slowest(options, 'createFeed', 'JSON_LISTINGS_FEED');
  return {
    patchRate: patch.ratePerSecond,
    patchBurst: patch.level,
    searchRate: search.ratePerSecond,
    feedBaseMs,
    feedMessageMs: feedMessageMs ?? publishedPace.feedMessageMs,
    feedsAtOnce: feed.level,
    feedWaitMs: feed.waitMs,
    feedGapMs: 1_000 / feed.ratePerSecond,
    // Each has been under way for some time already.
    feedBusyMs: (feedsUnderWay * feedBaseMs) / 2,
  };
}

interface Level {
  readonly ratePerSecond: number;
  /** Requests that may go at once. */
  readonly level: number;
  /** Until the first of them may, in milliseconds. */
  readonly waitMs: number;
}

/** Of all limits that a call must fit into, the one that holds it up most. */
function slowest(options: LivePaceOptions, operationId: string, feedType?: string): Level {
  const { subject, environment, limits, now } = options;
  const api = operationId === 'createFeed' ? 'feeds' : 'listingsItems';
  const operation = findOperation(api, operationId) as OperationDescriptor;
  const plans = usagePlans(operation, subject, {
    environment,
    overrides: subject.limits,
    ...(feedType !== undefined && { feedType }),
  });
  const levels = plans.map((plan) => levelOf(plan, limits, now));
  return {
    ratePerSecond: Math.min(...levels.map(({ ratePerSecond }) => ratePerSecond)),
    level: Math.min(...levels.map(({ level }) => level)),
    waitMs: Math.max(...levels.map(({ waitMs }) => waitMs)),
  };
}

function levelOf({ key, ratePerSecond, burst }: UsagePlan, limits: readonly LimitView[], now: number): Level {
  const live = limits.find((limit) => limit.key === key);
  if (live === undefined) return { ratePerSecond, level: burst, waitMs: 0 };
  const level = Math.max(Math.floor(live.level), 0);
  return {
    ratePerSecond: live.ratePerSecond * (live.yielding?.share ?? 1),
    level,
    waitMs: level > 0 ? 0 : Math.max(live.nextTokenAt.getTime() - now, 0),
  };
}
