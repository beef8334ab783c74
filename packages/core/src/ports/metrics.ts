type Labels = Readonly<Record<string, string>>;

/** Counters, gauges and durations, by name and labels. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  gauge(name: string, value: number, labels?: Labels): void;
  /** A duration in milliseconds, whatever unit the name ends in: who stores it converts. */
  duration(name: string, ms: number, labels?: Labels): void;
}

export const noMetrics: Metrics = { count() {}, gauge() {}, duration() {} };

/** What a metric is, for those who must declare it before it is used. */
export interface MetricDefinition {
  /** By the conventions of Prometheus: `fluxori_…`, seconds, `_total` for counters. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'duration';
  /** One sentence. */
  readonly help: string;
  /** The names of its labels. Their values come from small sets: never an id of a job, an order or a request. */
  readonly labels: readonly string[];
  /** Of a duration: the upper bounds of its histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** A package's metrics, by the name that its code has for them. */
export type MetricTable = Readonly<Record<string, MetricDefinition>>;

export interface GaugeSample {
  readonly name: string;
  readonly value: number;
  readonly labels?: Labels;
}

/** Gauges that are read when somebody looks, instead of being told whenever they change. */
export interface GaugeSource {
  /** For people: what is looked at, e.g. `queues`. */
  readonly name: string;
  /** The gauges that it fills. */
  readonly gauges: readonly MetricDefinition[];
  /** A look may be so old, in milliseconds, before it is taken again. */
  readonly freshMs?: number;
  read(options: { signal: AbortSignal }): Promise<readonly GaugeSample[]>;
}
