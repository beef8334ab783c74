/** The metrics that this package reports, by the name they carry. Labels are in brackets. */
export const metricNames = {
  /** Counter [host, operation, status]: answers that came. */
  answers: 'fluxori_http_answers_total',
  /** Counter [host, operation, code, outcome]: requests without an answer. */
  failures: 'fluxori_http_failures_total',
  /** Duration [host, operation]: one attempt from sending to the last byte. */
  attemptMs: 'fluxori_http_attempt_ms',
  /** Counter [operation, reason]: attempts that were repeated. */
  retries: 'fluxori_http_retries_total',
  /** Counter [operation]: answers that said "too many requests". */
  throttled: 'fluxori_http_throttled_total',
  /** Gauge [host]: 0 closed, 1 half-open, 2 open. */
  circuit: 'fluxori_circuit_state',
  /** Counter [bucket]: tokens that were there at once or waited for. */
  granted: 'fluxori_rate_granted_total',
  /** Counter [bucket]: calls that were told to come back later. */
  refused: 'fluxori_rate_refused_total',
  /** Duration [bucket]: how long a call waited for its token. */
  rateWaitMs: 'fluxori_rate_wait_ms',
  /** Gauge [bucket]: requests per second that the remote side announced. */
  observedRate: 'fluxori_rate_observed',
  /** Counter [kind, outcome]: tokens asked for at the authorisation server. */
  tokens: 'fluxori_token_requests_total',
} as const;
