import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { type AccountId, type Money, type OrderId, orderId } from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

export type AmazonShipment = NonNullable<ResponseOf<'merchantFulfillment', 'v0', 'getShipment'>['payload']>;
type AmazonServices = NonNullable<
  ResponseOf<'merchantFulfillment', 'v0', 'getEligibleShipmentServices'>['payload']
>;
type AmazonService = AmazonServices['ShippingServiceList'][number];

/** What a carrier offers for one parcel. */
export interface ShippingOffer {
  readonly serviceId: string;
  /** Good for a short time only. */
  readonly offerId: string;
  readonly carrier: string;
  readonly service: string;
  /** What Amazon charges, with its adjustments. */
  readonly price: Money;
  /** ISO 8601 in UTC. */
  readonly shipsAt?: string;
  readonly arrivesFrom?: string;
  readonly arrivesUntil?: string;
  readonly labelFormats: readonly string[];
  /** Amazon wants more to be said first: see `additionalInputs`. */
  readonly needsInputs: boolean;
}

export interface ShippingOffers {
  readonly offers: readonly ShippingOffer[];
  /** Services that do not take this parcel, and why. */
  readonly rejected: readonly {
    readonly serviceId: string;
    readonly carrier: string;
    readonly service: string;
    readonly code: string;
    readonly reason?: string;
  }[];
  readonly unavailableCarriers: readonly string[];
  /** Carriers whose terms the seller has not accepted in Seller Central. */
  readonly termsNotAccepted: readonly string[];
}

export type ShipmentStatus =
  | 'purchased'
  | 'refund-pending'
  | 'refund-rejected'
  | 'refund-applied'
  | 'unknown';

/** A parcel whose label was bought. Recipient and label are not in it: see `label`. */
export interface PurchasedShipment {
  readonly accountId: AccountId;
  readonly shipmentId: string;
  readonly orderId: OrderId;
  readonly status: ShipmentStatus;
  /** Amazon's own word for the status. */
  readonly platformStatus: string;
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
  readonly carrier: string;
  readonly service: string;
  readonly price?: Money;
  readonly trackingNumber?: string;
  readonly shipsAt?: string;
  readonly arrivesUntil?: string;
  /** ISO 8601 in UTC. */
  readonly createdAt?: string;
}

const statuses: Readonly<Record<string, ShipmentStatus>> = {
  Purchased: 'purchased',
  RefundPending: 'refund-pending',
  RefundRejected: 'refund-rejected',
  RefundApplied: 'refund-applied',
};

export function toOffers(from: AmazonServices): ShippingOffers {
  return {
    offers: (from.ShippingServiceList ?? []).flatMap(toOffer),
    rejected: (from.RejectedShippingServiceList ?? []).map((one) =>
      withoutUndefined({
        serviceId: one.ShippingServiceId,
        carrier: one.CarrierName,
        service: one.ShippingServiceName,
        code: one.RejectionReasonCode,
        reason: one.RejectionReasonMessage,
      }),
    ),
    unavailableCarriers: (from.TemporarilyUnavailableCarrierList ?? []).map((one) => one.CarrierName),
    termsNotAccepted: (from.TermsAndConditionsNotAcceptedCarrierList ?? []).map((one) => one.CarrierName),
  };
}

/** An offer whose price cannot be read is none. */
function toOffer(one: AmazonService): ShippingOffer[] {
  const price = priceOf(one);
  if (price === undefined) return [];
  return [
    withoutUndefined({
      serviceId: one.ShippingServiceId,
      offerId: one.ShippingServiceOfferId,
      carrier: one.CarrierName,
      service: one.ShippingServiceName,
      price,
      shipsAt: utc(one.ShipDate),
      arrivesFrom: utc(one.EarliestEstimatedDeliveryDate),
      arrivesUntil: utc(one.LatestEstimatedDeliveryDate),
      labelFormats: one.AvailableLabelFormats ?? [],
      needsInputs: one.RequiresAdditionalSellerInputs,
    }),
  ];
}

export function toShipment(from: AmazonShipment, accountId: AccountId): PurchasedShipment {
  const { ShippingService: service } = from;
  return withoutUndefined({
    accountId,
    shipmentId: from.ShipmentId,
    orderId: orderId(from.AmazonOrderId),
    status: statuses[from.Status] ?? 'unknown',
    platformStatus: from.Status,
    items: from.ItemList.map(({ OrderItemId, Quantity }) => ({
      orderItemId: OrderItemId,
      quantity: Quantity,
    })),
    carrier: service.CarrierName,
    service: service.ShippingServiceName,
    price: priceOf(service),
    trackingNumber: from.TrackingId,
    shipsAt: utc(service.ShipDate),
    arrivesUntil: utc(service.LatestEstimatedDeliveryDate),
    createdAt: utc(from.CreatedDate),
  });
}

function priceOf({ RateWithAdjustments, Rate }: Pick<AmazonService, 'Rate' | 'RateWithAdjustments'>) {
  const rate = RateWithAdjustments ?? Rate;
  return moneyOf(rate?.Amount, rate?.CurrencyCode);
}
