import {
  type CatalogItem,
  type InventoryLevel,
  type Listing,
  type Order,
  orderId,
  type Paged,
  sku,
} from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../testing/connect-to-sandbox.js';

let open: Sandboxed;
const longAgo = new Date('2020-01-01');

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, orders: 130, skus: 50, settleMs: 0 },
  });
  open.sandbox.addOrders({ count: 10, status: 'UNSHIPPED' });
});

afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});

async function all<T>(paged: Paged<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of paged) items.push(item);
  return items;
}

describe('capabilities', () => {
  it('are orders, inventory, catalog, listings, prices and documents; the others are named when asked for', () => {
    const { connector } = open;
    expect(Object.keys(connector.capabilities)).toEqual([
      'orders',
      'inventory',
      'catalog',
      'listings',
      'prices',
      'documents',
    ]);
    expect(connector.has('advertising')).toBe(false);
    expect(() => connector.capability('advertising')).toThrow(
      /it has: orders, inventory, catalog, listings, prices, documents/,
    );
  });
});

describe('sellers', () => {
  it('tells where the seller sells', async () => {
    const [first] = await open.connector.sellers.participations();
    expect(first).toMatchObject({
      marketplaceId: 'AE08WJ6YKNBMC',
      countryCode: 'ZA',
      currency: 'ZAR',
      participating: true,
    });
  });
});

