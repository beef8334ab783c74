import type { MetricDefinition } from '@fluxori/core';

const limitLabels = ['limit', 'scope'] as const;

/**
 * The metrics that this package reports. No label holds an account, a bucket or a request but where it says so: thousands of sellers times
 * hundreds of operations would be more series than any Prometheus takes. Per account, `fluxori limits` and the logs tell.
 *
 * `limit` is the operation whose limit it is, `scope` says whose: `account`, or `application` (all accounts together).
 */
export const networkMetrics = {
  answers: {
    name: 'fluxori_http_answers_total',
    kind: 'counter',
    help: 'Answers that came, by HTTP status.',
    labels: ['host', 'operation', 'status'],
  },
  failures: {
    name: 'fluxori_http_failures_total',
    kind: 'counter',
    help: 'Requests without an answer; the outcome says whether the request may have been carried out.',
    labels: ['host', 'operation', 'code', 'outcome'],
  },
  attemptDuration: {
    name: 'fluxori_http_attempt_duration_seconds',
    kind: 'duration',
    help: 'One attempt that was answered, from sending to the last byte.',
    labels: ['host', 'operation'],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  streamBytes: {
    name: 'fluxori_http_stream_bytes_total',
    kind: 'counter',
    help: 'Bytes of documents on the wire, by direction (sent, received); those of broken attempts count, too.',
    labels: ['host', 'operation', 'direction'],
  },
  retries: {
    name: 'fluxori_http_retries_total',
    kind: 'counter',
    help: 'Attempts that were repeated, by reason.',
    labels: ['operation', 'reason'],
  },
  throttled: {
    name: 'fluxori_http_throttled_total',
    kind: 'counter',
    help: 'Answers that said "too many requests" although a token was there.',
    labels: ['operation'],
  },
  circuit: {
    name: 'fluxori_circuit_state',
    kind: 'gauge',
    help: 'The circuit of a host: 0 closed, 1 half-open, 2 open.',
    labels: ['host'],
  },
  granted: {
    name: 'fluxori_rate_granted_total',
    kind: 'counter',
    help: 'Tokens that were there at once or waited for.',
    labels: limitLabels,
  },
  refused: {
    name: 'fluxori_rate_refused_total',
    kind: 'counter',
    help: 'Calls that were told to come back later.',
    labels: limitLabels,
  },
  rateWait: {
    name: 'fluxori_rate_wait_duration_seconds',
    kind: 'duration',
    help: 'How long a call waited for its token, where it waited in the process; parked jobs are told by the queue.',
    labels: limitLabels,
    buckets: [0.005, 0.05, 0.25, 1, 2.5, 5, 15, 30, 60, 120, 300, 900],
  },
  rateChanges: {
    name: 'fluxori_rate_changes_total',
    kind: 'counter',
    help: 'Rates that the remote side announced and that were new to us.',
    labels: limitLabels,
  },
  buckets: {
    name: 'fluxori_rate_buckets',
    kind: 'gauge',
    help: 'Buckets that this process has used.',
    labels: limitLabels,
  },
  emptyBuckets: {
    name: 'fluxori_rate_empty_buckets',
    kind: 'gauge',
    help: 'Of those, the ones without a whole token.',
    labels: limitLabels,
  },
  capacity: {
    name: 'fluxori_rate_capacity_tokens_per_second',
    kind: 'gauge',
    help: 'The rates of those buckets together.',
    labels: limitLabels,
  },
  share: {
    name: 'fluxori_rate_share_ratio',
    kind: 'gauge',
    help: 'The part of the rate that is ours, 0 to 1; below 1 another program draws from the same limit. The least of those buckets.',
    labels: limitLabels,
  },
  level: {
    name: 'fluxori_rate_level_tokens',
    kind: 'gauge',
    help: 'The tokens in those buckets together; a paused bucket counts as empty.',
    labels: limitLabels,
  },
  inFlight: {
    name: 'fluxori_rate_in_flight_requests',
    kind: 'gauge',
    help: 'Requests that were granted a token and are not over.',
    labels: limitLabels,
  },
  waiting: {
    name: 'fluxori_rate_waiting_calls',
    kind: 'gauge',
    help: 'Calls and parked jobs that wait for a token.',
    labels: limitLabels,
  },
  tokens: {
    name: 'fluxori_token_requests_total',
    kind: 'counter',
    help: 'Access tokens asked for at the authorisation server, by kind (seller, grantless) and outcome (granted, failed).',
    labels: ['kind', 'outcome'],
  },
  tokenExpiry: {
    name: 'fluxori_token_expiry_timestamp_seconds',
    kind: 'gauge',
    help: 'When the access token in use expires, by account; the application’s own tokens go by their scope.',
    labels: ['account'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

type Names = { readonly [Key in keyof typeof networkMetrics]: (typeof networkMetrics)[Key]['name'] };

/** The same by name alone, as the code of this package tells them. */
export const metricNames = Object.fromEntries(
  Object.entries(networkMetrics).map(([key, { name }]) => [key, name]),
) as Names;
