import type { MetricDefinition } from '@fluxori/core';

// Not `job`: that is Prometheus' own name for what it scrapes.
const jobLabels = ['section', 'job_name'] as const;
/** Limits make a job wait for minutes, a day's worth of reports for hours. */
const longTimes = [0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 14_400];

/** The metrics that this package reports. `section` and `job_name` come from the kinds of job that there are; no label holds an account or a job's id. */
export const queueMetrics = {
  jobs: {
    name: 'fluxori_jobs',
    kind: 'gauge',
    help: 'Jobs by state, of all processes that share the store: take the highest that any tells, not the sum.',
    labels: ['section', 'state'],
  },
  completed: {
    name: 'fluxori_jobs_completed_total',
    kind: 'counter',
    help: 'Jobs that were done.',
    labels: jobLabels,
  },
  failed: {
    name: 'fluxori_jobs_failed_total',
    kind: 'counter',
    help: 'Jobs that failed for good, by the code of their error.',
    labels: [...jobLabels, 'code'],
  },
  cancelled: {
    name: 'fluxori_jobs_cancelled_total',
    kind: 'counter',
    help: 'Jobs that were cancelled while they ran.',
    labels: jobLabels,
  },
  parked: {
    name: 'fluxori_jobs_parked_total',
    kind: 'counter',
    help: 'Times that a job was parked: for a limit (rate), a host that is away (host), on its own wish (handler), after an attempt that failed (attempt), because an operator paused it (pause), for a place of its account (account), for a worker of a newer release (version), or apart from others after the process died (crash).',
    labels: [...jobLabels, 'reason'],
  },
  recovered: {
    name: 'fluxori_jobs_recovered_total',
    kind: 'counter',
    help: 'Jobs that were taken up again after their process died (crash) or their lock ran out (stalled).',
    labels: ['section', 'cause'],
  },
  runDuration: {
    name: 'fluxori_job_run_duration_seconds',
    kind: 'duration',
    help: 'One run of a job, from its handler’s beginning to its end, however it ended. A job that parks has several.',
    labels: jobLabels,
    buckets: longTimes,
  },
  startDelay: {
    name: 'fluxori_job_start_delay_seconds',
    kind: 'duration',
    help: 'How long a job that was ready (put in, or its parking over) waited for a free place.',
    labels: ['section', 'priority'],
    buckets: longTimes,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

type Names = { readonly [Key in keyof typeof queueMetrics]: (typeof queueMetrics)[Key]['name'] };

/** The same by name alone, as the code of this package tells them. */
export const metricNames = Object.fromEntries(
  Object.entries(queueMetrics).map(([key, { name }]) => [key, name]),
) as Names;
