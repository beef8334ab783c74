import type { MetricDefinition } from '@fluxori/core';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

/** From hundredths of a second to the quarter of an hour that a limit can make one wait. */
const defaultBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900];

/** Stands for the label values of series that would have been one too many. */
const overflow = 'other';

/** What one series does with a number. */
type Series = (value: number) => void;

/**
 * One metric on prom-client. Its series are kept at hand by their label values, which spares prom-client's own look-up on each call, and
 * bounds them: what comes after the last one allowed is told under `other`.
 */
export class Instrument {
  readonly definition: MetricDefinition;
  readonly #metric: Counter | Gauge | Histogram;
  readonly #series = new Map<string, Series | undefined>();
  readonly #maxSeries: number;
  readonly #onOverflow: (name: string) => void;

  constructor(
    definition: MetricDefinition,
    registry: Registry,
    bounds: { maxSeries: number; onOverflow: (name: string) => void },
  ) {
    this.definition = definition;
    this.#metric = create(definition, registry);
    this.#maxSeries = bounds.maxSeries;
    this.#onOverflow = bounds.onOverflow;
  }

  tell(value: number, labels: Labels | undefined): void {
    const names = this.definition.labels;
    let key = '';
    for (const name of names) key += `${labels?.[name] ?? ''}\u0000`;
    let series = this.#series.get(key);
    if (series === undefined && !this.#series.has(key)) {
      series = this.#open(
        key,
        names.map((name) => labels?.[name] ?? ''),
      );
    }
    series?.(value);
  }

  /** Forgets all series: the next reading tells which there are. */
  clear(): void {
    this.#series.clear();
    this.#metric.reset();
    // Without labels prom-client would say 0 from now on.
    if (this.definition.labels.length === 0) this.#metric.remove();
  }

  #open(key: string, values: readonly string[]): Series | undefined {
    if (this.#series.size < this.#maxSeries) {
      const series = seriesOf(this.#metric, values);
      this.#series.set(key, series);
      return series;
    }
    this.#onOverflow(this.definition.name);
    // The last of several gauges would stand for all of them: better none.
    if (this.#metric instanceof Gauge) return undefined;
    return seriesOf(
      this.#metric,
      values.map(() => overflow),
    );
  }
}

function create(definition: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
  const { name, help, kind, labels, buckets = defaultBuckets } = definition;
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  if (kind === 'counter') return new Counter(common);
  if (kind === 'gauge') return new Gauge(common);
  return new Histogram({ ...common, buckets: [...buckets] });
}

function seriesOf(metric: Counter | Gauge | Histogram, values: readonly string[]): Series {
  if (metric instanceof Counter) {
    const series = metric.labels(...values);
    return (value) => series.inc(value);
  }
  if (metric instanceof Gauge) {
    const series = metric.labels(...values);
    return (value) => series.set(value);
  }
  const series = metric.labels(...values);
  return (value) => series.observe(value);
}
