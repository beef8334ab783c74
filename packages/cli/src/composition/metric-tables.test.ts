import { readFile } from 'node:fs/promises';
import type { MetricDefinition } from '@fluxori/core';
import { prometheusMetrics } from '@fluxori/observability';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { metricTables } from './metric-tables.js';

const all: readonly MetricDefinition[] = metricTables.flatMap((table) => Object.values(table));
const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

/** Labels that Prometheus itself puts on what it scrapes. */
const scrapeLabels = ['job', 'instance'];

/** Each series that is served, with its labels. */
const series = new Map<string, readonly string[]>([['up', scrapeLabels]]);
beforeAll(async () => {
  for (const { name, kind, labels } of all) {
    const names = kind === 'duration' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
    const extra = kind === 'duration' ? ['le'] : [];
    for (const one of names) series.set(one, [...labels, ...scrapeLabels, ...extra]);
  }
  for (const [, name] of (await prometheusMetrics().text()).matchAll(
    /^# TYPE ((?:nodejs|process)_\w+) gauge$/gm,
  ))
    if (name !== undefined) series.set(name, scrapeLabels);
});

/** What is wrong with the metrics and labels of a PromQL expression. */
function problemsOf(query: string): string[] {
  const bare = query.replace(/"[^"]*"/g, '""');
  const named = [...bare.matchAll(/\b(?:fluxori|nodejs|process)_\w+|\bup\b/g)].map(([name]) => name);
  const unknown = named.filter((name) => !series.has(name)).map((name) => `${name} is no metric`);
  if (named.length === 0) return [`no metric in ${query}`];
  const known = new Set(named.flatMap((name) => series.get(name) ?? []));
  const selected = [...bare.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, label]) => label ?? '');
  const grouped = [...bare.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    (list ?? '').split(/\s*,\s*/),
  );
  return [
    ...unknown,
    ...[...selected, ...grouped]
      .filter((label) => !known.has(label))
      .map((label) => `${label} is no label of ${named}`),
  ];
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

describe('the tables of metrics', () => {
  it('follow Prometheus’ conventions', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, kind, labels, help, buckets } of all) {
      expect(name).toMatch(/^fluxori_[a-z]+(_[a-z]+)*$/);
      expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
      if (kind === 'duration') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|millis|milliseconds|bucket|count|sum)$/);
      expect(help).toMatch(/^[A-Z].*\.$/);
      for (const label of labels) {
        expect(label).toMatch(/^[a-z]+(_[a-z]+)*$/);
        expect([...scrapeLabels, 'le', 'quantile']).not.toContain(label);
      }
      expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual(buckets ?? []);
    }
  });

  it('have a series for each account only of what ends for one, and none for a bucket or a job', () => {
    const named = all.filter(({ labels }) => labels.some((label) => /account|bucket|seller|id$/.test(label)));
    expect(named.map(({ name }) => name)).toEqual([
      'fluxori_token_expiry_timestamp_seconds',
      'fluxori_client_secret_expiry_timestamp_seconds',
      'fluxori_authorisation_expiry_timestamp_seconds',
    ]);
  });

  it('stand in docs/metrics.md as they are, and nothing else does', async () => {
    const page = await read('docs/metrics.md');
    for (const { name, kind, labels, help } of all) {
      const shown = labels.map((label) => `\`${label}\``).join(', ');
      expect(page).toContain(
        `| \`${name}\` | ${kind === 'duration' ? 'histogram' : kind} | ${shown} | ${help} |`,
      );
    }
    const rows = [...page.matchAll(/^\| `(fluxori_\w+)` \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(all.map(({ name }) => name).sort());
  });
});

describe('the dashboard', () => {
  let panels: readonly Panel[];
  let variables: readonly { readonly name: string; readonly query: string }[];
  beforeAll(async () => {
    const dashboard = JSON.parse(await read('deploy/grafana/fluxori.json')) as {
      panels: Panel[];
      templating: { list: { name: string; query: string }[] };
    };
    panels = dashboard.panels;
    variables = dashboard.templating.list;
  });

  it('asks only for metrics and labels that there are', () => {
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(20);
    expect(queries.flatMap(problemsOf)).toEqual([]);
    for (const { query } of variables.slice(1)) {
      const [, name = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      expect(series.get(name)).toContain(label);
    }
    const legends = panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr, legendFormat }) =>
        [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => ({ expr, label })),
      ),
    );
    for (const { expr, label } of legends) expect(label === 'instance' || expr.includes(label)).toBe(true);
  });

  it('shows jobs, throughput, limits, throttling, tokens, circuits and the store', () => {
    const text = JSON.stringify(panels);
    for (const name of [
      'fluxori_jobs{',
      'fluxori_jobs_completed_total',
      'fluxori_rate_waiting_calls',
      'fluxori_http_throttled_total',
      'fluxori_token_expiry_timestamp_seconds',
      'fluxori_circuit_state',
      'fluxori_backend_up',
    ])
      expect(text).toContain(name);
  });

  it('has no two panels with one id, or in one place', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the alerts', () => {
  it('ask only for metrics and labels that there are, and each says what to do', async () => {
    const text = await read('deploy/prometheus/alerts.yml');
    const alerts = text.split(/^ {6}- alert: /m).slice(1);
    expect(alerts.length).toBeGreaterThan(5);
    for (const alert of alerts) {
      const [, expr = ''] = /\n {8}expr: (?:\|\n)?([\s\S]*?)\n {8}\w/.exec(alert) ?? [];
      expect([alert.split('\n')[0], problemsOf(expr)]).toEqual([alert.split('\n')[0], []]);
      expect(alert).toMatch(/severity: (critical|warning)/);
      expect(alert).toMatch(/summary: \S[\s\S]*action: \S/);
    }
  });

  it('are checked by a check that notices what is wrong', () => {
    expect(problemsOf('sum by (nobody) (fluxori_jobs{state="x",color="red"}) > fluxori_none')).toEqual([
      'fluxori_none is no metric',
      'color is no label of fluxori_jobs,fluxori_none',
      'nobody is no label of fluxori_jobs,fluxori_none',
    ]);
  });
});
