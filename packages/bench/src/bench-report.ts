import { arch, availableParallelism, cpus, totalmem } from 'node:os';

/** A limit that a bench holds its figure against. */
export interface Bar {
  /** What is measured, with its unit, e.g. `CPU added per call, µs`. */
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly ok: boolean;
}

/** What a bench file's `bench()` returns. */
export interface BenchResult {
  /** Measured figures by name; the name says the unit. */
  readonly figures: Readonly<Record<string, number>>;
  /** None, when the bench only measures. */
  readonly bars?: readonly Bar[];
}

/** A result with when and where. This is the JSON line. */
export interface BenchReport {
  readonly bench: string;
  readonly date: string;
  readonly machine: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly bars: readonly Bar[];
}

export function reportOf(bench: string, result: BenchResult, now: Date): BenchReport {
  const gib = Math.round(totalmem() / 2 ** 30);
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? arch()}), ${gib} GiB, Node ${process.versions.node}`;
  return { bench, date: now.toISOString(), machine, figures: result.figures, bars: result.bars ?? [] };
}

/** The report for people, line by line. */
export function linesOf({ bench, date, machine, figures, bars }: BenchReport): string[] {
  const width = Math.max(
    ...[...Object.keys(figures), ...bars.map(({ what }) => what)].map((name) => name.length),
  );
  return [
    `${bench}, ${date.slice(0, 10)}, ${machine}`,
    ...Object.entries(figures).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...bars.map(
      ({ what, value, limit, ok }) =>
        `  ${what.padEnd(width)}  ${value} (limit ${limit}) ${ok ? 'ok' : 'MISSED'}`,
    ),
  ];
}
