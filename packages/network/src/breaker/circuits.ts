import { CircuitOpenError, type Logger, type Metrics, type Random } from '@fluxori/core';
import { metricNames } from '../metric-names.js';
import { Circuit, type CircuitOptions, type CircuitState } from './circuit.js';

export interface CircuitsParts {
  readonly options: CircuitOptions;
  readonly probe: (origin: string) => Promise<void>;
  readonly random: Random;
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A position as a number, for a gauge. */
export const circuitPositions = { closed: 0, 'half-open': 1, open: 2 } as const;

/** The circuits of all hosts that a client has talked to, and the news of those that came back. */
export class Circuits {
  readonly #parts: CircuitsParts;
  readonly #circuits = new Map<string, Circuit>();
  readonly #down = new Set<string>();
  readonly #listeners = new Set<(host: string) => void>();

  constructor(parts: CircuitsParts) {
    this.#parts = parts;
  }

  for(url: URL): Circuit {
    const known = this.#circuits.get(url.host);
    if (known !== undefined) return known;
    const { options, probe, random, now } = this.#parts;
    const { host, origin } = url;
    const circuit = new Circuit({
      host,
      options,
      random,
      now,
      probe: () => probe(origin),
      onChange: (state) => this.#changed(state),
    });
    this.#circuits.set(host, circuit);
    return circuit;
  }

  states(): readonly CircuitState[] {
    return [...this.#circuits.values()].map((circuit) => circuit.state);
  }

  onRecovered(listener: (host: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const circuit of this.#circuits.values()) circuit.close();
    this.#listeners.clear();
  }

  #changed(state: CircuitState): void {
    const { host } = state;
    this.#parts.metrics.gauge(metricNames.circuit, circuitPositions[state.state], { host });
    if (state.state === 'open' && !this.#down.has(host)) {
      this.#down.add(host);
      this.#parts.logger.warn(
        { host, failures: state.failures, lastFailure: state.lastFailure },
        'The host is failing; nothing is sent to it until it answers a probe.',
      );
    }
    if (state.state !== 'closed' || !this.#down.delete(host)) return;
    this.#parts.logger.info({ host }, 'The host answers again.');
    for (const listener of [...this.#listeners]) this.#tell(listener, host);
  }

  /** One that throws disturbs neither the others nor the circuit. */
  #tell(listener: (host: string) => void, host: string): void {
    try {
      listener(host);
    } catch (error) {
      const thrown = error instanceof Error ? error.name : typeof error;
      this.#parts.logger.error({ host, thrown }, 'A listener for the return of a host threw.');
    }
  }
}

/** The refusal of a call whose host's circuit is not closed. */
export function circuitOpen(
  circuit: Circuit,
  host: string,
  context: { operation: string; account?: string; attempts: number; at: Date; cause?: unknown },
): CircuitOpenError {
  const retryAt = circuit.retryAt;
  const whose =
    context.account === undefined ? context.operation : `${context.operation} for ${context.account}`;
  const what =
    context.attempts === 0 ? 'nothing was sent' : `nothing more is sent after ${context.attempts} attempts`;
  return new CircuitOpenError(`${whose}: ${what}, because ${host} has been failing.`, {
    ...context,
    host,
    retryAt,
    remedy: 'Wait: the host is probed about once a second, and calls go through again when it answers.',
  });
}
