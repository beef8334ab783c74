import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const path = '/orders/2026-01-01/orders';
const since = '2020-01-01T00:00:00Z';
type Order = ResponseOf<'orders', '2026-01-01', 'getOrder'>['order'];
type Page = { orders: { orderId: string; lastUpdatedTime: string }[] };

describe('searchOrders', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 450, skus: 40, rateLimits: false });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  /** Walks all pages, doing something between them. */
  async function walk(query: Record<string, string | number>, between: (page: number) => void = () => {}) {
    const orders: Page['orders'] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const answer = await wire.get(path, {
        ...query,
        ...(token === undefined ? {} : { paginationToken: token }),
      });
      expect(answer.status).toBe(200);
      orders.push(...answer.json.orders);
      token = answer.json.pagination?.nextToken;
      between(++pages);
    } while (token !== undefined);
    return { orders, pages };
  }

  it('gives every order once over the pages, in order of the last update', async () => {
    const { orders, pages } = await walk({ lastUpdatedAfter: since });
    expect(pages).toBe(5);
    expect(orders.map((order) => order.orderId)).toEqual(sandbox.orderIds());
    expect(orders.map((order) => order.lastUpdatedTime)).toEqual(
      orders.map((order) => order.lastUpdatedTime).sort(),
    );
  });

  it('gives every old order once while new ones come in and others change, and all of them afterwards', async () => {
    await using busy = await startSandbox({ orders: 450, skus: 40, rateLimits: false });
    const caller = new Wire(busy);
    const known = busy.orderIds();
    const changed = new Set<string>();
    const seen: string[] = [];
    const watermark = { until: '' };
    let token: string | undefined;
    do {
      const answer = await caller.get(path, {
        lastUpdatedAfter: since,
        maxResultsPerPage: 50,
        ...(token === undefined ? {} : { paginationToken: token }),
      });
      seen.push(...answer.json.orders.map((order: { orderId: string }) => order.orderId));
      watermark.until = answer.json.lastUpdatedBefore;
      token = answer.json.pagination?.nextToken;
      busy.addOrders({ count: 3 });
      const moved = known[known.length - 1 - changed.size * 7] as string;
      changed.add(moved);
      busy.updateOrder(moved, { status: 'SHIPPED' });
    } while (token !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    const missed = known.filter((id) => !seen.includes(id));
    // What changed before its page came has left the span, and comes with the next one.
    expect(missed.every((id) => changed.has(id))).toBe(true);
    const { json } = await new Wire(busy).get(path, { lastUpdatedAfter: watermark.until });
    expect(json.orders).toEqual([]);
  });

  it('shows a change only after the two minutes that Amazon needs, and tells up to when it knows', async () => {
    let now = Date.UTC(2026, 10, 20, 12);
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    await using slow = await startSandbox({
      orders: 10,
      skus: 5,
      rateLimits: false,
      clock,
      accessTokenLifetimeSeconds: 9_999,
    });
    const caller = new Wire(slow);
    const watermark = new Date(now - 120_000).toISOString();
    const [added] = slow.addOrders({ count: 1 });
    const before = await caller.get(path, { lastUpdatedAfter: watermark });
    expect(before.json.lastUpdatedBefore).toBe(watermark);
    expect(JSON.stringify(before.json)).not.toContain(added);
    now += 120_000;
    const after = await caller.get(path, { lastUpdatedAfter: watermark });
    expect(after.json.orders.map((order: { orderId: string }) => order.orderId)).toContain(added);
  });

  it('includes both ends of the span', async () => {
    const all = (await walk({ lastUpdatedAfter: since })).orders;
    const [first, second, third] = all.slice(10, 13) as [
      Page['orders'][0],
      Page['orders'][0],
      Page['orders'][0],
    ];
    const query = { lastUpdatedAfter: first.lastUpdatedTime, lastUpdatedBefore: third.lastUpdatedTime };
    const ids = (await walk(query)).orders.map((order) => order.orderId);
    expect(ids).toEqual([first.orderId, second.orderId, third.orderId]);
  });

  it('filters by status, fulfilling party and creation', async () => {
    const query = {
      createdAfter: since,
      fulfillmentStatuses: 'UNSHIPPED,CANCELLED',
      fulfilledBy: 'MERCHANT',
      includedData: 'FULFILLMENT',
    };
    const { orders } = await walk(query);
    expect(orders.length).toBeGreaterThan(3);
    for (const order of orders as unknown as {
      fulfillment: { fulfillmentStatus: string; fulfilledBy: string };
    }[]) {
      expect(['UNSHIPPED', 'CANCELLED']).toContain(order.fulfillment.fulfillmentStatus);
      expect(order.fulfillment.fulfilledBy).toBe('MERCHANT');
    }
  });

  it.each([
    ['neither start', {}, /Exactly one/],
    ['both starts', { createdAfter: since, lastUpdatedAfter: since }, /Exactly one/],
    ['the other end', { createdAfter: since, lastUpdatedBefore: since }, /lastUpdatedBefore/],
    [
      'an end before the start',
      { lastUpdatedAfter: '2026-01-02T00:00:00Z', lastUpdatedBefore: '2026-01-01T00:00:00Z' },
      /must not be before/,
    ],
    [
      'an end within the last two minutes',
      // The table is made long before the request, perhaps; an hour ahead is still within them, or later.
      { lastUpdatedAfter: since, lastUpdatedBefore: new Date(Date.now() + 3_600_000).toISOString() },
      /two minutes/,
    ],
    ['a start in the future', { createdAfter: '2099-01-01T00:00:00Z' }, /future/],
    ['a page of none', { lastUpdatedAfter: since, maxResultsPerPage: 0 }, /maxResultsPerPage/],
    ['a page beyond a hundred', { lastUpdatedAfter: since, maxResultsPerPage: 101 }, /maxResultsPerPage/],
    ['a token that it did not give', { lastUpdatedAfter: since, paginationToken: 'abc.def' }, /not valid/],
  ])('refuses %s', async (_what, query, details) => {
    const answer = await wire.get(path, query);
    expect([answer.status, answer.json.errors[0].code]).toEqual([400, 'InvalidInput']);
    expect(answer.json.errors[0].details).toMatch(details);
  });

  it('refuses a token that was altered, comes with other parameters, or is a day old', async () => {
    let now = Date.now();
    await using aged = await startSandbox({
      orders: 30,
      skus: 5,
      rateLimits: false,
      accessTokenLifetimeSeconds: 999_999,
      clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    const caller = new Wire(aged);
    const query = { lastUpdatedAfter: since, maxResultsPerPage: 10 };
    const paginationToken: string = (await caller.get(path, query)).json.pagination.nextToken;
    const detailsOf = async (changed: Record<string, string | number>) =>
      (await caller.get(path, { ...query, paginationToken, ...changed })).json.errors?.[0].details;
    expect(await detailsOf({})).toBeUndefined();
    expect(await detailsOf({ paginationToken: `x${paginationToken}` })).toMatch(/not valid/);
    expect(await detailsOf({ maxResultsPerPage: 20 })).toMatch(/all other parameters/);
    expect(await detailsOf({ includedData: 'BUYER' })).toMatch(/all other parameters/);
    now += 86_400_000;
    expect(await detailsOf({})).toMatch(/expired/);
  });

  it('gives personal data only when it is asked for', async () => {
    const secrets = sandbox.personalData().flatMap((one) => one.values);
    expect(secrets.length).toBeGreaterThan(1_800);
    const plain = await wire.get(path, {
      lastUpdatedAfter: since,
      includedData: 'PROCEEDS,PACKAGES,TAX,PAYMENT,PROMOTION,CANCELLATION',
    });
    expect(secrets.filter((secret) => plain.text.includes(secret))).toEqual([]);
    // As in Amazon's model, what is to be packed tells the message that goes with a gift.
    const packing = await wire.get(path, { lastUpdatedAfter: since, includedData: 'FULFILLMENT' });
    const messages = secrets.filter((secret) => packing.text.includes(secret));
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.every((message) => message.startsWith('Happy birthday'))).toBe(true);
    const asked = await wire.get(path, { lastUpdatedAfter: since, includedData: 'BUYER,RECIPIENT' });
    const [first] = asked.json.orders;
    const known = sandbox.personalData().find((one) => one.orderId === first.orderId)?.values;
    expect(known).toContain(first.buyer.buyerEmail);
    expect(known).toContain(first.recipient.deliveryAddress.addressLine1);
  });

  it('shows one order, and 404 for one that it does not have', async () => {
    const [id] = sandbox.orderIds();
    const answer = await wire.get(`${path}/${id}`, { includedData: 'FULFILLMENT' });
    expect(answer.json.order).toMatchObject({ orderId: id, fulfillment: expect.anything() });
    expect((await wire.get(`${path}/123-0000000-0000000`)).status).toBe(404);
    expect((await wire.get(`${path}/12`)).status).toBe(400);
  });

  it('tells of cancelled units, programs, replacements, promotions, gifts, shipping and tax, for some orders', async () => {
    const includedData = 'PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT';
    const orders = (await walk({ lastUpdatedAfter: since, includedData })).orders as unknown as Order[];
    const items = orders.flatMap((order) => order.orderItems);
    const kinds = new Set(items.flatMap(({ proceeds }) => proceeds?.breakdowns?.map(({ type }) => type)));
    expect([...kinds].sort()).toEqual(['DISCOUNT', 'GIFT_WRAP', 'ITEM', 'SHIPPING', 'TAX']);
    expect(new Set(orders.flatMap(({ programs = [] }) => programs))).toEqual(
      new Set(['AMAZON_BUSINESS', 'PREMIUM', 'PREORDER', 'PRIME']),
    );
    expect(items.flatMap(({ programs = [] }) => programs)).toContain('SUBSCRIBE_AND_SAVE');
    expect(items.some(({ promotion }) => promotion?.breakdowns?.[0]?.promotionId)).toBe(true);
    expect(items.some(({ product }) => product.condition?.conditionType === 'USED')).toBe(true);
    expect(items.some(({ fulfillment }) => fulfillment?.packing?.giftOption?.giftMessage)).toBe(true);
    expect(orders.flatMap(({ orderAliases = [] }) => orderAliases)[0]?.aliasType).toBe('SELLER_ORDER_ID');
    const asked = items.filter(({ cancellation }) => cancellation?.cancellationRequest);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ fulfillment }) => (fulfillment?.quantityUnfulfilled ?? 0) > 0)).toBe(true);
  });

  it('counts every unit as shipped, to be shipped or cancelled, and takes no money for cancelled ones', async () => {
    const includedData = 'PROCEEDS,CANCELLATION,FULFILLMENT';
    const orders = (await walk({ lastUpdatedAfter: since, includedData })).orders as unknown as Order[];
    const seen = new Set<string>();
    for (const { fulfillment: whole, orderItems } of orders) {
      for (const { quantityOrdered, fulfillment, cancellation, proceeds } of orderItems) {
        const { quantityFulfilled: sent = 0, quantityUnfulfilled: left = 0 } = fulfillment ?? {};
        const cancelled = quantityOrdered - sent - left;
        expect(cancelled).toBeGreaterThanOrEqual(0);
        expect(cancellation?.cancellationExecution !== undefined).toBe(cancelled > 0);
        if (cancelled === quantityOrdered) expect(Number(proceeds?.proceedsTotal?.amount)).toBe(0);
        if (whole?.fulfillmentStatus === 'SHIPPED' || whole?.fulfillmentStatus === 'CANCELLED')
          expect(left).toBe(0);
        seen.add(cancelled === 0 ? 'none' : cancelled < quantityOrdered ? 'some' : 'all');
      }
    }
    expect([...seen].sort()).toEqual(['all', 'none', 'some']);
  });

  it('lets a replacement come after the order it replaces, with the same goods, to the same buyer, for nothing', async () => {
    const includedData = 'PROCEEDS,RECIPIENT';
    const orders = (await walk({ lastUpdatedAfter: since, includedData })).orders as unknown as Order[];
    const replacements = orders.filter(({ associatedOrders }) => associatedOrders !== undefined);
    expect(replacements.length).toBeGreaterThan(0);
    for (const replacement of replacements) {
      const [link] = replacement.associatedOrders ?? [];
      expect(link?.associationType).toBe('REPLACEMENT_ORIGINAL_ID');
      const original = orders.find(({ orderId }) => orderId === link?.orderId) as Order;
      expect(Date.parse(replacement.createdTime)).toBeGreaterThan(Date.parse(original.createdTime));
      const skus = original.orderItems.map(({ product }) => product.sellerSku);
      expect(skus).toEqual(
        expect.arrayContaining(replacement.orderItems.map(({ product }) => product.sellerSku)),
      );
      if (replacement.recipient) expect(replacement.recipient).toEqual(original.recipient);
      expect(Number(replacement.proceeds?.grandTotal?.amount)).toBe(0);
    }
  });

  it('lets line amounts and their parts add up to the total of the order', async () => {
    const { json } = await wire.get(path, { lastUpdatedAfter: since, includedData: 'PROCEEDS' });
    const sum = (amounts: readonly ({ amount: string } | undefined)[]) =>
      amounts.reduce((total, one) => total + Number(one?.amount ?? 0), 0);
    for (const { proceeds, orderItems } of json.orders as Order[]) {
      const total = Number(proceeds?.grandTotal?.amount);
      expect(sum(orderItems.map((item) => item.proceeds?.proceedsTotal))).toBeCloseTo(total, 2);
      expect(sum(proceeds?.breakdowns?.map(({ subtotal }) => subtotal) ?? [])).toBeCloseTo(total, 2);
      for (const item of orderItems) {
        const { proceedsTotal, breakdowns = [] } = item.proceeds ?? {};
        expect(sum(breakdowns.map(({ subtotal }) => subtotal))).toBeCloseTo(Number(proceedsTotal?.amount), 2);
        const tax = breakdowns.find(({ type }) => type === 'TAX');
        expect(sum(tax?.detailedBreakdowns?.map(({ value }) => value) ?? [])).toBeCloseTo(
          Number(tax?.subtotal.amount),
          2,
        );
      }
    }
  });
});
