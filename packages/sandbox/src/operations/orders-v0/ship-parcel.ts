import type { Notify } from '../../events/far-side-event.js';
import { invalidInput } from '../../http/refusal.js';
import { leftOf, type StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { tellOrder } from '../../world/tell-order.js';

/** A parcel that the merchant says has left. */
export interface ConfirmedParcel {
  readonly seller: Seller;
  readonly order: StoredOrder;
  readonly packageReferenceId: string;
  readonly carrier: string;
  readonly shippingMethod?: string | undefined;
  readonly trackingNumber: string;
  readonly shippedMs: number;
  readonly lines: readonly { readonly orderItemId: string; readonly quantity: number }[];
  readonly nowMs: number;
  readonly notify: Notify;
}

/**
 * Puts a parcel to an order, in the place of one with the same reference, and moves the order on.
 *
 * @throws Refusal (400) for what the order does not have, or has no more of.
 */
export function shipParcel(parcel: ConfirmedParcel): void {
  const { carrier, nowMs, order, packageReferenceId, seller, shippedMs, shippingMethod, trackingNumber } =
    parcel;
  if (shippedMs < order.createdMs) throw refuse('packageDetail.shipDate is before the order was placed.');
  const old = order.parcels.findIndex((one) => one.packageReferenceId === packageReferenceId);
  const others = order.parcels.filter((_, i) => i !== old);
  const shipped = new Map<string, number>();
  for (const { orderItemId, quantity } of [...others.flatMap((one) => one.lines), ...parcel.lines])
    shipped.set(orderItemId, (shipped.get(orderItemId) ?? 0) + quantity);
  for (const [orderItemId, quantity] of shipped) {
    const line = order.lines.find((one) => one.orderItemId === orderItemId);
    if (line === undefined) throw refuse(`The order has no item ${orderItemId}.`);
    const wanted = line.quantity - line.cancelled;
    if (quantity > wanted)
      throw refuse(
        `Item ${orderItemId}: ${quantity} would be shipped, ${wanted} were ordered${line.cancelled > 0 ? ' and not cancelled' : ''}.`,
      );
  }
  const made = {
    ...{ packageReferenceId, carrier, trackingNumber, shippedMs, createdMs: nowMs },
    ...(shippingMethod === undefined ? {} : { shippingMethod }),
    lines: parcel.lines.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
  };
  if (old < 0) order.parcels.push(made);
  else order.parcels[old] = made;
  for (const line of order.lines) line.shipped = shipped.get(line.orderItemId) ?? 0;
  order.status = order.lines.every((line) => leftOf(line) === 0) ? 'SHIPPED' : 'PARTIALLY_SHIPPED';
  seller.orders.touch(order, nowMs);
  tellOrder(order, parcel.notify);
}

/** @throws Refusal (400) for an order of another marketplace, of Amazon's own, or in a state in which nothing leaves. */
export function checkShippable(order: StoredOrder, marketplaceId: string): void {
  if (order.marketplaceId !== marketplaceId)
    throw refuse(`The order was placed in ${order.marketplaceId}, not in ${marketplaceId}.`);
  if (order.fulfilledBy === 'AMAZON') throw refuse('The order is fulfilled by Amazon.');
  if (order.status === 'CANCELLED' || order.status === 'PENDING' || order.status === 'PENDING_AVAILABILITY')
    throw refuse(`An order that is ${order.status} cannot be shipped.`);
}

function refuse(details: string): Error {
  return invalidInput('Request body is invalid.', details);
}
