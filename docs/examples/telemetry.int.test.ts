import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory } from '@fluxori/core';
import { NetworkAwareClient } from '@fluxori/network';
import { globalTracing } from '@fluxori/observability';
import { OperationQueues } from '@fluxori/queue';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { freshPlace, preparedDataFolder, serviceUrl } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { startTelemetry } from './telemetry.js';

const account = accountId('acme-za');
let sandbox: Sandbox;
let folder: string;
/** Redis where there is one, since a queue on it takes no time to open. */
let place: { url: string; remove(): Promise<void> };
beforeAll(async () => {
  sandbox = await startSandbox({ orders: 30, skus: 20 });
  folder = await mkdtemp(join(tmpdir(), 'fluxori-telemetry-'));
  const data = join(folder, 'data');
  if (serviceUrl('redis') === undefined) await preparedDataFolder(data, openBackend);
  place =
    serviceUrl('redis') === undefined
      ? { url: `pglite:${data}`, remove: async () => {} }
      : await freshPlace('redis');
});
afterAll(async () => {
  await place?.remove();
  await rm(folder, { recursive: true, force: true });
  await sandbox.close();
});

function accountConfig() {
  const { sellerId, marketplaceId, clientId, clientSecret, refreshToken } = sandbox.credentials;
  return {
    sellerId,
    marketplaceIds: [marketplaceId],
    clientId,
    clientSecret,
    refreshToken,
    endpoints: sandbox.endpoints,
  };
}

describe('the telemetry of the docs', () => {
  it('shows one trace from a web request through the queue to each attempt at Amazon', async () => {
    const exporter = new InMemorySpanExporter();
    // Shutting down empties this exporter, so its spans are kept aside.
    const spans: ReadableSpan[] = [];
    const keep = exporter.export.bind(exporter);
    exporter.export = (batch, done) => {
      spans.push(...batch);
      keep(batch, done);
    };
    const stop = startTelemetry(exporter);
    const tracing = globalTracing();
    await using backend = await openBackend(place.url);
    await using client = new NetworkAwareClient({ tracing });
    await using connector = new ConnectorFactory()
      .register(amazonSp)
      .create('amazon-sp', { accountId: account, ...accountConfig() }, { backend, client });
    await using queues = new OperationQueues({
      backend,
      tracing,
      jobs: amazonJobs({ connector: async () => connector }),
    });
    const { jobId } = await tracing.span('POST /import', {}, () =>
      queues.add('orders.import', { accountId: account, payload: {} }),
    );
    await queues.start();
    await queues.waitFor(jobId);
    await queues.close();
    await stop();

    const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
    const edges = spans.map(
      ({ name, parentSpanContext: parent }) => `${names.get(parent?.spanId ?? '') ?? '-'} > ${name}`,
    );
    expect(new Set(edges)).toEqual(
      new Set([
        '- > POST /import',
        'POST /import > fluxori.job orders.import',
        'fluxori.job orders.import > fluxori.call orders.searchOrders',
        'fluxori.call orders.searchOrders > fluxori.call lwa.token',
        'fluxori.call lwa.token > fluxori.attempt',
        'fluxori.call orders.searchOrders > fluxori.attempt',
      ]),
    );
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    const attempts = spans.filter(({ name }) => name === 'fluxori.attempt');
    const { requests, tokenCalls } = sandbox.counters();
    expect(attempts).toHaveLength(requests + tokenCalls);
    for (const { attributes } of attempts) {
      expect(attributes['http.response.status_code']).toBe(200);
      expect(attributes['fluxori.request_id']).toEqual(expect.any(String));
    }
    const told = JSON.stringify(spans.map(({ name, attributes, status }) => ({ name, attributes, status })));
    expect(told).not.toMatch(/Atz[ar]\|/);
    expect(told).not.toContain(sandbox.credentials.clientSecret);
  });

  it('is loaded before fluxori with --import, and gets its spans', async () => {
    const accounts = { [account]: { connector: 'amazon-sp', ...accountConfig() } };
    await writeFile(join(folder, 'fluxori.config.json'), JSON.stringify({ accounts }));
    const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        path('./telemetry.ts'),
        path('../../packages/cli/dist/main.js'),
        'orders',
        'import',
        '--backend',
        place.url,
      ],
      {
        cwd: folder,
        env: { ...process.env, TRACES: 'console', NODE_OPTIONS: '' },
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    for (const name of ['fluxori.job orders.import', 'fluxori.call orders.searchOrders', 'fluxori.attempt'])
      expect(stdout).toContain(`name: '${name}'`);
    expect(stdout).toContain("'http.response.status_code': 200");
  });

  it('stands in docs/observability.md as it is here', async () => {
    const page = await readFile(new URL('../observability.md', import.meta.url), 'utf8');
    const example = await readFile(new URL('./telemetry.ts', import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});
