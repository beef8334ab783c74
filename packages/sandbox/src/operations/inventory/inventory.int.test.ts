import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const path = '/fba/inventory/v1/summaries';
const marketplace = 'AE08WJ6YKNBMC';
const base = { granularityType: 'Marketplace', granularityId: marketplace, marketplaceIds: marketplace };
type Summary = {
  sellerSku: string;
  totalQuantity: number;
  inventoryDetails: { fulfillableQuantity: number };
};

describe('getInventorySummaries', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 5, skus: 200, rateLimits: false });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it('gives every SKU that Amazon fulfils once, fifty a page', async () => {
    const found: Summary[] = [];
    let nextToken: string | undefined;
    do {
      const { json } = await wire.get(path, { ...base, ...(nextToken ? { nextToken } : {}) });
      expect(json.payload.inventorySummaries.length).toBeLessThanOrEqual(50);
      found.push(...json.payload.inventorySummaries);
      nextToken = json.pagination?.nextToken;
    } while (nextToken !== undefined);
    expect(found).toHaveLength(sandbox.state()[0]?.fbaSkus ?? 0);
    expect(new Set(found.map((one) => one.sellerSku)).size).toBe(found.length);
    expect(found[0]).not.toHaveProperty('inventoryDetails');
  });

  it('shows a sale, in the SKU and in what changed since', async () => {
    const { json } = await wire.get(path, { ...base, details: true });
    const one = (json.payload.inventorySummaries as Summary[]).find(
      (each) => each.inventoryDetails.fulfillableQuantity > 9,
    );
    if (one === undefined) throw new Error('The seed gave no stock.');
    const startDateTime = new Date().toISOString();
    sandbox.sellStock({ sku: one.sellerSku, quantity: 4 });
    const changed = await wire.get(path, { ...base, details: true, startDateTime });
    expect(changed.json.payload.inventorySummaries).toHaveLength(1);
    expect(changed.json.payload.inventorySummaries[0]).toMatchObject({
      sellerSku: one.sellerSku,
      totalQuantity: one.totalQuantity - 4,
      inventoryDetails: { fulfillableQuantity: one.inventoryDetails.fulfillableQuantity - 4 },
    });
    const bySku = await wire.get(path, { ...base, sellerSkus: `${one.sellerSku},NO-SUCH` });
    expect(bySku.json.payload.inventorySummaries.map((each: Summary) => each.sellerSku)).toEqual([
      one.sellerSku,
    ]);
  });

  it('forgets a page token after half a minute', async () => {
    let now = Date.now();
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    await using aged = await startSandbox({ orders: 0, skus: 120, rateLimits: false, clock });
    const caller = new Wire(aged);
    const { nextToken } = (await caller.get(path, base)).json.pagination;
    now += 29_999;
    expect((await caller.get(path, { ...base, nextToken })).status).toBe(200);
    now += 1;
    const late = await caller.get(path, { ...base, nextToken });
    expect([late.status, late.json.errors[0].details]).toEqual([400, 'nextToken has expired.']);
  });

  it.each([
    ['another granularity', { granularityId: 'ATVPDKIKX0DER' }],
    ['more than fifty SKUs', { sellerSkus: Array.from({ length: 51 }, (_, i) => `S${i}`).join(',') }],
    ['two marketplaces', { marketplaceIds: `${marketplace},${marketplace}` }],
    ['a start before 18 months ago', { startDateTime: '2020-01-01T00:00:00Z' }],
  ])('refuses %s', async (_what, query) => {
    expect((await wire.get(path, { ...base, ...query })).status).toBe(400);
  });

  it("keeps the stock that is made by hand on Amazon's sandbox", async () => {
    const make = { sellerSku: 'HAND-1', marketplaceId: marketplace, productName: 'Handmade' };
    expect((await wire.call({ method: 'POST', path: '/fba/inventory/v1/items', body: make })).status).toBe(
      200,
    );
    const added = await wire.call({
      method: 'POST',
      path: '/fba/inventory/v1/items/inventory',
      headers: { 'x-amzn-idempotency-token': 'a' },
      body: { inventoryItems: [{ sellerSku: 'HAND-1', marketplaceId: marketplace, quantity: 12 }] },
    });
    expect(added.status).toBe(200);
    const { json } = await wire.get(path, { ...base, sellerSku: 'HAND-1' });
    expect(json.payload.inventorySummaries[0]).toMatchObject({ sellerSku: 'HAND-1', totalQuantity: 12 });
    const gone = await wire.call({
      method: 'DELETE',
      path: '/fba/inventory/v1/items/HAND-1',
      query: { marketplaceId: marketplace },
    });
    expect(gone.status).toBe(200);
  });
});
