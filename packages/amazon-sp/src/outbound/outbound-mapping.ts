import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { type AccountId, type Address, type MarketplaceId, type Money, sku } from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';
import type {
  OutboundOrder,
  OutboundOrderSummary,
  OutboundReturn,
  OutboundShipment,
  OutboundStatus,
} from './outbound-order.js';
import type { AmazonAddress } from './outbound-request.js';

type Payload<Answer extends { payload?: unknown }> = NonNullable<Answer['payload']>;
export type AmazonOutboundOrder = Payload<
  ResponseOf<'fulfillmentOutbound', '2020-07-01', 'getFulfillmentOrder'>
>;
type AmazonPreviews = Payload<ResponseOf<'fulfillmentOutbound', '2020-07-01', 'getFulfillmentPreview'>>;
type AmazonPreview = NonNullable<AmazonPreviews['fulfillmentPreviews']>[number];
type AmazonShipment = NonNullable<AmazonOutboundOrder['fulfillmentShipments']>[number];
type AmazonTracking = Payload<ResponseOf<'fulfillmentOutbound', '2020-07-01', 'getPackageTrackingDetails'>>;

/** What it would cost and how long it would take to send an order at one speed. */
export interface OutboundPreview {
  readonly speed: string;
  readonly fulfillable: boolean;
  readonly fees: readonly { readonly type: string; readonly amount: Money }[];
  /** Amazon's codes of what stands in the way. */
  readonly hindrances: readonly string[];
  readonly unfulfillableItems: readonly {
    readonly itemId: string;
    readonly sku: string;
    readonly quantity: number;
    readonly hindrances: readonly string[];
  }[];
  readonly shipments: readonly {
    readonly shipsFrom?: string;
    readonly shipsUntil?: string;
    readonly arrivesFrom?: string;
    readonly arrivesUntil?: string;
  }[];
  /** For ScheduledDelivery. ISO 8601 in UTC. */
  readonly deliveryWindows: readonly { readonly from: string; readonly to: string }[];
}

/** Where a parcel is. Who signed for it, and where it goes, is not in here: that is about a person. */
export interface OutboundTracking {
  readonly packageNumber: number;
  readonly carrier?: string;
  readonly trackingNumber?: string;
  /** Amazon's word, e.g. `DELIVERED`. */
  readonly status?: string;
  readonly shippedAt?: string;
  readonly arrivesAt?: string;
  readonly events: readonly { readonly at?: string; readonly code: string; readonly description: string }[];
}

/** Source: FulfillmentOrderStatus, fulfillment outbound 2020-07-01. */
const statuses: Readonly<Record<string, OutboundStatus>> = {
  New: 'received',
  Received: 'received',
  Planning: 'planning',
  Processing: 'processing',
  Complete: 'complete',
  CompletePartialled: 'partly-complete',
  Cancelled: 'cancelled',
  Unfulfillable: 'unfulfillable',
  Invalid: 'invalid',
};

export function toOutboundSummary(
  order: AmazonOutboundOrder['fulfillmentOrder'],
  { accountId, includeRecipient }: { accountId: AccountId; includeRecipient?: boolean },
): OutboundOrderSummary {
  return withoutUndefined({
    accountId,
    marketplaceId: order.marketplaceId as MarketplaceId,
    outboundOrderId: order.sellerFulfillmentOrderId,
    displayId: order.displayableOrderId,
    status: statuses[order.fulfillmentOrderStatus] ?? 'unknown',
    platformStatus: order.fulfillmentOrderStatus,
    speed: order.shippingSpeedCategory,
    held: order.fulfillmentAction === 'Hold',
    policy: order.fulfillmentPolicy,
    receivedAt: utc(order.receivedDate) ?? '',
    updatedAt: utc(order.statusUpdatedDate) ?? utc(order.receivedDate) ?? '',
    shipTo: includeRecipient ? toAddress(order.destinationAddress) : undefined,
  });
}

