import { accountId, type InventoryLevel, systemClock } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import type { AmazonSPConnector } from '../connector.js';
import { catalogLookup } from './catalog-lookup.js';
import { inventorySync } from './inventory-sync.js';
import { inventoryUpdate } from './inventory-update.js';
import { ordersConfirmShipment } from './orders-confirm-shipment.js';
import { pricesUpdate } from './prices-update.js';

const account = accountId('acme-za');
let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

async function start(sandbox: Parameters<typeof connectToSandbox>[0] = {}): Promise<Sandboxed> {
  open = await connectToSandbox({
    config: noWaiting.connector,
    ...sandbox,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 40, skus: 60, ...sandbox.sandbox },
  });
  return open;
}

const parts = ({ connector }: Sandboxed) => ({ connector: async () => connector, shipmentShowsAfterMs: 0 });

async function sellerSku({ connector }: Sandboxed): Promise<string> {
  const { items } = await connector.inventory.page({ fulfilledBy: 'seller' });
  return items[0]?.sku as string;
}

describe('inventory.sync', () => {
  it('brings in Amazon’s stock and the seller’s own, each SKU once', async () => {
    const here = await start();
    const result = await runJob(inventorySync(parts(here)), { backend: here.backend, payload: {} });
    const { skus, fbaSkus } = here.sandbox.state()[0] as { skus: number; fbaSkus: number };
    const levels = await here.backend.records.list('inventory', { accountId: account, limit: 1_000 });
    expect(levels.filter(({ fulfilledBy }) => fulfilledBy === 'marketplace')).toHaveLength(fbaSkus);
    expect(levels.filter(({ fulfilledBy }) => fulfilledBy === 'seller')).toHaveLength(skus - fbaSkus);
    expect(result).toMatchObject({ levels: levels.length, inserted: levels.length, updated: 0 });
  });

  it('removes what the whole of a listing does not bring any more, and nothing else', async () => {
    const here = await start();
    const { records } = here.backend;
    const stale = (id: string) => ({
      ...{ kind: 'inventory' as const, id, version: '2026-01-01T00:00:00.000Z' },
      value: { sku: id } as unknown as InventoryLevel,
    });
    const gone = ['AE08WJ6YKNBMC/GONE/marketplace', 'AE08WJ6YKNBMC/GONE/seller'];
    const others = ['A1F83G8C2ARO7P/GONE/marketplace', 'A1F83G8C2ARO7P/GONE/seller'];
    const sync = (payload: object) =>
      runJob(inventorySync(parts(here)), { backend: here.backend, payload }) as Promise<{ removed?: number }>;
    await records.write({ accountId: account, records: [...gone, ...others].map(stale) });
    expect(await sync({ since: '2026-10-01T00:00:00Z' })).not.toHaveProperty('removed');
    expect(await sync({ fulfilledBy: 'seller' })).toMatchObject({ removed: 1 });
    expect(await sync({})).toMatchObject({ removed: 1 });
    expect(await sync({})).toMatchObject({ removed: 0 });
    const left = await records.stored('inventory', account, [...gone, ...others]);
    expect(left.map(({ id }) => id).sort()).toEqual([...others].sort());
    expect(await records.count('inventory')).toBe((here.sandbox.state()[0]?.skus ?? 0) + others.length);
  });

  it('goes on where it was after a crash, and does not begin anew after the last page', async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      const here = await start();
      const before = here.sandbox.counters().requests;
      const result = await runJob(inventorySync(parts(here)), {
        backend: here.backend,
        payload: {},
        afterCheckpoint: (count) => {
          if (count === n) throw new Crash();
        },
      });
      const { pages } = result as { pages: number };
      expect(here.sandbox.counters().requests - before).toBe(pages);
      expect(await here.backend.records.count('inventory')).toBe(here.sandbox.state()[0]?.skus);
      await here[Symbol.asyncDispose]();
    }
  });

  it('begins the list anew when its page token has grown too old', async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + aheadMs };
    const here = await start({ sandbox: { skus: 200, clock } });
    await runJob(inventorySync(parts(here)), {
      backend: here.backend,
      payload: { fulfilledBy: 'marketplace' },
      // Amazon's clock is put forward: by as long as a token of this list lives.
      afterCheckpoint: (n) => {
        if (n === 2) aheadMs = 30_000;
      },
    });
    expect(await here.backend.records.count('inventory')).toBe(here.sandbox.state()[0]?.fbaSkus);
  });

  it('brings in only what changed since the last time when it is incremental', async () => {
    const here = await start();
    const first = await runJob(inventorySync(parts(here)), {
      backend: here.backend,
      payload: { incremental: true, fulfilledBy: 'marketplace' },
    });
    expect((first as { levels: number }).levels).toBe(here.sandbox.state()[0]?.fbaSkus);
    const [level] = await here.backend.records.list('inventory', { accountId: account, limit: 1 });
    here.sandbox.sellStock({ sku: level?.sku as string, quantity: 1 });
    const second = await runJob(inventorySync(parts(here)), {
      backend: here.backend,
      payload: { incremental: true, fulfilledBy: 'marketplace' },
    });
    expect((second as { levels: number }).levels).toBeGreaterThanOrEqual(1);
    expect((second as { levels: number }).levels).toBeLessThan((first as { levels: number }).levels);
    expect(second).toMatchObject({ inserted: 0 });
  });
});

