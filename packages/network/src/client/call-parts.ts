import type { Clock, Logger, Metrics, Random, RequestSigner, Tracing } from '@fluxori/core';
import type { Circuits } from '../breaker/circuits.js';
import type { RetryOptions } from '../retry/retry-policy.js';
import type { HttpTransport } from '../transport/http-transport.js';
import type { Timeouts } from '../transport/timeouts.js';

/** What all calls of a client share. */
export interface CallParts {
  readonly transport: HttpTransport;
  readonly circuits: Circuits;
  readonly timeouts: Timeouts;
  readonly retry: RetryOptions;
  /** The most bytes of one answer. */
  readonly maxBytes: number;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Whether anybody reads a line for each attempt. */
  readonly logsDebug: boolean;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly signer: RequestSigner | undefined;
}
