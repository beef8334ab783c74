import type { Prng } from '../random/prng.js';
import type { StoredOrder } from './order.js';
import { inventParcel } from './parcel.js';

/** Makes an order a replacement of an earlier one: what was sent then, to the same buyer, for nothing. */
export function asReplacement(prng: Prng, order: StoredOrder, original: StoredOrder): StoredOrder {
  const { status, updatedMs, sellerOrderId: _, cancelRequest: __, ...rest } = order;
  const { marketplaceId, fulfilledBy, business } = original;
  const lines = original.lines.map(({ promotionId: ___, ...line }) => ({
    ...line,
    orderItemId: prng.digits(14),
    quantity: line.shipped,
    shipped: status === 'SHIPPED' ? line.shipped : 0,
    cancelled: status === 'CANCELLED' ? line.shipped : 0,
    unitCents: 0,
    giftWrapped: false,
    subscribed: false,
  }));
  const byMerchant = fulfilledBy === 'MERCHANT' && status === 'SHIPPED';
  return {
    ...rest,
    status,
    updatedMs,
    marketplaceId,
    fulfilledBy,
    business,
    preorder: false,
    lines,
    parcels: byMerchant ? [inventParcel(prng, lines, updatedMs)] : [],
    replaces: { number: original.number, id: original.id },
  };
}
