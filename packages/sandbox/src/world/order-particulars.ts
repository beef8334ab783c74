import { Prng } from '../random/prng.js';
import type { OrderLine, OrderStatus, StoredOrder } from './order.js';

/** Half of the reasons are sentences, as in the examples of Amazon's model. */
const reasons = [
  'ORDERED_BY_MISTAKE',
  'NO_LONGER_NEEDED',
  'Changed mind about purchase',
  'It takes too long',
];

const used = ['MINT', 'VERY_GOOD', 'GOOD'];

/** What only some orders have. Drawn apart from the order itself, so that the seed's orders stay what they are. */
export function inventParticulars(
  { seed, sellerId }: { readonly seed: number; readonly sellerId: string },
  order: Pick<StoredOrder, 'number' | 'status' | 'fulfilledBy'>,
): Pick<StoredOrder, 'cancelRequest' | 'sellerOrderId' | 'preorder'> {
  const prng = Prng.of(seed, 'particulars', sellerId, order.number);
  const byMerchant = order.fulfilledBy === 'MERCHANT';
  const asksToCancel = prng.chance(0.1);
  const reason = prng.pick(reasons);
  const ownNumber = prng.chance(0.1);
  const preorder = prng.chance(0.03);
  return {
    ...(byMerchant && order.status === 'UNSHIPPED' && asksToCancel ? { cancelRequest: reason } : {}),
    ...(byMerchant && ownNumber ? { sellerOrderId: `SO-${100_000 + order.number}` } : {}),
    ...(preorder ? { preorder } : {}),
  };
}

/** What only some lines have. A unit of a shipped line may have been cancelled before; of a cancelled order all are. */
export function lineParticulars(
  seed: number,
  orderItemId: string,
  quantity: number,
  status: OrderStatus,
): Pick<OrderLine, 'cancelled' | 'condition' | 'giftWrapped' | 'subscribed'> {
  const prng = Prng.of(seed, 'line', orderItemId);
  const oneLess = prng.chance(0.3) && quantity > 1 && status === 'SHIPPED';
  return {
    cancelled: status === 'CANCELLED' ? quantity : oneLess ? 1 : 0,
    condition: prng.chance(0.04)
      ? { conditionType: 'USED', conditionSubtype: prng.pick(used) }
      : { conditionType: 'NEW', conditionSubtype: 'NEW' },
    giftWrapped: prng.chance(0.05),
    subscribed: prng.chance(0.04),
  };
}
