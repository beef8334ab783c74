import { type Order, orderId } from '@fluxori/core';
import type { Sandboxed } from './connect-to-sandbox.js';

/** A new order in that state whose goods the seller sends himself. */
export async function ownOrder(
  { connector, sandbox }: Pick<Sandboxed, 'connector' | 'sandbox'>,
  status: 'SHIPPED' | 'UNSHIPPED' | 'PENDING',
): Promise<Order> {
  for (let tries = 0; tries < 60; tries++) {
    const [id] = sandbox.addOrders({ count: 1, status });
    const order = await connector.orders.get(orderId(id as string));
    if (order.fulfilledBy === 'seller') return order;
  }
  throw new Error('The sandbox has no such order.');
}
