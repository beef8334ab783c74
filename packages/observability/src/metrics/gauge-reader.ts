import { type GaugeSource, type Logger, type MetricDefinition, sleep } from '@fluxori/core';
import type { Instrument, Labels } from './instrument.js';
import { ownMetrics } from './metric-names.js';

interface Parts {
  readonly readMs: number;
  readonly declare: (definition: MetricDefinition) => Instrument;
  readonly gauge: (name: string, value: number, labels?: Labels) => void;
  readonly logger: Logger;
}

interface Known {
  readonly source: GaugeSource;
  readonly instruments: readonly Instrument[];
  readAt: number;
  failing: boolean;
}

/**
 * Reads gauges when somebody looks. One that cannot be read is empty rather than old: a number that was true before the store went away is a
 * lie that looks like health.
 */
export class GaugeReader {
  readonly #parts: Parts;
  readonly #known = new Set<Known>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns a function that takes the source out. */
  add(source: GaugeSource): () => void {
    const instruments = source.gauges.map((definition) => this.#parts.declare(definition));
    const known: Known = { source, instruments, readAt: Number.NEGATIVE_INFINITY, failing: false };
    this.#known.add(known);
    return () => {
      if (!this.#known.delete(known)) return;
      for (const instrument of instruments) instrument.clear();
    };
  }

  /** Reads what is not fresh, all at the same time. */
  async read(): Promise<void> {
    await Promise.all([...this.#known].map((known) => this.#read(known)));
  }

  async #read(known: Known): Promise<void> {
    const { source, instruments } = known;
    const { gauge, logger, readMs } = this.#parts;
    const now = performance.now();
    if (!known.failing && now - known.readAt < (source.freshMs ?? 0)) return;
    const over = new AbortController();
    try {
      const late = sleep(readMs, over.signal).then(() => {
        throw new Error(`no answer in ${readMs} ms`);
      });
      const samples = await Promise.race([asked(source, over.signal), late]);
      if (!this.#known.has(known)) return;
      for (const instrument of instruments) instrument.clear();
      for (const { name, value, labels } of samples) gauge(name, value, labels);
      known.readAt = now;
      if (known.failing) logger.info({ source: source.name }, 'The gauges can be read again.');
      known.failing = false;
    } catch (error) {
      for (const instrument of instruments) instrument.clear();
      if (!known.failing)
        logger.warn({ source: source.name, error }, 'Gauges could not be read; they are left out.');
      known.failing = true;
    } finally {
      over.abort();
      gauge(ownMetrics.sourceUp.name, known.failing ? 0 : 1, { source: source.name });
    }
  }
}

/** A source that throws at once is one that rejects. */
async function asked(source: GaugeSource, signal: AbortSignal) {
  return source.read({ signal });
}
