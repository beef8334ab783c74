import type { MetricDefinition } from '@fluxori/core';

/** Whether the others can be believed. */
export const ownMetrics = {
  sourceUp: {
    name: 'fluxori_metrics_source_up',
    kind: 'gauge',
    help: 'Whether the gauges of this source could be read at this scrape: 1 or 0.',
    labels: ['source'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** What `backendGauges` tells. */
export const backendMetrics = {
  up: {
    name: 'fluxori_backend_up',
    kind: 'gauge',
    help: 'Whether the store answers: 1 or 0.',
    labels: ['kind'],
  },
  latency: {
    name: 'fluxori_backend_latency_seconds',
    kind: 'gauge',
    help: 'How long the store took for one small question.',
    labels: ['kind'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