export function toOutboundOrder(
  from: AmazonOutboundOrder,
  subject: { accountId: AccountId; includeRecipient?: boolean },
): OutboundOrder {
  return {
    ...toOutboundSummary(from.fulfillmentOrder, subject),
    items: from.fulfillmentOrderItems.map((item) =>
      withoutUndefined({
        itemId: item.sellerFulfillmentOrderItemId,
        sku: sku(item.sellerSku),
        quantity: item.quantity,
        cancelled: item.cancelledQuantity,
        unfulfillable: item.unfulfillableQuantity,
        shipsAt: utc(item.estimatedShipDate),
        arrivesAt: utc(item.estimatedArrivalDate),
      }),
    ),
    shipments: (from.fulfillmentShipments ?? []).map(toShipment),
    returns: (from.returnItems ?? []).map(toReturn),
  };
}

export function toReturn(item: AmazonOutboundOrder['returnItems'][number]): OutboundReturn {
  return withoutUndefined({
    returnItemId: item.sellerReturnItemId,
    itemId: item.sellerFulfillmentOrderItemId,
    shipmentId: item.amazonShipmentId,
    reasonCode: item.sellerReturnReasonCode,
    status: item.status,
    condition: item.returnReceivedCondition,
    changedAt: utc(item.statusChangedDate),
  });
}

export function toPreview(from: AmazonPreview): OutboundPreview {
  return {
    speed: from.shippingSpeedCategory,
    fulfillable: from.isFulfillable,
    fees: (from.estimatedFees ?? []).flatMap(({ name, amount }) => {
      const money = moneyOf(amount.value, amount.currencyCode);
      return money === undefined ? [] : [{ type: name, amount: money }];
    }),
    hindrances: from.orderUnfulfillableReasons ?? [],
    unfulfillableItems: (from.unfulfillablePreviewItems ?? []).map((item) => ({
      itemId: item.sellerFulfillmentOrderItemId,
      sku: item.sellerSku,
      quantity: item.quantity,
      hindrances: item.itemUnfulfillableReasons ?? [],
    })),
    shipments: (from.fulfillmentPreviewShipments ?? []).map((one) =>
      withoutUndefined({
        shipsFrom: utc(one.earliestShipDate),
        shipsUntil: utc(one.latestShipDate),
        arrivesFrom: utc(one.earliestArrivalDate),
        arrivesUntil: utc(one.latestArrivalDate),
      }),
    ),
    deliveryWindows: (from.scheduledDeliveryInfo?.deliveryWindows ?? []).flatMap(({ startDate, endDate }) => {
      const [from, to] = [utc(startDate), utc(endDate)];
      return from && to ? [{ from, to }] : [];
    }),
  };
}

export function toTracking(from: AmazonTracking): OutboundTracking {
  return withoutUndefined({
    packageNumber: from.packageNumber,
    carrier: from.carrierCode,
    trackingNumber: from.trackingNumber,
    status: from.currentStatus,
    shippedAt: utc(from.shipDate),
    arrivesAt: utc(from.estimatedArrivalDate),
    events: (from.trackingEvents ?? []).map((event) =>
      withoutUndefined({
        at: utc(event.eventDate),
        code: event.eventCode,
        description: event.eventDescription,
      }),
    ),
  });
}

function toShipment(from: AmazonShipment): OutboundShipment {
  return withoutUndefined({
    shipmentId: from.amazonShipmentId,
    status: from.fulfillmentShipmentStatus,
    fulfilmentCentre: from.fulfillmentCenterId,
    shippedAt: utc(from.shippingDate),
    arrivesAt: utc(from.estimatedArrivalDate),
    items: from.fulfillmentShipmentItem.map((item) =>
      withoutUndefined({
        itemId: item.sellerFulfillmentOrderItemId,
        sku: sku(item.sellerSku),
        quantity: item.quantity,
        packageNumber: item.packageNumber,
      }),
    ),
    packages: (from.fulfillmentShipmentPackage ?? []).map((one) =>
      withoutUndefined({
        packageNumber: one.packageNumber,
        carrier: one.carrierCode,
        trackingNumber: one.trackingNumber,
        arrivesAt: utc(one.estimatedArrivalDate),
      }),
    ),
  });
}

function toAddress(from: AmazonAddress): Address {
  const { name, addressLine1, addressLine2, addressLine3, ...rest } = from;
  return withoutUndefined({
    name,
    lines: [addressLine1, addressLine2, addressLine3].flatMap((line) => line || []),
    city: rest.city,
    stateOrRegion: rest.stateOrRegion,
    postalCode: rest.postalCode,
    countryCode: rest.countryCode,
    phone: rest.phone,
  });
}
