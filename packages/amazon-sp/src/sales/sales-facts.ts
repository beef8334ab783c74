import type { SalesInterval } from '@fluxori/core';

export type SalesGranularity = SalesInterval['granularity'];

const dayMs = 86_400_000;
const twoYearsMs = 730 * dayMs;

/** How long ago the beginning may lie, in milliseconds. Source: `granularity` of getOrderMetrics, sales v1, checked November 2026. */
export const longestAgoMs: Readonly<Record<SalesGranularity, number>> = {
  hour: 30 * dayMs,
  day: twoYearsMs,
  week: twoYearsMs,
  month: twoYearsMs,
  year: twoYearsMs,
  total: twoYearsMs,
};
