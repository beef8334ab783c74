import type { GaugeSample, GaugeSource } from '@fluxori/core';
import { networkMetrics } from '../metric-names.js';
import type { RateTracker } from './rate-tracker.js';
import { limitLabels, type RateState } from './usage-plan.js';

const { buckets, emptyBuckets, capacity, share, level, inFlight, waiting } = networkMetrics;

/** With thousands of sellers a look goes through thousands of buckets: once in so long is enough. */
const freshMs = 10_000;

/**
 * The token buckets that this process has used, added up by limit. Where processes share a store each tells about its own part of it, and
 * two that have used the same bucket tell the same: take the highest of them, not the sum.
 */
export function rateGauges(tracker: RateTracker): GaugeSource {
  return {
    name: 'limits',
    gauges: [buckets, emptyBuckets, capacity, share, level, inFlight, waiting],
    freshMs,
    read: async () => {
      const used = await tracker.inspect('', { usedHere: true });
      return [...Map.groupBy(used, groupOf).values()].flatMap(samplesOf);
    },
  };
}

function groupOf({ label }: RateState): string {
  const { limit, scope } = limitLabels(label);
  return `${limit}@${scope}`;
}

function samplesOf(states: readonly RateState[]): GaugeSample[] {
  const labels = limitLabels(states[0]?.label ?? '');
  const sum = (of: (state: RateState) => number) => states.reduce((total, state) => total + of(state), 0);
  return [
    { name: buckets.name, labels, value: states.length },
    { name: emptyBuckets.name, labels, value: sum((state) => (state.level < 1 ? 1 : 0)) },
    { name: capacity.name, labels, value: sum((state) => state.ratePerSecond) },
    { name: share.name, labels, value: Math.min(...states.map((state) => state.yielding?.share ?? 1)) },
    { name: level.name, labels, value: sum((state) => Math.max(state.level, 0)) },
    { name: inFlight.name, labels, value: sum((state) => state.inFlight) },
    { name: waiting.name, labels, value: sum((state) => state.waiting) },
  ];
}
