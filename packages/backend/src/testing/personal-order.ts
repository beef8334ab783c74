import { type AccountId, type CanonicalRecord, marketplaceId, type Order, orderId } from '@fluxori/core';

export const shipTo = {
  name: 'Naledi Khumalozi',
  lines: ['12 Proteaalaan'],
  city: 'Durban',
  phone: '+27 82 555',
};
export const email = 'naledi.k@example.co.za';

/** An order of a person. */
export function order(
  account: AccountId,
  id: string,
  more: Partial<Order> = {},
): CanonicalRecord & { value: Order } {
  const updatedAt = '2026-11-01T00:00:00Z';
  return {
    ...{ kind: 'order', id, version: `${more.updatedAt ?? updatedAt}+recipient+buyer` },
    value: {
      ...{ accountId: account, marketplaceId: marketplaceId('AE08WJ6YKNBMC'), orderId: orderId(id) },
      ...{ status: 'shipped', platformStatus: 'SHIPPED', purchasedAt: updatedAt, updatedAt },
      items: [{ orderItemId: '1', sku: 'TEA' as never, quantityOrdered: 1, quantityShipped: 1 }],
      ...{ shipTo, buyerEmail: email },
      ...more,
    },
  };
}
