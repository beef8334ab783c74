import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const MarketplaceIds = 'AE08WJ6YKNBMC';
const v0 = '/orders/v0/orders';
type Item = { orderItemId: string; quantityOrdered: number };
type Order = { orderId: string; orderItems: Item[] };

describe('Orders v0', () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let unshipped: Order[];

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 400, skus: 40, rateLimits: false });
    wire = new Wire(sandbox);
    const query = {
      lastUpdatedAfter: '2020-01-01T00:00:00Z',
      fulfilledBy: 'MERCHANT',
      fulfillmentStatuses: 'UNSHIPPED',
    };
    unshipped = (await wire.get('/orders/2026-01-01/orders', query)).json.orders;
  });
  afterAll(() => sandbox.close());

  const rdt = async (...restrictedResources: unknown[]) =>
    wire.call({
      method: 'POST',
      path: '/tokens/2021-03-01/restrictedDataToken',
      body: { restrictedResources },
    });
  const confirm = (order: Order, changes: object = {}, query: object = {}) =>
    wire.call({
      method: 'POST',
      path: `${v0}/${order.orderId}/shipmentConfirmation`,
      body: {
        marketplaceId: MarketplaceIds,
        packageDetail: {
          packageReferenceId: '1',
          carrierCode: 'Other',
          carrierName: 'The Courier Guy',
          trackingNumber: 'TCG1',
          shipDate: new Date().toISOString(),
          orderItems: order.orderItems.map((item) => ({
            orderItemId: item.orderItemId,
            quantity: item.quantityOrdered,
          })),
          ...changes,
        },
        ...query,
      },
    });
  const read = async (id: string) =>
    (await wire.get(`/orders/2026-01-01/orders/${id}`, { includedData: 'FULFILLMENT,PACKAGES' })).json.order;

  it('confirms a shipment: no body, the order is shipped, the parcel is there, the update is new', async () => {
    const [order] = unshipped as [Order];
    const answer = await confirm(order);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await read(order.orderId)).toMatchObject({
      fulfillment: { fulfillmentStatus: 'SHIPPED' },
      packages: [{ packageReferenceId: '1', carrier: 'The Courier Guy', trackingNumber: 'TCG1' }],
    });
    expect(sandbox.orderIds().at(-1)).toBe(order.orderId);
  });

  it('ships in parts, and takes a repeated reference as a correction', async () => {
    const order = unshipped.find((one) => one.orderItems.some((item) => item.quantityOrdered > 1)) as Order;
    const item = order.orderItems.find((one) => one.quantityOrdered > 1) as Item;
    const one = [{ orderItemId: item.orderItemId, quantity: 1 }];
    await confirm(order, { orderItems: one });
    await confirm(order, { orderItems: one, trackingNumber: 'TCG2' });
    expect(await read(order.orderId)).toMatchObject({
      fulfillment: { fulfillmentStatus: 'PARTIALLY_SHIPPED' },
      packages: [{ trackingNumber: 'TCG2', packageItems: [{ quantity: 1 }] }],
    });
    const tooMuch = [{ orderItemId: item.orderItemId, quantity: item.quantityOrdered }];
    const answer = await confirm(order, { packageReferenceId: '2', orderItems: tooMuch });
    expect([answer.status, answer.json.errors[0].details]).toEqual([
      400,
      expect.stringContaining('were ordered'),
    ]);
  });

  it.each([
    ['a carrier without its name', { carrierName: undefined }, /carrierName/],
    ['a reference that is no number', { packageReferenceId: 'a' }, /packageReferenceId/],
    ['a broken date', { shipDate: 'today' }, /shipDate/],
    ['an unknown item', { orderItems: [{ orderItemId: 'x', quantity: 1 }] }, /no item/],
    ['nothing shipped', { orderItems: [] }, /orderItems/],
    ['no tracking number', { trackingNumber: undefined }, /trackingNumber/],
  ])('refuses %s', async (_what, changes, details) => {
    const answer = await confirm(unshipped.at(-1) as Order, changes);
    expect(answer.status).toBe(400);
    expect(answer.json.errors[0].details).toMatch(details);
  });

  it('lists orders and their items without personal data, unless a restricted token opens it', async () => {
    const query = { MarketplaceIds, LastUpdatedAfter: '2020-01-01' };
    const first = await wire.get(v0, query);
    expect(first.json.payload.Orders).toHaveLength(100);
    const second = await wire.get(v0, { MarketplaceIds, NextToken: first.json.payload.NextToken });
    expect(second.json.payload.Orders).toHaveLength(100);
    expect(second.json.payload.Orders[0].AmazonOrderId).not.toBe(first.json.payload.Orders[0].AmazonOrderId);
    const secrets = sandbox.personalData().flatMap((one) => one.values);
    expect(secrets.some((secret) => first.text.includes(secret))).toBe(false);
    const { json } = await rdt({ method: 'GET', path: v0, dataElements: ['buyerInfo'] });
    const opened = await wire.get(v0, query, { token: json.restrictedDataToken });
    expect(opened.json.payload.Orders[0].BuyerInfo.BuyerEmail).toMatch(/@marketplace\./);
    expect(opened.json.payload.Orders[0]).not.toHaveProperty('ShippingAddress');
    expect(sandbox.counters().distinct.find((one) => one.auth === 'rdt')).toMatchObject({
      operation: 'orders@v0.getOrders',
    });
  });

  it('gives an address only to a restricted token that covers just that', async () => {
    const id = unshipped[3]?.orderId as string;
    const path = `${v0}/${id}/address`;
    expect((await wire.get(path)).status).toBe(403);
    const generic = (await rdt({ method: 'GET', path: `${v0}/{orderId}/address` })).json.restrictedDataToken;
    expect((await wire.get(path, undefined, { token: generic })).json.payload.ShippingAddress.Name).toEqual(
      expect.any(String),
    );
    expect((await wire.get(`${v0}/${id}/buyerInfo`, undefined, { token: generic })).status).toBe(403);
    const other = (await rdt({ method: 'GET', path: `${v0}/123-1234567-1234567/address` })).json
      .restrictedDataToken;
    expect((await wire.get(path, undefined, { token: other })).status).toBe(403);
  });

  it.each([
    ['an operation that is not restricted', { method: 'GET', path: '/sellers/v1/account' }],
    ['a method that it does not have', { method: 'PUT', path: v0 }],
    [
      'data elements where there are none',
      { method: 'GET', path: `${v0}/{orderId}/address`, dataElements: ['buyerInfo'] },
    ],
    ['unknown data elements', { method: 'GET', path: v0, dataElements: ['secrets'] }],
    ['no data elements where they are needed', { method: 'GET', path: v0 }],
    ['any report document', { method: 'GET', path: '/reports/2021-06-30/documents/{reportDocumentId}' }],
  ])('makes no restricted token for %s', async (_what, resource) => {
    expect((await rdt(resource)).status).toBe(400);
  });

  it('makes no restricted token for more than fifty resources', async () => {
    const one = { method: 'GET', path: `${v0}/{orderId}/address` };
    expect((await rdt(...Array.from({ length: 51 }, () => one))).status).toBe(400);
    expect((await rdt(...Array.from({ length: 50 }, () => one))).status).toBe(200);
  });

  it('keeps a verification of a regulated order', async () => {
    const path = `${v0}/${unshipped[4]?.orderId}/regulatedInfo`;
    const body = { regulatedOrderVerificationStatus: { status: 'Approved', externalReviewerId: 'r1' } };
    expect((await wire.call({ method: 'PATCH', path, body })).status).toBe(204);
    const token = (await rdt({ method: 'GET', path })).json.restrictedDataToken;
    const { json } = await wire.get(path, undefined, { token });
    expect(json.payload.RegulatedOrderVerificationStatus).toMatchObject({
      Status: 'Approved',
      ExternalReviewerId: 'r1',
    });
  });
});
