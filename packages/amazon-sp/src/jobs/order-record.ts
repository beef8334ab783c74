import type { CanonicalRecord, Order } from '@fluxori/core';
import type { PersonalData } from '../orders/orders-client.js';

/**
 * The version is the time of the change. An order with personal data counts as newer than the same without, so that asking for it later adds it
 * and a later import without it does not take it away. The address is named first: so an order with both sorts after one with either.
 */
export function orderRecord(order: Order, { includeRecipient, includeBuyer }: PersonalData): CanonicalRecord {
  const version = `${order.updatedAt}${includeRecipient ? '+recipient' : ''}${includeBuyer ? '+buyer' : ''}`;
  return { kind: 'order', id: order.orderId, version, value: order };
}
