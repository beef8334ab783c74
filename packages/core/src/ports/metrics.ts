type Labels = Readonly<Record<string, string>>;

/** Counters, gauges and durations, by name and labels. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  gauge(name: string, value: number, labels?: Labels): void;
  /** A duration in milliseconds. */
  duration(name: string, ms: number, labels?: Labels): void;
}

export const noMetrics: Metrics = { count() {}, gauge() {}, duration() {} };