describe('orders', () => {
  it('are listed over all pages, each once, in canonical form', async () => {
    const { connector, sandbox } = open;
    const orders = await all(connector.orders.list({ updatedSince: longAgo }));
    expect(orders.map((order) => order.orderId).sort()).toEqual([...sandbox.orderIds()].sort());
    for (const order of orders) {
      expect(order).toMatchObject({
        accountId: 'acme-za',
        marketplaceId: 'AE08WJ6YKNBMC',
        updatedAt: expect.stringMatching(/Z$/),
      });
      expect(order.status).not.toBe('unknown');
      expect(order.items.length).toBeGreaterThan(0);
      expect(order.shipTo ?? order.buyerEmail).toBeUndefined();
    }
    expect(orders.some(({ total }) => total?.currency === 'ZAR')).toBe(true);
  });

  it('tell what a seller needs: promises, programs, replacements, money, cancellations, conditions', async () => {
    const orders = await all(open.connector.orders.list({ updatedSince: longAgo }));
    const items = orders.flatMap((order) => order.items);
    for (const order of orders) {
      expect(Object.keys(order)).toEqual(
        expect.arrayContaining(['shippingServiceLevel', 'shipAfter', 'shipBy', 'deliverAfter', 'deliverBy']),
      );
      expect(JSON.parse(JSON.stringify(order))).toEqual(order);
    }
    const has = (key: keyof Order) => orders.some((order) => order[key] !== undefined);
    expect(
      ['sellerOrderId', 'programs', 'cancellationRequest'].map((key) => has(key as keyof Order)),
    ).toEqual([true, true, true]);
    const known = new Set(orders.map(({ orderId: id }) => id));
    const replaced = orders.flatMap(({ relatedOrders = [] }) => relatedOrders);
    expect(replaced.length).toBeGreaterThan(0);
    expect(replaced.every((one) => one.relation === 'replaces' && known.has(one.orderId))).toBe(true);
    for (const key of ['promotionIds', 'programs', 'gift', 'cancellation', 'condition'] as const) {
      expect([key, items.some((item) => item[key] !== undefined)]).toEqual([key, true]);
    }
    const types = new Set(items.flatMap(({ amounts = [] }) => amounts.map(({ type }) => type)));
    expect([...types].sort()).toEqual(['discount', 'gift-wrap', 'item', 'shipping', 'tax']);
  });

  it('account for every unit and every cent', async () => {
    const orders = await all(open.connector.orders.list({ updatedSince: longAgo }));
    const total = (amounts: readonly { amount: { amount: string } }[] = []) =>
      amounts.reduce((sum, { amount }) => sum + Number(amount.amount), 0);
    for (const order of orders) {
      expect(total(order.amounts)).toBeCloseTo(Number(order.total?.amount), 2);
      for (const item of order.items) {
        const { quantityOrdered, quantityShipped, quantityCancelled, quantityUnfulfilled } = item;
        expect(quantityShipped + (quantityCancelled ?? -1) + (quantityUnfulfilled ?? -1)).toBe(
          quantityOrdered,
        );
        expect(total(item.amounts)).toBeCloseTo(Number(item.lineTotal?.amount), 2);
      }
    }
    const cancelled = orders.flatMap(({ items }) => items).filter((item) => item.quantityCancelled);
    expect(cancelled.some((item) => item.quantityShipped > 0)).toBe(true);
    expect(cancelled.some((item) => item.quantityShipped === 0)).toBe(true);
  });

  it('can be listed on from where a page ended, and fetch no page that is not read', async () => {
    const { connector, sandbox } = open;
    sandbox.resetCounters();
    const first: Order[] = [];
    let cursor: string | undefined;
    for await (const page of connector.orders.list({ placedSince: longAgo, pageSize: 50 }).pages()) {
      first.push(...page.items);
      cursor = page.nextCursor;
      break;
    }
    expect(sandbox.counters().requests).toBe(1);
    const rest = await all(connector.orders.list({ placedSince: longAgo, cursor }));
    expect(new Set([...first, ...rest].map((order) => order.orderId)).size).toBe(140);
  });

  it('bring personal data only when it is asked for', async () => {
    const { connector, sandbox } = open;
    const [some] = sandbox.personalData();
    const id = orderId(some?.orderId as string);
    const plain = JSON.stringify(await connector.orders.get(id));
    expect(some?.values.filter((value) => plain.includes(value))).toEqual([]);
    const whole = await connector.orders.get(id, { includeRecipient: true, includeBuyer: true });
    expect(whole.shipTo?.lines.length).toBeGreaterThan(0);
  });

  it('can be searched with every way to write a time that Amazon documents, and mean the same', async () => {
    const api = open.connector.api('orders');
    const { orders } = await api.searchOrders({ createdAfter: longAgo.toISOString() });
    const at = Date.parse(orders.map(({ createdTime }) => createdTime).sort()[60] as string);
    const hour = new Date(at - (at % 3_600_000));
    const local = new Date(hour.getTime() - 7 * 3_600_000).toISOString().slice(0, 16);
    const found = await Promise.all(
      [hour.toISOString(), `${local}-07`, `${local}:00-07:00`, `${local}:00.000-0700`].map(
        async (createdAfter) =>
          (await api.searchOrders({ createdAfter })).orders.map(({ orderId: id }) => id),
      ),
    );
    expect(found[0]?.length).toBeGreaterThan(0);
    expect(found[0]?.length).toBeLessThan(orders.length);
    expect(found.every((ids) => ids.join() === found[0]?.join())).toBe(true);
  });

  it.each([
    [{}, 'updatedSince'],
    [{ updatedSince: longAgo, placedSince: longAgo }, 'updatedSince'],
    [{ updatedSince: new Date('never') }, 'updatedSince'],
    [{ updatedSince: longAgo, cursor: 'not-a-cursor' }, 'cursor'],
    [{ updatedSince: longAgo, marketplaceIds: ['ATVPDKIKX0DER'] as never }, 'marketplaceIds'],
    [{ updatedSince: longAgo, marketplaceIds: ['XX'] as never }, 'marketplaceIds'],
    [{ updatedSince: longAgo, marketplaceIds: [] }, 'marketplaceIds'],
    [{ updatedSince: longAgo, statuses: [] }, 'fulfillmentStatuses'],
    [{ updatedSince: longAgo, pageSize: 101 }, undefined],
  ])('refuse a query that cannot be meant: %j', async (query, field) => {
    const { connector, sandbox } = open;
    sandbox.resetCounters();
    const listing = async () => all(connector.orders.list(query));
    await expect(listing()).rejects.toMatchObject({ name: 'ValidationError', ...(field && { field }) });
    if (field !== undefined) expect(sandbox.counters().requests).toBe(0);
  });

  it('say which order does not exist', async () => {
    await expect(open.connector.orders.get(orderId('902-0000000-0000000'))).rejects.toMatchObject({
      name: 'NotFoundError',
      field: 'orderId',
      message: 'Order 902-0000000-0000000 does not exist for acme-za.',
      requestId: expect.any(String),
    });
  });
});

