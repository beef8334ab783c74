import { invalidInput, notFound } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { findMarketplace, type Region } from '../../world/marketplaces.js';
import type { StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { renderOrder } from './render-order.js';

export const getOrder = implement('orders', '2026-01-01', 'getOrder', ({ params, seller, region }) => ({
  order: renderOrder(seller, orderOf(seller, region, params.orderId), new Set(params.includedData)),
}));

/** @throws Refusal 400 for what is no order id, 404 for one that this seller does not have in this region. */
export function orderOf(seller: Seller, region: Region, orderId: string): StoredOrder {
  if (!/^\d{3}-\d{7}-\d{7}$/.test(orderId))
    throw invalidInput(
      'Request has missing or invalid parameters and cannot be parsed.',
      `'${orderId}' is no order id.`,
    );
  const order = seller.orders.get(orderId);
  if (order === undefined || findMarketplace(order.marketplaceId)?.region !== region)
    throw notFound('The requested resource does not exist.', `There is no order ${orderId}.`);
  return order;
}
