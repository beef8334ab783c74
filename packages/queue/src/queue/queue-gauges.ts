import type { GaugeSource } from '@fluxori/core';
import type { JobState } from '../job/job-view.js';
import { queueMetrics } from '../metric-names.js';

/** Jobs by section and state, counted by the store: one question for each section. */
export function queueGauges(queues: {
  counts(): Promise<Readonly<Record<string, Readonly<Record<JobState, number>>>>>;
}): GaugeSource {
  const { jobs } = queueMetrics;
  return {
    name: 'queues',
    gauges: [jobs],
    freshMs: 1_000,
    async read() {
      const sections = Object.entries(await queues.counts());
      return sections.flatMap(([section, counts]) =>
        Object.entries(counts).map(([state, value]) => ({
          name: jobs.name,
          labels: { section, state },
          value,
        })),
      );
    },
  };
}
