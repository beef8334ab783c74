import { momentOf } from '../checks/moment.js';
import { Refusal } from '../http/refusal.js';
import { checkShippable, shipParcel } from '../operations/orders-v0/ship-parcel.js';
import { leftOf } from '../world/order.js';
import type { FeedScene } from './feed-judge.js';

/** One parcel of an order fulfilment feed, whatever its format. */
export interface FulfillmentMessage {
  readonly orderId: string | undefined;
  readonly shipDate: string | undefined;
  readonly carrier: string | undefined;
  readonly shippingMethod: string | undefined;
  readonly trackingNumber: string | undefined;
  /** Absent: all that is left of the order. */
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number | undefined }[];
}

export interface FulfillmentProblem {
  readonly code: string;
  readonly description: string;
}

/** Amazon's codes for an unknown order and for data that do not fit; others stand here under the second. */
const codes = { unknownOrder: '18028', invalid: '18034' } as const;

/** Confirms the shipment that a message tells of. @returns what is wrong with it, and then nothing was changed. */
export function confirmMessage(
  scene: FeedScene,
  message: FulfillmentMessage,
): FulfillmentProblem | undefined {
  const { nowMs, notify, seller } = scene;
  const order = message.orderId === undefined ? undefined : seller.orders.get(message.orderId);
  if (order === undefined || !scene.feed.marketplaceIds.includes(order.marketplaceId))
    return {
      code: codes.unknownOrder,
      description: `The order id ${message.orderId ?? '(none)'} is not one of yours.`,
    };
  const shippedMs = message.shipDate === undefined ? undefined : momentOf(message.shipDate);
  if (shippedMs === undefined)
    return {
      code: codes.invalid,
      description: `The date of the shipment is missing or no date: ${message.shipDate ?? ''}.`,
    };
  const lines =
    message.items.length > 0
      ? message.items.map(({ orderItemId, quantity }) => ({
          orderItemId,
          quantity:
            quantity ??
            order.lines
              .filter((one) => one.orderItemId === orderItemId)
              .reduce((sum, one) => sum + leftOf(one), 0),
        }))
      : order.lines
          .filter((line) => leftOf(line) > 0)
          .map((line) => ({ orderItemId: line.orderItemId, quantity: leftOf(line) }));
  try {
    checkShippable(order, order.marketplaceId);
    shipParcel({
      ...{ seller, order, shippedMs, lines, nowMs, notify },
      packageReferenceId: String(order.parcels.length + 1),
      carrier: message.carrier ?? 'Other',
      shippingMethod: message.shippingMethod,
      trackingNumber: message.trackingNumber ?? '',
    });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return { code: codes.invalid, description: error.details };
    throw error;
  }
}