describe('inventory.update and prices.update', () => {
  it('set the quantity, and look the product type up only once', async () => {
    const here = await start();
    const sku = await sellerSku(here);
    here.sandbox.resetCounters();
    for (const quantity of [7, 9]) {
      const result = await runJob(inventoryUpdate(parts(here)), {
        backend: here.backend,
        payload: { sku, quantity },
      });
      expect(result).toMatchObject({ sku, status: 'accepted', submissionId: expect.any(String) });
    }
    const { operations } = here.sandbox.counters();
    expect(operations['listingsItems.getListingsItem']?.requests).toBe(1);
    expect(operations['listingsItems.patchListingsItem']?.requests).toBe(2);
    expect(await here.connector.listings.get(sku as never)).toMatchObject({ quantity: 9 });
  });

  it('leave goods that Amazon ships with Amazon: a quantity would make the seller ship them', async () => {
    const here = await start();
    const { items } = await here.connector.inventory.page({ fulfilledBy: 'marketplace' });
    const [level] = items;
    const sku = level?.sku as string;
    // A change of the price finds out the product type first; the quantity is refused all the same, every time.
    const price = { sku, price: { amount: '99.90', currency: 'ZAR' } };
    await runJob(pricesUpdate(parts(here)), { backend: here.backend, payload: price });
    for (let time = 0; time < 2; time++) {
      const update = runJob(inventoryUpdate(parts(here)), {
        backend: here.backend,
        payload: { sku, quantity: 5 },
      });
      await expect(update).rejects.toMatchObject({
        name: 'ValidationError',
        field: 'sku',
        message: `SKU ${sku} is shipped by Amazon in amazon.co.za for acme-za: its quantity is what lies in Amazon's warehouses.`,
      });
    }
    expect(here.sandbox.counters().operations['listingsItems.patchListingsItem']?.requests).toBe(1);
    const again = await here.connector.inventory.page({ fulfilledBy: 'marketplace', skus: [sku as never] });
    expect(again.items).toMatchObject([{ sku, available: level?.available }]);
  });

  it('set the price', async () => {
    const here = await start();
    const sku = await sellerSku(here);
    const payload = { sku, price: { amount: '1299.90', currency: 'ZAR' } };
    expect(await runJob(pricesUpdate(parts(here)), { backend: here.backend, payload })).toMatchObject({
      status: 'accepted',
    });
    const { price } = await here.connector.listings.get(sku as never);
    expect(Number(price?.amount)).toBe(1299.9);
    expect(price?.currency).toBe('ZAR');
  });

  it('say which SKU does not exist, and where', async () => {
    const here = await start();
    await expect(
      runJob(inventoryUpdate(parts(here)), {
        backend: here.backend,
        payload: { sku: 'NO-SUCH-SKU', quantity: 1 },
      }),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      field: 'sku',
      message: 'SKU NO-SUCH-SKU does not exist in amazon.co.za for acme-za.',
      remedy: expect.any(String),
    });
  });

  it('refuse a price in another currency before anything is sent', async () => {
    const here = await start();
    await expect(
      runJob(pricesUpdate(parts(here)), {
        backend: here.backend,
        payload: { sku: 'A', price: { amount: '10', currency: 'USD' } },
      }),
    ).rejects.toMatchObject({
      field: 'price.currency',
      message: expect.stringMatching(/"USD" is not the currency of amazon\.co\.za, which is ZAR/),
    });
    expect(here.sandbox.counters().requests).toBe(0);
  });

  it('give Amazon’s issues when it does not take a change', async () => {
    const here = await start();
    const sku = await sellerSku(here);
    await expect(
      runJob(pricesUpdate(parts(here)), {
        backend: here.backend,
        payload: { sku, price: { amount: '99999999999.00', currency: 'ZAR' } },
      }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'sku',
      problems: [expect.stringMatching(/^error /)],
    });
  });
});

