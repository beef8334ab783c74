import type { Notify } from '../events/far-side-event.js';
import type { StoredOrder } from './order.js';

/** Tells those who subscribed that an order came in, or is another one since its last update. */
export function tellOrder(
  order: StoredOrder,
  notify: Notify,
  change: 'OrderStatusChange' | 'BuyerRequestedChange' = 'OrderStatusChange',
): void {
  const { id, marketplaceId, sellerId, status, updatedMs } = order;
  notify({
    ...{ kind: 'order-change', sellerId, orderId: id, marketplaceId, change },
    ...{ orderStatus: status, atMs: updatedMs },
  });
}
