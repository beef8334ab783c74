import { setTimeout as pause } from 'node:timers/promises';
import type { GaugeSample, GaugeSource, Logger, MetricDefinition } from '@fluxori/core';
import { silentLogger } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { backendGauges } from './backend-gauges.js';
import { type PrometheusOptions, prometheusMetrics } from './prometheus-metrics.js';

const table = {
  answers: { name: 'test_answers_total', kind: 'counter', help: 'Answers.', labels: ['status'] },
  wait: { name: 'test_wait_seconds', kind: 'duration', help: 'Waiting.', labels: [], buckets: [1, 60] },
  level: { name: 'test_level', kind: 'gauge', help: 'Level.', labels: ['who'] },
} as const satisfies Record<string, MetricDefinition>;

function metricsWith(options: PrometheusOptions = {}) {
  const warnings: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (fields, message) => warnings.push(`${String(fields.metric ?? fields.source)}: ${message}`),
  };
  const metrics = prometheusMetrics({ tables: [table], processMetrics: false, logger, ...options });
  /** The lines of a metric, without its declaration. */
  const lines = async (name: string) =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
  return { metrics, warnings, lines };
}

function source(read: () => Promise<readonly GaugeSample[]>, freshMs?: number): GaugeSource {
  return { name: 'test', gauges: [table.level], read, ...(freshMs !== undefined && { freshMs }) };
}

