import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Wire } from '../testing/wire.js';

const search = '/orders/2026-01-01/orders';
const since = { lastUpdatedAfter: '2020-01-01T00:00:00Z' };

describe('The admin URL', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 30, skus: 10, settleMs: 0 });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it('tells what reached the far side', async () => {
    await wire.admin('POST', '/counters/reset');
    await wire.get(search, since);
    await wire.get(search, since);
    await wire.get(search, { ...since, maxResultsPerPage: 5 });
    await wire.get(search);
    await wire.get('/nowhere');
    const { json } = await wire.admin('GET', '/counters');
    const { sellerId } = sandbox.credentials;
    expect(json).toEqual(sandbox.counters());
    expect(json).toMatchObject({
      requests: 5,
      served: 3,
      throttled: 0,
      rejected: 2,
      failed: 0,
      cut: 0,
      statuses: { 200: 3, 400: 1, 403: 1 },
    });
    expect(json.operations['orders.searchOrders']).toMatchObject({
      requests: 4,
      served: 3,
      statuses: { 200: 3, 400: 1 },
    });
    expect(json.operations.unknown).toMatchObject({ requests: 1 });
    expect(json.accounts[sellerId]).toMatchObject({ requests: 4, served: 3 });
    expect(json.repeatedPages).toEqual([
      { operation: 'orders.searchOrders', sellerId, page: expect.any(String), served: 2 },
    ]);
    expect(json.distinct).toHaveLength(4);
    expect(json.distinct[0]).toMatchObject({
      operation: 'orders.searchOrders',
      method: 'GET',
      path: search,
      parameters: ['lastUpdatedAfter'],
      auth: 'seller',
      region: 'eu',
      sellerId,
      count: 2,
    });
  });

  it('lets orders come in, change, and goods be sold', async () => {
    const { status, json } = await wire.admin('POST', '/orders', { count: 3, status: 'PENDING' });
    expect([status, json.orderIds.length]).toEqual([201, 3]);
    const [id] = json.orderIds;
    expect((await wire.admin('PATCH', `/orders/${id}`, { status: 'CANCELLED' })).status).toBe(200);
    const found = await wire.get(`${search}/${id}`, { includedData: 'FULFILLMENT,CANCELLATION' });
    expect(found.json.order.fulfillment.fulfillmentStatus).toBe('CANCELLED');
    const recent = await wire.get(search, { lastUpdatedAfter: found.json.order.lastUpdatedTime });
    expect(recent.json.orders.map((order: { orderId: string }) => order.orderId)).toContain(id);
    const at = '2026-01-05T10:00:00.000Z';
    await wire.admin('PATCH', `/orders/${id}`, { at });
    expect((await wire.get(`${search}/${id}`)).json.order.lastUpdatedTime).toBe(at);
    const sold = await wire.admin('POST', '/sales', { sku: 'TEA-00000', quantity: 1_000 });
    expect(sold.json).toEqual({ left: 0 });
  });

  it('shows buckets, state and credentials, and switches faults', async () => {
    const bucket = (await wire.admin('GET', '/buckets')).json.find(
      (one: { operation: string }) => one.operation === 'orders.searchOrders',
    );
    expect(bucket).toMatchObject({
      scope: 'seller',
      rate: 0.0056,
      burst: 20,
      region: 'eu',
      sellerId: sandbox.credentials.sellerId,
    });
    expect((await wire.admin('GET', '/state')).json[0]).toMatchObject({
      orders: 33,
      skus: 10,
      marketplaceIds: ['AE08WJ6YKNBMC'],
    });
    expect((await wire.admin('GET', '/credentials')).json).toEqual(sandbox.accounts);
    const { json } = await wire.admin('POST', '/faults', { kind: 'error', status: 503 });
    expect((await wire.get(search, since)).status).toBe(503);
    expect((await wire.admin('DELETE', `/faults/${json.id}`)).status).toBe(200);
    expect((await wire.get(search, since)).status).toBe(200);
    expect((await wire.admin('DELETE', '/faults')).status).toBe(200);
    expect((await wire.admin('POST', '/buckets/refill')).status).toBe(200);
    expect((await wire.admin('PUT', '/plans/orders.searchOrders', { rate: 3, burst: 4 })).status).toBe(200);
    expect((await wire.get(search, since)).headers['x-amzn-ratelimit-limit']).toBe('3.0');
    const { code } = (await wire.admin('POST', '/authorizations')).json;
    expect(code).toMatch(/^RH/);
  });

  it.each([
    ['GET', '/nothing', undefined, 404],
    ['POST', '/orders', { count: 0 }, 400],
    ['POST', '/orders', { colour: 1 }, 400],
    ['PATCH', '/orders/123-0000000-0000000', {}, 404],
    ['POST', '/sales', { sku: 'NO', quantity: 1 }, 404],
    ['POST', '/faults', { kind: 'meteor' }, 400],
    ['PUT', '/plans/orders.serchOrders', { rate: 1, burst: 1 }, 400],
    ['PUT', '/plans/orders.searchOrders', { rate: 0, burst: 1 }, 400],
  ])('answers %s %s %j with %i', async (method, path, body, status) => {
    const answer = await wire.admin(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.json.error).toEqual(expect.any(String));
  });
});
