import {
  type GaugeSource,
  type Logger,
  type MetricDefinition,
  type Metrics,
  type MetricTable,
  silentLogger,
} from '@fluxori/core';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { GaugeReader } from './gauge-reader.js';
import { Instrument, type Labels } from './instrument.js';
import { ownMetrics } from './metric-names.js';

export interface PrometheusOptions {
  /** What there is, e.g. `networkMetrics` and `queueMetrics`. A metric that is in no table is declared by its first use, without a help text. */
  readonly tables?: readonly MetricTable[];
  /** Node's own: CPU, memory, event loop, garbage collection. On by default. */
  readonly processMetrics?: boolean;
  /** The most series of one metric; what comes later is told under `other`, and logged once. 2,000 by default. */
  readonly maxSeries?: number;
  /** The longest that one source of gauges may take, in milliseconds; 3,000 by default. */
  readonly readMs?: number;
  readonly logger?: Logger;
}

/** Core's `Metrics`, with what Prometheus reads. */
export interface PrometheusMetrics extends Metrics {
  readonly contentType: string;
  /** All metrics as they are now, in Prometheus' text format. Never fails: a source of gauges that does is left out. */
  text(): Promise<string>;
  /** Reads these gauges at each scrape. @returns a function that ends that, and takes them out. */
  addSource(source: GaugeSource): () => void;
}

/** Metrics in a registry of their own on prom-client. No call of it throws: what is measured goes on, whatever becomes of the measure. */
export function prometheusMetrics(options: PrometheusOptions = {}): PrometheusMetrics {
  return new PrometheusRegistry(options);
}

class PrometheusRegistry implements PrometheusMetrics {
  readonly #registry = new Registry();
  readonly #instruments = new Map<string, Instrument>();
  readonly #reader: GaugeReader;
  readonly #logger: Logger;
  readonly #maxSeries: number;
  readonly #warned = new Set<string>();
  #reading: Promise<void> | undefined;

  constructor(options: PrometheusOptions) {
    this.#logger = options.logger ?? silentLogger;
    this.#maxSeries = options.maxSeries ?? 2_000;
    for (const table of [ownMetrics, ...(options.tables ?? [])]) {
      for (const definition of Object.values(table)) this.#declare(definition);
    }
    this.#reader = new GaugeReader({
      readMs: options.readMs ?? 3_000,
      declare: (definition) => this.#declare(definition),
      gauge: (name, value, labels) => this.gauge(name, value, labels),
      logger: this.#logger,
    });
    if (options.processMetrics ?? true) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  count(name: string, labels?: Labels, by = 1): void {
    this.#tell('counter', name, by, labels);
  }

  gauge(name: string, value: number, labels?: Labels): void {
    this.#tell('gauge', name, value, labels);
  }

  duration(name: string, ms: number, labels?: Labels): void {
    // A clock that was set back makes no negative time.
    this.#tell('duration', name, Math.max(ms, 0) / 1_000, labels);
  }

  addSource(source: GaugeSource): () => void {
    return this.#reader.add(source);
  }

  async text(): Promise<string> {
    // Two who scrape at the same time share one reading.
    this.#reading ??= this.#reader.read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return this.#registry.metrics();
  }

  #tell(kind: MetricDefinition['kind'], name: string, value: number, labels: Labels | undefined): void {
    try {
      let instrument = this.#instruments.get(name);
      if (instrument === undefined) {
        const names = Object.keys(labels ?? {});
        instrument = this.#declare({ name, kind, help: 'Not in a table of metrics.', labels: names });
      }
      if (instrument.definition.kind !== kind) throw new Error(`it is a ${instrument.definition.kind}`);
      instrument.tell(value, labels);
    } catch (error) {
      this.#warnOnce(name, { problem: String(error) }, 'A metric could not be told.');
    }
  }

  #declare(definition: MetricDefinition): Instrument {
    const known = this.#instruments.get(definition.name);
    if (known !== undefined) return known;
    const instrument = new Instrument(definition, this.#registry, {
      maxSeries: this.#maxSeries,
      onOverflow: (name) =>
        this.#warnOnce(
          name,
          { maxSeries: this.#maxSeries },
          'The metric has more series than are allowed; the rest is told under "other".',
        ),
    });
    this.#instruments.set(definition.name, instrument);
    return instrument;
  }

  #warnOnce(metric: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    if (this.#warned.has(metric)) return;
    this.#warned.add(metric);
    this.#logger.warn({ metric, ...fields }, message);
  }
}
