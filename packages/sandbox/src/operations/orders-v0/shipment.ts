import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { momentOf } from '../../checks/moment.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { tellOrder } from '../../world/tell-order.js';
import { orderOf } from '../orders/get-order.js';
import { checkShippable, shipParcel } from './ship-parcel.js';

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
  const { marketplaceId, packageDetail: parcel } = readBody(confirmation, call.params.body);
  const { notify, seller } = call;
  const order = orderOf(seller, call.region, call.params.orderId);
  checkShippable(order, marketplaceId);
  if (parcel.carrierCode === 'Other' && parcel.carrierName === undefined)
    throw refuse('packageDetail.carrierName is required when carrierCode is Other.');
  shipParcel({
    ...{ seller, order, notify, nowMs: call.now() },
    packageReferenceId: parcel.packageReferenceId,
    carrier: parcel.carrierName ?? parcel.carrierCode,
    shippingMethod: parcel.shippingMethod,
    trackingNumber: parcel.trackingNumber,
    shippedMs: parcel.shipDate,
    lines: parcel.orderItems,
  });
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
  tellOrder(order, call.notify);
  return undefined;
});

function refuse(details: string): Error {
  return invalidInput('Request body is invalid.', details);
}
