import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AmazonSpConfigInput,
  type AuthorisedSeller,
  amazonJobs,
  amazonSp,
  SellerAuthorisation,
} from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory } from '@fluxori/core';
import { NetworkAwareClient } from '@fluxori/network';
import { OperationQueues } from '@fluxori/queue';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { freshPlace, preparedDataFolder, serviceUrl } from '@fluxori/test-services';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { authorisationSite } from './authorise-sellers.js';
import { titlesJob } from './own-job.js';
import { PlatformSink } from './own-sink.js';
import { restock } from './restock.js';

const account = accountId('acme-za');
const quick = { queueMs: 0, progressMs: 20 };
let sandbox: Sandbox;
let folder: string;
/** Of what survives the process: Redis where there is one, since a queue on it takes no time to open. */
let place: { url: string; remove(): Promise<void> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-examples-'));
  await preparedDataFolder(folder, openBackend);
  place =
    serviceUrl('redis') === undefined
      ? { url: `pglite:${folder}`, remove: async () => {} }
      : await freshPlace('redis');
});
afterAll(async () => {
  await place?.remove();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  sandbox = await startSandbox({ orders: 30, skus: 20 });
});
afterEach(() => sandbox.close());

function connectorOn(
  backend: Awaited<ReturnType<typeof openBackend>>,
  own: Partial<AmazonSpConfigInput> = {},
) {
  const { sellerId, marketplaceId, clientId, clientSecret, refreshToken } = sandbox.credentials;
  const config = { accountId: account, sellerId, marketplaceId, clientId, clientSecret, refreshToken };
  return new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', { ...config, endpoints: sandbox.endpoints, ...own }, { backend });
}

describe('the examples in the docs', () => {
  it('import orders, as the README shows', async () => {
    const { sellerId, clientId, clientSecret, refreshToken } = sandbox.credentials;
    const said: string[] = [];
    const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    Object.assign(process.env, {
      FLUXORI_BACKEND: `pglite:${folder}`,
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
    for (const name of ['import-orders.ts', 'restock.ts']) {
      const example = await readFile(new URL(`./${name}`, import.meta.url), 'utf8');
      expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
    }
  });

  it('put more on the shelf, by a report and by updates', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ orders: 0, skus: 20, rateLimits: false, reports: quick, feeds: quick });
    await using backend = await openBackend(place.url);
    await using connector = connectorOn(backend, { limits: { '*': { ratePerSecond: 1_000, burst: 1_000 } } });
    const timings = { firstPollMs: 100, longestPollMs: 500 };
    const jobs = amazonJobs({ connector: async () => connector, timings });
    await using queues = new OperationQueues({ backend, jobs });
    await queues.start();
    const before = connector.inventory.list({ fulfilledBy: 'seller' });
    const shelf = new Map<string, number>();
    for await (const level of before) shelf.set(level.sku, level.available);
    const jobIds = await restock(connector, queues);
    expect(jobIds).toHaveLength(shelf.size);
    for (const jobId of jobIds) {
      expect(await queues.waitFor(jobId)).toMatchObject({ status: 'accepted' });
    }
    for await (const { sku, available } of connector.inventory.list({ fulfilledBy: 'seller' })) {
      expect([sku, available]).toEqual([sku, (shelf.get(sku) ?? 0) + 2]);
    }
  });

  it('run a job of one’s own', async () => {
    await using backend = await openBackend(place.url);
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
    await using backend = await openBackend(place.url);
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

  it('let sellers authorise the application on a website', async () => {
    await using backend = await openBackend('memory:');
    await using http = new NetworkAwareClient();
    const { keyValues, locks } = backend;
    const { applicationId, clientId, clientSecret, sellerId } = sandbox.credentials;
    const redirectUri = 'https://app.example/amazon/callback';
    const stored: AuthorisedSeller[] = [];
    const server = authorisationSite({
      authorisation: new SellerAuthorisation({
        application: { applicationId, clientId, clientSecret, redirectUri },
        ...{ keyValues, locks, http, endpoints: sandbox.endpoints },
      }),
      account: (cookie) => (cookie?.includes('user=acme') ? 'acme-za' : undefined),
      store: async (seller) => void stored.push(seller),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const visit = (path: string, cookie = 'user=acme') =>
      fetch(site + path, { redirect: 'manual', headers: { cookie } });
    const to = (page: Response) => page.headers.get('location') as string;
    const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      expect((await visit('/amazon/authorize', '')).status).toBe(401);
      const begun = await visit('/amazon/authorize');
      const cookie = `user=acme; ${begun.headers.get('set-cookie')?.split(';')[0]}`;
      expect([begun.status, begun.headers.get('referrer-policy')]).toEqual([303, 'no-referrer']);
      const back = new URL(sandbox.consent(to(begun)));
      expect((await visit('/amazon/callback?state=forged&spapi_oauth_code=x', cookie)).status).toBe(400);
      const done = await visit(back.pathname + back.search, cookie);
      expect([done.status, to(done)]).toEqual([303, '/amazon/done']);
      expect(stored).toMatchObject([{ account: 'acme-za', sellerId }]);
      expect((await visit(back.pathname + back.search, cookie)).status).toBe(400);

      const login = new URL(sandbox.beginInAppstore('https://app.example/amazon/login'));
      const sent = await visit(login.pathname + login.search, cookie);
      const again = new URL(to(await fetch(to(sent), { redirect: 'manual' })));
      const stranger = await visit(
        again.pathname + again.search,
        `user=acme; amazon_asker=${'x'.repeat(43)}`,
      );
      expect([stranger.status, stored.length]).toEqual([400, 1]);
      expect(JSON.stringify(log.mock.calls)).not.toMatch(/Atzr|RH[0-9a-f]{18}/);
    } finally {
      log.mockRestore();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