describe('catalog.lookup', () => {
  it('looks products up in batches of twenty, and names those that are missing', async () => {
    const here = await start();
    const asins: string[] = [];
    for await (const { productId } of here.connector.listings.list())
      if (productId !== undefined) asins.push(productId);
    const wanted = [...new Set(asins)].slice(0, 45);
    here.sandbox.resetCounters();
    const result = await runJob(catalogLookup(parts(here)), {
      backend: here.backend,
      payload: { identifiers: [...wanted, 'B00NOTHERE', wanted[0]] },
    });
    expect(result).toMatchObject({ items: wanted.length, inserted: wanted.length, missing: ['B00NOTHERE'] });
    expect(here.sandbox.counters().operations['catalogItems.searchCatalogItems']?.requests).toBe(
      Math.ceil((wanted.length + 1) / 20),
    );
  });

  it('looks an SKU with a comma up by itself', async () => {
    const here = await start();
    const own = await sellerSku(here);
    here.sandbox.resetCounters();
    const result = await runJob(catalogLookup(parts(here)), {
      backend: here.backend,
      payload: { identifiers: ['NO-1', 'NO-2,NO-3', own], identifiersType: 'SKU' },
    });
    expect(result).toMatchObject({ items: 1, missing: ['NO-1', 'NO-2,NO-3'] });
    expect(here.sandbox.counters().operations['catalogItems.searchCatalogItems']?.requests).toBe(3);
  });

  it('names the SKUs that are missing, and none that differs in its zeros only', async () => {
    const here = await start();
    const skus: string[] = [];
    for await (const { sku } of here.connector.listings.list()) skus.push(sku);
    const wanted = skus.slice(0, 45);
    const result = await runJob(catalogLookup(parts(here)), {
      backend: here.backend,
      payload: { identifiers: ['NONE-1', ...wanted, `0${wanted[0]}`], identifiersType: 'SKU' },
    });
    expect(result).toMatchObject({ missing: ['NONE-1', `0${wanted[0]}`] });
  });

  it('names no SKU as missing when an answer does not tell which SKU a product was found by', async () => {
    const here = await start();
    const told = { type: 'SKU', value: 'A-1' };
    const product = (productId: string, identifiers: readonly object[]) => ({
      accountId: account,
      marketplaceId: 'AE08WJ6YKNBMC',
      productId,
      identifiers,
      imageUrls: [],
      salesRanks: [],
    });
    const missing = async (items: readonly object[]) => {
      const connector = { catalog: { page: async () => ({ items }) } } as unknown as AmazonSPConnector;
      const result = await runJob(catalogLookup({ connector: async () => connector }), {
        backend: here.backend,
        payload: { identifiers: ['A-1', 'A-2'], identifiersType: 'SKU' },
      });
      return (result as { missing: readonly string[] }).missing;
    };
    expect(await missing([product('B1', [told]), product('B2', [{ type: 'EAN', value: '1' }])])).toEqual([]);
    expect(await missing([product('B1', [told])])).toEqual(['A-2']);
    expect(await missing([])).toEqual(['A-1', 'A-2']);
  });

  it('finds products by EAN', async () => {
    const here = await start();
    const { items } = await here.connector.listings
      .list()
      .pages()
      [Symbol.asyncIterator]()
      .next()
      .then(({ value }) => value);
    const item = await here.connector.catalog.get(items[0].productId);
    const ean = item.identifiers.find(({ type }) => type === 'EAN')?.value as string;
    const result = await runJob(catalogLookup(parts(here)), {
      backend: here.backend,
      payload: { identifiers: [ean], identifiersType: 'EAN' },
    });
    expect(result).toMatchObject({ items: 1, missing: [] });
  });
});

describe('payloads', () => {
  const nothing = { connector: async () => Promise.reject(new Error('not reached')) };

  it.each([
    [inventoryUpdate(nothing), { sku: 'A', quantity: -1 }, /zero or more/],
    [inventoryUpdate(nothing), { sku: 'A', quantity: 1.5 }, /whole number/],
    [inventoryUpdate(nothing), { sku: '', quantity: 1 }, /SKU is empty/],
    [inventoryUpdate(nothing), { sku: 'A', quantity: 1, marketplaceId: 'ZX' }, /no Amazon marketplace/],
    [pricesUpdate(nothing), { sku: 'A', price: { amount: '1,50', currency: 'ZAR' } }, /decimal amount/],
    [pricesUpdate(nothing), { sku: 'A', price: { amount: '1.50', currency: 'R' } }, /ISO 4217/],
    [catalogLookup(nothing), { identifiers: [] }, /at least one/],
    [catalogLookup(nothing), { identifiers: ['1'], identifiersType: 'ABC' }, /write one of ASIN/],
    [inventorySync(nothing), { since: 'yesterday' }, /ISO 8601/],
    [
      ordersConfirmShipment(nothing),
      { orderId: 'x', packageId: 'a', carrier: '', trackingNumber: '', shippedAt: 'now', items: [] },
      /902-1234567[\s\S]*positive whole numbers[\s\S]*carrier[\s\S]*tracking[\s\S]*ISO 8601[\s\S]*at least one/,
    ],
  ])('%# are refused with words that help', (job, payload, message) => {
    const { error } = job.payload.safeParse(payload);
    expect(error?.issues.map((issue) => issue.message).join('\n')).toMatch(message);
  });
});
