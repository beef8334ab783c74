import { readFile } from 'node:fs/promises';
import { amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { titlesJob } from './own-job.js';
import { PlatformSink } from './own-sink.js';

const account = accountId('acme-za');
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ orders: 30, skus: 20 });
});
afterEach(() => sandbox.close());

function connectorOn(backend: Awaited<ReturnType<typeof openBackend>>) {
  const { sellerId, marketplaceId, clientId, clientSecret, refreshToken } = sandbox.credentials;
  const config = { accountId: account, sellerId, marketplaceId, clientId, clientSecret, refreshToken };
  return new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', { ...config, endpoints: sandbox.endpoints }, { backend });
}

describe('the examples in the docs', () => {
  it('import orders, as the README shows', async () => {
    const { sellerId, clientId, clientSecret, refreshToken } = sandbox.credentials;
    const said: string[] = [];
    const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    Object.assign(process.env, {
      FLUXORI_BACKEND: 'memory:',
      AMAZON_SELLER_ID: sellerId,
      AMAZON_CLIENT_ID: clientId,
      AMAZON_CLIENT_SECRET: clientSecret,
      AMAZON_REFRESH_TOKEN: refreshToken,
      AMAZON_ENDPOINTS: JSON.stringify(sandbox.endpoints),
    });
    await import('./import-orders.js');
    log.mockRestore();
    expect(said).toEqual(['1 marketplace', '30 orders']);
  });

  it('stand in the README as they are here', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const example = await readFile(new URL('./import-orders.ts', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });

  it('run a job of one’s own', async () => {
    await using backend = await openBackend('memory:');
    await using connector = connectorOn(backend);
    await using queues = new OperationQueues({ backend, jobs: [titlesJob(async () => connector)] });
    const asins: string[] = [];
    for await (const item of connector.catalog.search({ keywords: ['tea'] })) asins.push(item.productId);
    await queues.start();
    const { jobId } = await queues.add('catalog.titles', {
      accountId: account,
      payload: { asins: asins.slice(0, 3) },
    });
    const titles = await queues.waitFor<Record<string, string>>(jobId);
    expect(Object.keys(titles)).toEqual(asins.slice(0, 3));
    expect(Object.values(titles).every((title) => title.length > 3)).toBe(true);
  });

  it('bring orders into a sink of one’s own', async () => {
    const sink = new PlatformSink();
    await using backend = await openBackend('memory:');
    await using connector = connectorOn(backend);
    await using queues = new OperationQueues({
      backend,
      sink,
      jobs: amazonJobs({ connector: async () => connector }),
    });
    await queues.start();
    const { jobId } = await queues.add('orders.import', { accountId: account, payload: {} });
    await queues.waitFor(jobId);
    expect([...sink.orders.keys()].sort()).toEqual([...sandbox.orderIds()].sort());
    expect(await backend.records.count('order')).toBe(0);
  });
});
