import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { momentOf } from '../../checks/moment.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { leftOf, type StoredOrder } from '../../world/order.js';
import { orderOf } from '../orders/get-order.js';

const confirmation = z.object({
  marketplaceId: z.string(),
  codCollectionMethod: z.literal('DirectPayment').optional(),
  packageDetail: z.object({
    packageReferenceId: z.string().regex(/^[1-9]\d*$/, 'must be a positive number as text'),
    carrierCode: z.string().min(1),
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string().min(1),
    shipDate: z.string().transform((text, context) => {
      const ms = momentOf(text);
      if (ms !== undefined) return ms;
      context.addIssue({ code: 'custom', message: 'must be an ISO 8601 date-time' });
      return z.NEVER;
    }),
    shipFromSupplySourceId: z.string().optional(),
    orderItems: z
      .array(
        z.object({
          orderItemId: z.string(),
          quantity: z.int().min(1),
          transparencyCodes: z.array(z.string()).optional(),
        }),
      )
      .min(1),
  }),
});

/** A parcel with a reference that is known replaces the old one; another one ships more. */
export const confirmShipment = implement('orders', 'v0', 'confirmShipment', (call) => {
  const body = readBody(confirmation, call.params.body);
  const order = orderOf(call.seller, call.region, call.params.orderId);
  const parcel = body.packageDetail;
  checkShippable(order, body.marketplaceId);
  if (parcel.carrierCode === 'Other' && parcel.carrierName === undefined)
    throw refuse('packageDetail.carrierName is required when carrierCode is Other.');
  const shippedMs = parcel.shipDate;
  if (shippedMs < order.createdMs) throw refuse('packageDetail.shipDate is before the order was placed.');
  const old = order.parcels.findIndex((one) => one.packageReferenceId === parcel.packageReferenceId);
  const others = order.parcels.filter((_, i) => i !== old);
  const shipped = new Map<string, number>();
  for (const { orderItemId, quantity } of [...others.flatMap((one) => one.lines), ...parcel.orderItems])
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
  const now = call.now();
  const made = {
    packageReferenceId: parcel.packageReferenceId,
    carrier: parcel.carrierName ?? parcel.carrierCode,
    ...(parcel.shippingMethod === undefined ? {} : { shippingMethod: parcel.shippingMethod }),
    trackingNumber: parcel.trackingNumber,
    shippedMs,
    createdMs: now,
    lines: parcel.orderItems.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
  };
  if (old < 0) order.parcels.push(made);
  else order.parcels[old] = made;
  for (const line of order.lines) line.shipped = shipped.get(line.orderItemId) ?? 0;
  const whole = order.lines.every((line) => leftOf(line) === 0);
  order.status = whole ? 'SHIPPED' : 'PARTIALLY_SHIPPED';
  call.seller.orders.touch(order, now);
  return undefined;
});

const pickup = z.object({
  marketplaceId: z.string(),
  shipmentStatus: z.enum(['ReadyForPickup', 'PickedUp', 'RefusedPickup']),
  orderItems: z.array(z.object({ orderItemId: z.string(), quantity: z.int().min(1) })).optional(),
});

export const updateShipmentStatus = implement('orders', 'v0', 'updateShipmentStatus', (call) => {
  const body = readBody(pickup, call.params.body);
  const order = orderOf(call.seller, call.region, call.params.orderId);
  checkShippable(order, body.marketplaceId);
  order.pickupStatus = body.shipmentStatus;
  call.seller.orders.touch(order, call.now());
  return undefined;
});

function checkShippable(order: StoredOrder, marketplaceId: string): void {
  if (order.marketplaceId !== marketplaceId)
    throw refuse(`The order was placed in ${order.marketplaceId}, not in ${marketplaceId}.`);
  if (order.fulfilledBy === 'AMAZON') throw refuse('The order is fulfilled by Amazon.');
  if (order.status === 'CANCELLED' || order.status === 'PENDING' || order.status === 'PENDING_AVAILABILITY')
    throw refuse(`An order that is ${order.status} cannot be shipped.`);
}

function refuse(details: string): Error {
  return invalidInput('Request body is invalid.', details);
}
