import { describe, expect, it } from '@jest/globals';
import type { Order } from './generated/models/orders-2026-01-01.js';
import { findOperation, type ParamsOf, type ResponseOf } from './index.js';

describe('the example of the README', () => {
  const operation = findOperation('orders', 'searchOrders');

  const params: ParamsOf<'orders', '2026-01-01', 'searchOrders'> = {
    marketplaceIds: ['AE08WJ6YKNBMC'],
    lastUpdatedAfter: '2026-11-01T00:00:00Z',
  };

  function ids(page: ResponseOf<'orders', '2026-01-01', 'searchOrders'>): string[] {
    return page.orders.map((order: Order) => order.orderId);
  }

  it('finds the operation that it shows', () => {
    expect(operation).toMatchObject({
      method: 'GET',
      path: '/orders/2026-01-01/orders',
      rate: 0.0056,
      burst: 20,
    });
  });

  it('names parameters that the table knows', () => {
    const known = operation?.parameters.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(Object.keys(params)));
  });

  it('reads the answer', () => {
    const order = { orderId: '123-4567890-1234567' } as Order;
    expect(ids({ orders: [order] } as ResponseOf<'orders', '2026-01-01', 'searchOrders'>)).toEqual([
      order.orderId,
    ]);
  });
});