describe('prometheusMetrics', () => {
  it('counts, and tells durations in seconds', async () => {
    const { metrics, lines } = metricsWith();
    metrics.count('test_answers_total', { status: '200' });
    metrics.count('test_answers_total', { status: '200' }, 2);
    metrics.count('test_answers_total', { status: '429' });
    metrics.duration('test_wait_seconds', 1_500);
    metrics.duration('test_wait_seconds', -5);
    expect(await lines('test_answers_total')).toEqual([
      'test_answers_total{status="200"} 3',
      'test_answers_total{status="429"} 1',
    ]);
    expect(await lines('test_wait_seconds')).toEqual([
      'test_wait_seconds_bucket{le="1"} 1',
      'test_wait_seconds_bucket{le="60"} 2',
      'test_wait_seconds_bucket{le="+Inf"} 2',
      'test_wait_seconds_sum 1.5',
      'test_wait_seconds_count 2',
    ]);
  });

  it('declares what is in its tables, before anything has happened', async () => {
    const { metrics } = metricsWith();
    const text = await metrics.text();
    expect(text).toContain('# HELP test_answers_total Answers.\n# TYPE test_answers_total counter\n');
    expect(text).toContain('# TYPE test_wait_seconds histogram');
    expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('tells Node’s own, unless it is asked not to', async () => {
    expect(await prometheusMetrics().text()).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(await metricsWith().metrics.text()).not.toContain('nodejs_');
  });

  it('bounds the series of a metric: more are told under "other", and of gauges not at all', async () => {
    const { metrics, warnings, lines } = metricsWith({ maxSeries: 3 });
    for (let i = 0; i < 1_000; i++) {
      metrics.count('test_answers_total', { status: `${i}` });
      metrics.gauge('test_level', i, { who: `${i}` });
    }
    metrics.count('test_answers_total', { status: '1' });
    expect(await lines('test_answers_total')).toEqual([
      'test_answers_total{status="0"} 1',
      'test_answers_total{status="1"} 2',
      'test_answers_total{status="2"} 1',
      'test_answers_total{status="other"} 997',
    ]);
    expect(await lines('test_level')).toHaveLength(3);
    expect(warnings).toHaveLength(2);
  });

  it('takes what is in no table, or wrong, without disturbing the work', async () => {
    const { metrics, warnings, lines } = metricsWith();
    metrics.count('test_new_total', { a: '1' });
    metrics.count('test_new_total', { a: '1', unknown: 'x' });
    metrics.count('no name at all');
    metrics.gauge('test_answers_total', 1, { status: '200' });
    metrics.count('test_answers_total', { status: '200' }, -1);
    metrics.gauge('test_level', Number.NaN, {});
    expect(await lines('test_new_total')).toEqual(['test_new_total{a="1"} 2']);
    expect(warnings.map((line) => line.split(':')[0]).sort()).toEqual([
      'no name at all',
      'test_answers_total',
    ]);
  });
});

describe('gauges that are read at each scrape', () => {
  it('are as the source tells them now, and go when it tells no more of them', async () => {
    const { metrics, lines } = metricsWith();
    let now: GaugeSample[] = [{ name: 'test_level', value: 1, labels: { who: 'a' } }];
    const remove = metrics.addSource(source(async () => now));
    expect(await lines('test_level')).toEqual(['test_level{who="a"} 1']);
    now = [{ name: 'test_level', value: 2, labels: { who: 'b' } }];
    expect(await lines('test_level')).toEqual(['test_level{who="b"} 2']);
    remove();
    expect(await lines('test_level')).toEqual([]);
  });

  it.each<[string, () => Promise<readonly GaugeSample[]>]>([
    ['fails', () => Promise.reject(new Error('away'))],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['does not answer', () => new Promise(() => {})],
  ])('are left out, and said to be missing, while the source %s', async (_, broken) => {
    const { metrics, warnings, lines } = metricsWith({ readMs: 50 });
    let read: () => Promise<readonly GaugeSample[]> = async () => [
      { name: 'test_level', value: 7, labels: { who: 'a' } },
    ];
    metrics.addSource(source(() => read(), 60_000));
    metrics.count('test_answers_total', { status: '200' });
    expect(await lines('fluxori_metrics_source_up')).toEqual(['fluxori_metrics_source_up{source="test"} 1']);
    read = broken;
    // Still fresh: not asked again.
    expect(await lines('test_level')).toHaveLength(1);
    const { metrics: second, warnings: told, lines: of } = metricsWith({ readMs: 50 });
    second.addSource(source(broken));
    second.count('test_answers_total', { status: '200' });
    expect(await of('test_level')).toEqual([]);
    expect(await of('fluxori_metrics_source_up')).toEqual(['fluxori_metrics_source_up{source="test"} 0']);
    expect(await of('test_answers_total')).toHaveLength(1);
    expect(told).toEqual(['test: Gauges could not be read; they are left out.']);
    expect(warnings).toEqual([]);
  });

  it('are asked for once by those who scrape at the same time, and not again while they are fresh', async () => {
    const { metrics } = metricsWith();
    let reads = 0;
    metrics.addSource(
      source(async () => {
        reads += 1;
        await pause(5);
        return [];
      }, 60_000),
    );
    await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    await metrics.text();
    expect(reads).toBe(1);
  });

  it('leaves a gauge without labels out, too, when it cannot be read: 0 would be a number', async () => {
    const definition = { name: 'test_alone', kind: 'gauge', help: 'One number.', labels: [] } as const;
    let answer: () => Promise<readonly { name: string; value: number }[]> = async () => [
      { name: 'test_alone', value: 7 },
    ];
    const metrics = prometheusMetrics({ processMetrics: false });
    metrics.addSource({ name: 'alone', gauges: [definition], read: () => answer() });
    expect(await metrics.text()).toContain('\ntest_alone 7\n');
    answer = () => Promise.reject(new Error('away'));
    expect(await metrics.text()).not.toMatch(/^test_alone /m);
    answer = async () => [{ name: 'test_alone', value: 8 }];
    expect(await metrics.text()).toContain('\ntest_alone 8\n');
  });
});

describe('backendGauges', () => {
  const samples = (health: () => Promise<{ status: 'up' | 'down' }>) =>
    backendGauges({ kind: 'redis', health }).read({ signal: AbortSignal.timeout(100) });

  it('tells that the store answers, and how quickly', async () => {
    const told = await samples(async () => ({ status: 'up' }));
    expect(told).toEqual([
      { name: 'fluxori_backend_up', value: 1, labels: { kind: 'redis' } },
      { name: 'fluxori_backend_latency_seconds', value: expect.any(Number), labels: { kind: 'redis' } },
    ]);
  });

  it.each<[string, () => Promise<{ status: 'down' }>]>([
    ['says that it is down', async () => ({ status: 'down' })],
    ['fails', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise(() => {})],
  ])('tells that the store is away when it %s', async (_, health) => {
    expect(await samples(health)).toEqual([
      { name: 'fluxori_backend_up', value: 0, labels: { kind: 'redis' } },
    ]);
  });
});
