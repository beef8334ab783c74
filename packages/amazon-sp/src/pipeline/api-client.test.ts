import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createApi, operationNamed } from './api-client.js';

const calls: string[] = [];
const api = createApi(async (operation, params) => {
  calls.push(`${operation.api}@${operation.version}.${operation.operationId} ${JSON.stringify(params)}`);
  return { orders: [] };
});
/** As a program without types would use it. */
const untyped = api as unknown as (name: string, version?: string) => Record<string, () => Promise<unknown>>;

describe('api(name, version?)', () => {
  it('gives the default version’s operations, or the named version’s', async () => {
    await api('orders').searchOrders({ marketplaceIds: ['A'] });
    await api('orders', 'v0').getOrders({ MarketplaceIds: ['A'] });
    await api('sellers').getAccount();
    expect(calls).toEqual([
      'orders@2026-01-01.searchOrders {"marketplaceIds":["A"]}',
      'orders@v0.getOrders {"MarketplaceIds":["A"]}',
      'sellers@v1.getAccount {}',
    ]);
  });

  it('gives the same client again', () => {
    expect(api('orders')).toBe(api('orders', '2026-01-01'));
  });

  it('can be awaited, printed and compared like any object', async () => {
    const client = api('orders');
    expect(await (client as unknown as Promise<unknown>)).toBe(client);
    expect(inspect(client)).toContain('searchOrders');
    expect(() => JSON.stringify(client)).not.toThrow();
    expect(Object.keys(client)).toEqual(expect.arrayContaining(['searchOrders', 'getOrder']));
  });

  it.each([
    [
      () => untyped('order'),
      /has no API "order"; did you mean "orders"\?; there are: aplusContent, .*vendorTransactionStatus/,
    ],
    [() => untyped('orders', 'v1'), /orders has no version "v1"; there are: 2026-01-01, v0/],
    [
      () => untyped('orders').serchOrders?.(),
      /orders 2026-01-01 has no operation "serchOrders"; did you mean "searchOrders"\?; there are: searchOrders, getOrder/,
    ],
    [() => untyped('orders').confirmShipment?.(), /it is in version v0: api\('orders', 'v0'\)/],
    [() => operationNamed('orders', 'nothing'), /has no operation "nothing"; there are/],
  ])('says what there is when asked for what there is not (%#)', (ask, message) => {
    expect(ask).toThrow(
      expect.objectContaining({
        name: 'ValidationError',
        code: 'OPERATION_UNKNOWN',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('knows its parameters and answers at compile time', async () => {
    const answer = await api('orders').searchOrders({ lastUpdatedAfter: '2026-01-01T00:00:00Z' });
    answer.orders satisfies readonly { orderId: string }[];
    // @ts-expect-error: unknown parameter
    await api('orders').searchOrders({ lastUpdateAfter: 'x' });
    // @ts-expect-error: confirmShipment stayed in v0
    expect(() => api('orders').confirmShipment).toThrow();
  });
});