describe('inventory', () => {
  it('is Amazon’s stock and the seller’s own', async () => {
    const levels: InventoryLevel[] = await all(open.connector.inventory.list());
    const state = open.sandbox.state()[0];
    expect(levels.filter(({ fulfilledBy }) => fulfilledBy === 'marketplace')).toHaveLength(
      state?.fbaSkus ?? -1,
    );
    expect(levels).toHaveLength(state?.skus ?? -1);
    expect(levels.every(({ available }) => Number.isSafeInteger(available))).toBe(true);
  });

  it('can be asked for any number of SKUs, which are asked for in batches', async () => {
    const every = (await all(open.connector.inventory.list())).map((level) => level.sku);
    open.sandbox.resetCounters();
    const some = await all(open.connector.inventory.list({ skus: every }));
    expect(some.map((level) => level.sku).sort()).toEqual([...every].sort());
    expect(open.sandbox.counters().requests).toBe(1 + Math.ceil(every.length / 20));
  });

  it('can be asked for some SKUs', async () => {
    const [one] = await all(open.connector.inventory.list({ fulfilledBy: 'marketplace' }));
    const some = await all(
      open.connector.inventory.list({ fulfilledBy: 'marketplace', skus: [sku(one?.sku as string)] }),
    );
    expect(some.map((level) => level.sku)).toEqual([one?.sku]);
  });

  it('of SKUs with commas is asked for one by one, since Amazon takes the comma for a separator', async () => {
    const { connector } = open;
    const tea = (await all(connector.inventory.list({ fulfilledBy: 'marketplace' }))).map(
      (level) => level.sku,
    );
    const own = (await all(connector.inventory.list({ fulfilledBy: 'seller' }))).map((level) => level.sku);
    const both = sku(`${own[0]},${own[1]}`);
    const listing = {
      productType: 'PRODUCT',
      requirements: 'LISTING_OFFER_ONLY' as const,
      attributes: {
        condition_type: [{ value: 'new_new' }],
        merchant_suggested_asin: [{ value: (await connector.listings.get(sku(own[0] as string))).productId }],
        purchasable_offer: [{ currency: 'ZAR', our_price: [{ schedule: [{ value_with_tax: 9.5 }] }] }],
        fulfillment_availability: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }],
      },
    };
    await connector.listings.put(both, listing);
    const skus = [own[2], both, tea[0], own[3]] as const;
    const some = await all(connector.inventory.list({ skus: skus as never }));
    expect(some.map((level) => level.sku).sort()).toEqual([...skus].sort());
    expect(await all(connector.listings.list({ skus: [both] }))).toMatchObject([{ sku: both, quantity: 3 }]);
    expect(await all(connector.catalog.search({ identifiers: [both], identifiersType: 'SKU' }))).not.toEqual(
      [],
    );
    await expect(all(connector.listings.list({ skus: [both, own[2]] as never }))).rejects.toMatchObject({
      field: 'skus',
    });
    await connector.listings.remove(both);
  });

  it('of no SKU is none, and nothing is asked of Amazon', async () => {
    open.sandbox.resetCounters();
    expect(await all(open.connector.inventory.list({ skus: [] }))).toEqual([]);
    expect(open.sandbox.counters().requests).toBe(0);
  });

  it('is of the SKUs asked for also when only changes are wanted, which Amazon does not do together', async () => {
    const { inventory } = open.connector;
    const every = await all(inventory.list({ fulfilledBy: 'marketplace' }));
    const wanted = every.filter((_, index) => index % 3 === 0);
    const updatedSince = new Date(wanted[1]?.updatedAt as string);
    const some = await all(
      inventory.list({ fulfilledBy: 'marketplace', skus: wanted.map((level) => level.sku), updatedSince }),
    );
    const changed = wanted.filter(({ updatedAt }) => Date.parse(updatedAt) >= updatedSince.getTime());
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(wanted.length);
    expect(some.map((level) => level.sku).sort()).toEqual(changed.map((level) => level.sku).sort());
  });
});

