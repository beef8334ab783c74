import type { FluxoriBackend } from '@fluxori/backend';
import type { Clock, Logger, Metrics, Random, RecordSink, Tracing } from '@fluxori/core';
import type { JobDefinition } from '../job/job-definition.js';
import type { RetentionOptions } from './retention.js';

export interface OperationQueueOptions {
  readonly section: string;
  /** The kinds of job of this section. */
  readonly jobs: readonly JobDefinition[];
  readonly backend: FluxoriBackend;
  /** Where records go; the backend keeps them by default. */
  readonly sink?: RecordSink;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Each run is a span, a child of the one in which its job was put in. None by default. */
  readonly tracing?: Tracing;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Handlers that run at the same time in this process; 32 by default. Waiting jobs hold none of these places. */
  readonly concurrency?: number;
  /**
   * Of these, at most so many for one account, so that one seller's thousands leave room for the others; no limit by default. It holds in
   * this process: with several workers, give each its share. Critical jobs are neither held back nor counted.
   */
  readonly perAccountConcurrency?: number;
  /**
   * On a shared backend: how long a job that a newer release has put in waits for a worker of that release, before it fails.
   * Milliseconds; one hour by default.
   */
  readonly newerReleaseMs?: number;
  /** Separates installations that share a backend; `fluxori` by default. */
  readonly prefix?: string;
  /** A job no longer waits for a token; by default its place at the backend's buckets is given up. */
  readonly onForget?: (waiter: string) => void;
  readonly retention?: RetentionOptions;
  /** Deaths of the process with a job at the same point after which it is failed; 5 by default. */
  readonly maxCrashes?: number;
}
