import type { Backend, Clock, Logger } from '@fluxori/core';
import type { BackendFactory, ConnectionOptions, IQueueBackend, PostgresConnectionOptions } from 'bullmq';

/** What BullMQ takes as `connection`, whichever database it runs on. */
export type QueueTarget = ConnectionOptions | PostgresConnectionOptions;

/**
 * How BullMQ reaches this backend:
 * `new Queue(name, { connection }, backendFactory)`, and the same for `Worker` and `QueueEvents`.
 */
export interface QueueConnection {
  readonly connection: QueueTarget;
  /** BullMQ's option `prefix`, for `Queue`, `Worker` and `QueueEvents`; its own default when it is not set. */
  readonly prefix?: string;
  /** BullMQ's last constructor argument. */
  readonly backendFactory: BackendFactory<IQueueBackend, QueueTarget>;
  /** Empties a queue's stream of events, in which results of jobs stand, where BullMQ's `trimEvents` cannot: on PostgreSQL. */
  readonly clearEvents?: (queue: string) => Promise<void>;
}

/** Core's ports, and BullMQ's connection, behind one URL. */
export interface FluxoriBackend extends Backend {
  /**
   * The same answer each time. Close queues and workers before the backend.
   * @throws ConfigurationError (`BACKEND_UNAVAILABLE`) after `close()`.
   */
  queueConnection(): Promise<QueueConnection>;
}

export interface BackendOptions {
  readonly logger?: Logger;
  /** Time for buckets, expiry and locks; the system's by default. */
  readonly clock?: Clock;
  /** Ends the waiting for a server that does not answer (yet): no further attempt is made. */
  readonly signal?: AbortSignal;
}

/** Everything that a driver needs to know; `url` is without credentials, `location` is what comes after the scheme. */
export interface DriverInput {
  readonly url: string;
  readonly location: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Opens one kind of backend. A driver's module exports one, and `drivers.ts` names it. */
export type OpenDriver = (input: DriverInput) => Promise<FluxoriBackend>;