describe('listings and catalog', () => {
  it('lists every listing and gets one', async () => {
    const listings: Listing[] = await all(open.connector.listings.list());
    expect(listings).toHaveLength(50);
    const [first] = listings;
    expect(await open.connector.listings.get(first?.sku as never)).toMatchObject({
      sku: first?.sku,
      productId: first?.productId,
      productType: expect.any(String),
      price: { currency: 'ZAR' },
    });
  });

  it('lists more listings than Amazon pages through', async () => {
    await using many = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 2_030 },
    });
    const listings = await all(many.connector.listings.list());
    expect(new Set(listings.map((one) => one.sku)).size).toBe(2_030);
    expect(listings).toHaveLength(2_030);
  });

  it('creates, changes and removes a listing', async () => {
    const { listings } = open.connector;
    const created = await listings.put(sku('NEW 1/2'), {
      productType: 'PRODUCT',
      requirements: 'LISTING',
      attributes: {
        item_name: [{ value: 'A mug', language_tag: 'en_ZA', marketplace_id: 'AE08WJ6YKNBMC' }],
        condition_type: [{ value: 'new_new', marketplace_id: 'AE08WJ6YKNBMC' }],
        purchasable_offer: [
          {
            marketplace_id: 'AE08WJ6YKNBMC',
            currency: 'ZAR',
            our_price: [{ schedule: [{ value_with_tax: 99.5 }] }],
          },
        ],
        fulfillment_availability: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }],
      },
    });
    expect(created).toMatchObject({ sku: 'NEW 1/2', status: 'accepted', issues: [] });
    const change = await open.connector.inventory.update({
      sku: sku('NEW 1/2'),
      marketplaceId: open.connector.config.home.id,
      quantity: 8,
    });
    expect(change.status).toBe('accepted');
    expect(await listings.get(sku('NEW 1/2'))).toMatchObject({
      title: 'A mug',
      quantity: 8,
      price: { amount: '99.50', currency: 'ZAR' },
    });
    expect(await listings.remove(sku('NEW 1/2'))).toMatchObject({ status: 'accepted' });
    await expect(listings.get(sku('NEW 1/2'))).rejects.toMatchObject({ name: 'NotFoundError', field: 'sku' });
  });

  it('gets a product and searches by words and by identifiers', async () => {
    const { catalog, listings } = open.connector;
    const [listing] = await all(listings.list());
    const item: CatalogItem = await catalog.get(listing?.productId as string);
    expect(item).toMatchObject({ productId: listing?.productId, title: expect.any(String) });
    expect(item.identifiers.length).toBeGreaterThan(0);
    const [word = ''] = (item.title ?? '').split(' ');
    const found = await all(catalog.search({ keywords: [word] }));
    expect(found.length).toBeGreaterThan(0);
    const byAsin = await all(catalog.search({ identifiers: [item.productId] }));
    expect(byAsin.map(({ productId }) => productId)).toEqual([item.productId]);
    const bySku = await all(
      catalog.search({ identifiers: [listing?.sku as string], identifiersType: 'SKU' }),
    );
    expect(bySku.map(({ productId }) => productId)).toEqual([item.productId]);
  });

  it('refuses what cannot be searched, and names what is not there', async () => {
    const { catalog } = open.connector;
    expect(() => catalog.search({})).toThrow(/exactly one/);
    expect(() => catalog.search({ identifiers: ['1'], identifiersType: 'EAM' })).toThrow(
      /did you mean "EAN"/,
    );
    await expect(catalog.get('B00NOTHERE')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'Product B00NOTHERE is not in the catalogue of amazon.co.za.',
    });
  });
});

describe('prices', () => {
  it('are those that others ask, by both versions', async () => {
    const { prices, listings } = open.connector;
    const asins = [
      ...new Set((await all(listings.list())).flatMap(({ productId }) => productId ?? [])),
    ].slice(0, 25);
    open.sandbox.resetCounters();
    const competitive = await prices.competitive(asins);
    expect(open.sandbox.counters().requests).toBe(Math.ceil(asins.length / 20));
    expect(competitive.length).toBeGreaterThan(0);
    for (const price of competitive) {
      expect(asins).toContain(price.productId);
      expect(price.listingPrice).toMatchObject({
        amount: expect.stringMatching(/^\d+(\.\d+)?$/),
        currency: 'ZAR',
      });
    }
    await expect(
      prices.update({
        sku: sku('A'),
        marketplaceId: open.connector.config.home.id,
        price: { amount: '1234567890123.4567', currency: 'ZAR' },
      }),
    ).rejects.toMatchObject({ field: 'price.amount' });
    expect((await prices.offers(asins[0] as string)).length).toBeGreaterThan(0);
    expect((await prices.summary(asins.slice(0, 3))).some(({ featured }) => featured)).toBe(true);
  });
});
