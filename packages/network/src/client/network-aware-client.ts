import type { AgentOptions } from 'node:https';
import { Readable } from 'node:stream';
import {
  type Clock,
  type Logger,
  type Metrics,
  noMetrics,
  noTracing,
  type Random,
  type RequestSigner,
  silentLogger,
  systemClock,
  systemRandom,
  type Tracing,
  ValidationError,
} from '@fluxori/core';
import { type CircuitOptions, type CircuitState, defaultCircuit } from '../breaker/circuit.js';
import { Circuits } from '../breaker/circuits.js';
import { withDefaults } from '../options/with-defaults.js';
import { defaultRetry, type RetryOptions } from '../retry/retry-policy.js';
import { Agents } from '../transport/agents.js';
import type { HttpAnswer } from '../transport/http-answer.js';
import { HttpTransport } from '../transport/http-transport.js';
import type { Environment } from '../transport/proxy-environment.js';
import { defaultTimeouts, type Timeouts } from '../transport/timeouts.js';
import { Call } from './call.js';
import type { CallParts } from './call-parts.js';
import type { CallOptions, CallSpec } from './call-spec.js';
import { probeHost } from './probe.js';
import { StreamCall } from './stream-call.js';
import type { StreamAnswer, StreamOptions, StreamSpec } from './stream-spec.js';

export interface NetworkAwareClientOptions {
  /** Sent with every request that names none of its own. See `userAgent`. */
  readonly userAgent?: string;
  readonly timeouts?: Partial<Timeouts>;
  readonly breaker?: Partial<CircuitOptions>;
  readonly retry?: Partial<RetryOptions>;
  /** The time that a call may take when it does not say so itself; 120,000 ms by default. */
  readonly deadlineMs?: number;
  /** The most bytes of one answer, decompressed; 64 MiB by default. */
  readonly maxAnswerBytes?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Each call is a span, with one for each attempt in it. None by default. */
  readonly tracing?: Tracing;
  /** Signs requests to a gateway that stands in front of the remote side; see `JwtRequestSigner`. None by default. */
  readonly signer?: RequestSigner;
  /** Where the proxy settings are read from; the process' environment by default. */
  readonly env?: Environment;
  /** For hosts with a certificate of one's own, e.g. `{ ca }`. */
  readonly tls?: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'minVersion'>;
}

/**
 * Makes one HTTP call, done well: under the limits, with a token, within a deadline, through the host's circuit, and repeated only where that
 * is safe. Every error is one of core's and says operation, account, request id, time, attempts and the state of the limit.
 */
export class NetworkAwareClient {
  readonly #agents: Agents;
  readonly #circuits: Circuits;
  readonly #parts: CallParts;
  readonly #deadlineMs: number;
  readonly #closing = new AbortController();

  constructor(options: NetworkAwareClientOptions = {}) {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const logger = options.logger ?? silentLogger;
    const metrics = options.metrics ?? noMetrics;
    const timeouts = withDefaults(defaultTimeouts, options.timeouts);
    this.#agents = new Agents(options.env ?? process.env, options.tls);
    this.#deadlineMs = options.deadlineMs ?? 120_000;
    const transport = new HttpTransport(this.#agents);
    const headers: Record<string, string> =
      options.userAgent === undefined ? {} : { 'user-agent': options.userAgent };
    const circuit = withDefaults(defaultCircuit, options.breaker);
    const signal = this.#closing.signal;
    const everyMs = circuit.probeEveryMs;
    this.#circuits = new Circuits({
      options: circuit,
      random,
      now: () => clock.now(),
      logger,
      metrics,
      probe: (origin) => probeHost(transport, origin, { headers, timeouts, everyMs, signal }),
    });
    this.#parts = {
      transport,
      circuits: this.#circuits,
      timeouts,
      retry: withDefaults(defaultRetry, options.retry),
      maxBytes: options.maxAnswerBytes ?? 64 * 1024 * 1024,
      headers,
      clock,
      random,
      logger,
      logsDebug: logger !== silentLogger && (logger.enabled?.('debug') ?? true),
      metrics,
      tracing: options.tracing ?? noTracing,
      signer: options.signer,
    };
  }

  /**
   * @throws what `spec.toError` makes of an answer that is no success.
   * @throws RateLimitError when a token is further away than `maxWaitMs`, or the call was throttled too often.
   * @throws CircuitOpenError when the host has been failing: nothing was sent.
   * @throws NetworkError when no answer came; `outcome` says whether the request may have been carried out.
   * @throws RemoteError `REMOTE_UNREADABLE` when a success brought no JSON.
   * @throws ValidationError when the URL or a header cannot be sent, or the client is closed.
   * @throws the signal's reason when aborted.
   */
  async call(spec: CallSpec, options: CallOptions = {}): Promise<HttpAnswer> {
    this.#checkOpen(spec);
    return new Call(this.#parts, spec, {
      ...options,
      deadlineMs: options.deadlineMs ?? this.#deadlineMs,
    }).run();
  }

  /**
   * One GET or PUT with bodies of any size, with real back-pressure and the bytes as they are on the wire. A single attempt: who repeats it must
   * know where it broke. A redirect is an answer like any other and is not followed. Nothing limits a body that moves; `timeouts.idleMs` limits one
   * that does not. No rate token, no authority, no signature.
   *
   * @throws what `spec.toError` makes of an answer that is no success.
   * @throws CircuitOpenError when the host has been failing: nothing was sent.
   * @throws NetworkError when no answer began; the answer's body throws one when it breaks off.
   * @throws ValidationError when the URL or a header cannot be sent, the body is not as long as announced, or the client is closed.
   * @throws what `spec.body` throws; the signal's reason when aborted.
   */
  async stream(spec: StreamSpec, options: StreamOptions = {}): Promise<StreamAnswer> {
    try {
      this.#checkOpen(spec);
      return await new StreamCall(this.#parts, spec, options).run();
    } catch (error) {
      if (spec.body instanceof Readable) spec.body.on('error', () => undefined).destroy();
      throw error;
    }
  }

  #checkOpen({ operation, account }: { operation: string; account?: string }): void {
    if (!this.#closing.signal.aborted) return;
    throw new ValidationError(`${operation}: the client is closed, nothing was sent.`, {
      operation,
      ...(account !== undefined && { account }),
      remedy: 'Open a new client, or close this one after the last call.',
    });
  }

  /** The circuit of each host that was called, for health. */
  circuits(): readonly CircuitState[] {
    return this.#circuits.states();
  }

  /** @returns a function that ends the listening. */
  onRecovered(listener: (host: string) => void): () => void {
    return this.#circuits.onRecovered(listener);
  }

  /** Ends probes and connections. May be called more than once. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#circuits.close();
    this.#agents.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
