import { amazonMetrics } from '@fluxori/amazon-sp';
import type { MetricTable } from '@fluxori/core';
import { networkMetrics } from '@fluxori/network';
import { backendMetrics, ownMetrics } from '@fluxori/observability';
import { queueMetrics } from '@fluxori/queue';

/** All metrics that a worker tells; `docs/metrics.md` explains them. */
export const metricTables: readonly MetricTable[] = [
  queueMetrics,
  networkMetrics,
  amazonMetrics,
  backendMetrics,
  ownMetrics,
];
