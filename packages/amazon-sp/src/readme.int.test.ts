import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectorFactory, type Sku, silentLogger } from '@fluxori/core';
import type { JobDefinition } from '@fluxori/queue';
import { describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, sandboxConfig } from '../testing/connect-to-sandbox.js';
import { runJob } from '../testing/run-job.js';
import { errorTable } from './errors/error-table.js';
import {
  amazonJobs,
  amazonSp,
  type ListingsMessage,
  salesAndTrafficByDate,
  type TypedQuery,
} from './index.js';
import { readSurface } from './surface/surface.js';

const here = import.meta.url;

/** The lines between the two marks of this file, as the README shows them. */
async function example(name: string): Promise<string> {
  const source = await readFile(new URL('./readme.int.test.ts', here), 'utf8');
  const lines = source.split('\n');
  const from = lines.findIndex((line) => line.includes(`begin: ${name}`));
  const to = lines.findIndex((line) => line.includes(`end: ${name}`));
  const body = lines.slice(from + 1, to);
  const indent = Math.min(...body.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return body.map((line) => line.slice(indent)).join('\n');
}

describe('the README', () => {
  it('shows an example that runs', async () => {
    await using open = await connectToSandbox({
      sandbox: { ...noWaiting.sandbox, orders: 10, skus: 10, settleMs: 0 },
    });
    const { backend, sandbox } = open;
    open.sandbox.addOrders({ count: 2 });
    const config = { ...sandboxConfig(sandbox), limits: noWaiting.connector.limits };
    const logger = silentLogger;
    const yesterday = new Date(Date.now() - 86_400_000);
    const seen: string[] = [];
    // begin: ten lines
    const factory = new ConnectorFactory().register(amazonSp);
    await using amazon = factory.create('amazon-sp', config, { backend, logger });
    await amazon.connect();

    for await (const order of amazon.orders.list({ updatedSince: yesterday })) {
      seen.push(`${order.orderId} ${order.status} ${order.total?.amount ?? ''}`);
    }
    const { payload } = await amazon.api('sellers').getMarketplaceParticipations();
    const prices = await amazon.prices.competitive(['B000000001'], { signal: AbortSignal.timeout(60_000) });
    // end: ten lines
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(payload?.[0]?.marketplace.id).toBe('AE08WJ6YKNBMC');
    expect(prices).toEqual([]);
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    expect(readme).toContain(await example('ten lines'));
  });

  it('shows how a feed is submitted, which runs', async () => {
    await using open = await connectToSandbox({
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 10, feeds: { queueMs: 1, progressMs: 1 } },
      config: noWaiting.connector,
    });
    const { connector } = open;
    const { items } = await connector.inventory.page({ fulfilledBy: 'seller' });
    const sku = items[0]?.sku as Sku;
    const { productType = '' } = await connector.listings.get(sku);
    const listings = (messages: readonly ListingsMessage[]) =>
      connector.feeds.listings(messages, { timings: { firstPollMs: 20, longestPollMs: 50 } });
    const amazon = { feeds: { listings } };
    const quantityPatch = {
      op: 'merge' as const,
      path: '/attributes/fulfillment_availability',
      value: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }],
    };
    const told: string[] = [];
    // begin: feeds
    const [run] = await amazon.feeds.listings([
      { sku, operationType: 'PATCH', productType, patches: [quantityPatch] },
      { sku: 'GONE-1', operationType: 'DELETE' },
    ]);
    for (const { sku, status, issues } of run?.items ?? [])
      told.push(`${sku}: ${status} ${issues.map(({ code, message }) => `${code} ${message}`).join('; ')}`);
    // end: feeds
    expect(told).toHaveLength(2);
    expect(told[0]).toBe(`${sku}: accepted `);
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    expect(readme).toContain(await example('feeds'));
  });

  it('shows how a report is read, which runs', async () => {
    await using open = await connectToSandbox({
      sandbox: {
        ...noWaiting.sandbox,
        orders: 40,
        orderDays: 1,
        skus: 10,
        reports: { queueMs: 1, progressMs: 1 },
      },
      config: noWaiting.connector,
    });
    const amazon = open.connector;
    const folder = await mkdtemp(join(tmpdir(), 'fluxori-readme-'));
    const path = join(folder, 'orders.csv');
    const yesterday = new Date(Date.now() - 86_400_000);
    const totals: string[] = [];
    const { createReport } = amazon.api('reports');
    await createReport({
      body: {
        reportType: 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL',
        marketplaceIds: [...amazon.config.marketplaceIds],
        dataStartTime: yesterday.toISOString(),
      },
    });
    open.sandbox.finishWork();
    // begin: a report
    const run = await amazon.reports.run(
      { reportType: 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL', from: yesterday },
      { reuse: { maxAgeMinutes: 60 } },
    );
    for await (const { amazonOrderId, itemPrice } of run.rows())
      totals.push(`${amazonOrderId} ${itemPrice ?? '0'}`);
    await run.toFile(path, 'csv');
    // end: a report
    expect(totals.length).toBeGreaterThan(10);
    expect((await readFile(path, 'utf8')).trim().split('\r\n')).toHaveLength(totals.length + 1);
    await rm(folder, { recursive: true });
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    expect(readme).toContain(await example('a report'));
  });

  it('shows how Data Kiosk is asked, which runs', async () => {
    await using open = await connectToSandbox({
      sandbox: {
        ...noWaiting.sandbox,
        ...{ orders: 40, orderDays: 5, skus: 10, dataKiosk: { queueMs: 0, progressMs: 0 } },
      },
      config: noWaiting.connector,
    });
    const folder = await mkdtemp(join(tmpdir(), 'fluxori-readme-'));
    const path = join(folder, 'days.jsonl');
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    const [startDate, endDate] = [ago(5), ago(1)];
    const marketplaceIds = open.connector.config.marketplaceIds;
    const days: string[] = [];
    const amazon = {
      dataKiosk: {
        // Amazon takes minutes.
        run: <Row>(query: TypedQuery<Row>) =>
          open.connector.dataKiosk.run(query, { timings: { firstPollMs: 5, longestPollMs: 5 } }),
      },
    };
    // begin: a query
    const run = await amazon.dataKiosk.run(salesAndTrafficByDate({ startDate, endDate, marketplaceIds }));
    for await (const { startDate: day, sales, traffic } of run.rows())
      days.push(`${day} ${sales.orderedProductSales.amount} ${traffic.sessions}`);
    await run.toFile(path, 'jsonl');
    // end: a query
    expect(days.length).toBeGreaterThan(2);
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(days.length);
    await rm(folder, { recursive: true });
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    expect(readme).toContain(await example('a query'));
  });

  it('shows how goods go to Amazon’s warehouses and from there, which runs', async () => {
    await using open = await connectToSandbox({
      sandbox: { ...noWaiting.sandbox, orders: 0, skus: 20, inbound: { operationMs: 0 } },
      config: noWaiting.connector,
    });
    const { connector: amazon, backend } = open;
    const stock = await amazon.inventory.page({ fulfilledBy: 'marketplace' });
    const sku = stock.items.find((level) => (level.available ?? 0) > 0)?.sku as Sku;
    const items = [{ sku, quantity: 10, labelOwner: 'SELLER', prepOwner: 'NONE' } as const];
    const wanted = [{ sku, quantity: 1 }];
    const place = { lines: ['1 Main Road'], city: 'Cape Town', postalCode: '7925', countryCode: 'ZA' };
    const source = { ...place, name: 'Acme Trading', phone: '+27210000000' };
    const shipTo = { ...place, name: 'Thandi Nkosi' };
    const placedAt = new Date().toISOString();
    const speed = 'Standard' as const;
    const { accountId } = amazon;
    const queues = {
      async add(name: string, { payload }: { accountId: string; payload: unknown }) {
        const jobs = amazonJobs({ connector: async () => amazon });
        await runJob(jobs.find((job) => job.name === name) as JobDefinition, { backend, payload });
      },
    };
    // begin: goods
    const plan = await amazon.inbound.plans.create({ source, items });
    await amazon.inbound.settled(plan); // Amazon does it by and by; a refusal lists what it has against it
    await amazon.inbound.settled(await amazon.inbound.placement.generate(plan.planId));

    const comment = 'Thank you!';
    const order = { outboundOrderId: 'web-1001', placedAt, comment, speed, shipTo, items: wanted };
    const payload = await amazon.outbound.prepare(order); // without the recipient
    await queues.add('outbound.orders.create', { accountId, payload });
    // end: goods
    expect(await amazon.inbound.plans.get(plan.planId)).toMatchObject({ placementOptions: [{}, {}] });
    expect(JSON.stringify(payload)).toBe('{"outboundOrderId":"web-1001"}');
    expect(await amazon.outbound.get('web-1001')).toMatchObject({ status: 'received' });
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    expect(readme).toContain(await example('goods'));
  });

  it('names every section', async () => {
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    const names = [...readSurface().uses.keys()].map(({ name }) => name);
    expect(names.filter((name) => !readme.includes(`| \`${name}\``))).toEqual([]);
  });

  it('names every job', async () => {
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    const jobs = amazonJobs({ connector: () => Promise.reject(new Error('not reached')) });
    expect(jobs.length).toBeGreaterThan(6);
    expect(jobs.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every status of the table of errors', async () => {
    const readme = await readFile(new URL('../README.md', here), 'utf8');
    const statuses = new Set(errorTable.flatMap(({ status }) => status));
    for (const status of statuses)
      expect(readme).toMatch(new RegExp(`\\b${status >= 500 ? '5xx' : status}\\b`));
  });
});
