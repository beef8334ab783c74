import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type AccountId,
  type Address,
  type MarketplaceId,
  marketplaceId,
  type Order,
  type OrderRelation,
  type OrderStatus,
  orderId,
  type RelatedOrder,
  type ShipmentConfirmation,
} from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';
import { toAmounts } from './order-amounts.js';
import { some, toOrderItem } from './order-item-mapping.js';

export type AmazonOrder = ResponseOf<'orders', '2026-01-01', 'getOrder'>['order'];
type AmazonAssociation = NonNullable<AmazonOrder['associatedOrders']>[number];
type AmazonAddress = NonNullable<NonNullable<AmazonOrder['recipient']>['deliveryAddress']>;
type ConfirmShipmentBody = ParamsOf<'orders', 'v0', 'confirmShipment'>['body'];

/** Amazon's fulfilment statuses (orders 2026-01-01) in our words. */
export const orderStatuses: Readonly<Record<string, OrderStatus>> = {
  PENDING_AVAILABILITY: 'pending',
  PENDING: 'pending',
  UNSHIPPED: 'unshipped',
  PARTIALLY_SHIPPED: 'partially-shipped',
  SHIPPED: 'shipped',
  CANCELLED: 'cancelled',
  UNFULFILLABLE: 'unfulfillable',
};

/** What this order is to the associated one (orders 2026-01-01), in our words. */
const orderRelations: Readonly<Record<string, OrderRelation>> = {
  REPLACEMENT_ORIGINAL_ID: 'replaces',
  EXCHANGE_ORIGINAL_ID: 'exchange-for',
};

/** What Amazon takes as the number of a parcel. Source: `packageReferenceId` of orders v0. */
export const packageIdPattern = /^[1-9]\d{0,17}$/;

/** Who ships, in our words. */
const fulfilledBy: Readonly<Record<string, Order['fulfilledBy']>> = {
  AMAZON: 'marketplace',
  MERCHANT: 'seller',
};

/**
 * Amazon's order (2026-01-01) as the canonical one. Personal data is carried over only as far as it is asked for, even if Amazon sent more; what
 * buyer or seller wrote, such as a gift message, never is.
 *
 * @param home - the marketplace when Amazon names none, as for orders from other channels.
 */
export function toOrder(
  order: AmazonOrder,
  subject: { accountId: AccountId; home: MarketplaceId },
  personal: { recipient?: boolean; buyer?: boolean } = {},
): Order {
  const platformStatus = order.fulfillment?.fulfillmentStatus ?? 'UNKNOWN';
  const { deliveryAddress } = order.recipient ?? {};
  const { grandTotal, breakdowns } = order.proceeds ?? {};
  const { shipByWindow, deliverByWindow, fulfillmentServiceLevel } = order.fulfillment ?? {};
  const status = orderStatuses[platformStatus] ?? 'unknown';
  const items = (order.orderItems ?? []).map((item) => toOrderItem(item, status === 'cancelled'));
  return withoutUndefined({
    accountId: subject.accountId,
    marketplaceId: order.salesChannel?.marketplaceId
      ? marketplaceId(order.salesChannel.marketplaceId)
      : subject.home,
    orderId: orderId(order.orderId),
    status,
    platformStatus,
    purchasedAt: utc(order.createdTime) ?? order.createdTime,
    updatedAt: utc(order.lastUpdatedTime) ?? order.lastUpdatedTime,
    fulfilledBy: fulfilledBy[order.fulfillment?.fulfilledBy ?? ''],
    salesChannel: order.salesChannel?.marketplaceName ?? order.salesChannel?.channelName,
    sellerOrderId: order.orderAliases?.find(({ aliasType }) => aliasType === 'SELLER_ORDER_ID')?.aliasId,
    programs: some(order.programs),
    relatedOrders: some(order.associatedOrders?.flatMap(toRelatedOrder)),
    shippingServiceLevel: fulfillmentServiceLevel,
    shipAfter: utc(shipByWindow?.earliestDateTime),
    shipBy: utc(shipByWindow?.latestDateTime),
    deliverAfter: utc(deliverByWindow?.earliestDateTime),
    deliverBy: utc(deliverByWindow?.latestDateTime),
    cancellationRequest: items.find(({ cancellationRequest }) => cancellationRequest)?.cancellationRequest,
    total: moneyOf(grandTotal?.amount, grandTotal?.currencyCode),
    amounts: toAmounts(breakdowns),
    items,
    shipTo: personal.recipient && deliveryAddress ? toAddress(deliveryAddress) : undefined,
    buyerEmail: personal.buyer ? order.buyer?.buyerEmail : undefined,
  });
}

/** An association that names no order says nothing. */
function toRelatedOrder({ orderId: id, associationType = 'UNKNOWN' }: AmazonAssociation): RelatedOrder[] {
  if (id === undefined) return [];
  const relation = orderRelations[associationType] ?? 'unknown';
  return [{ orderId: orderId(id), relation, platformRelation: associationType }];
}

function toAddress(address: AmazonAddress): Address {
  const { companyName, addressLine1, addressLine2, addressLine3, municipality, districtOrCounty } = address;
  const city = address.city ?? municipality;
  const stateOrRegion = address.stateOrRegion ?? districtOrCounty;
  // Where a country has a level more than we have fields, a parcel needs it all the same.
  const levels = [municipality, districtOrCounty].filter((one) => one !== city && one !== stateOrRegion);
  const lines = [companyName, addressLine1, addressLine2, addressLine3, ...levels];
  return withoutUndefined({
    name: address.name,
    lines: lines.filter((line): line is string => line !== undefined && line !== ''),
    city,
    stateOrRegion,
    postalCode: address.postalCode,
    countryCode: address.countryCode,
    phone: address.phone,
  });
}

/**
 * The canonical confirmation as Amazon's request (orders v0, where confirming stayed).
 * A carrier that Amazon has no code for is written `Other: <its name>`.
 */
export function toConfirmShipment(confirmation: ShipmentConfirmation): ConfirmShipmentBody {
  const other = /^other\s*:\s*(.+)$/i.exec(confirmation.carrier);
  return {
    marketplaceId: confirmation.marketplaceId,
    packageDetail: {
      packageReferenceId: confirmation.packageId,
      ...(other?.[1] === undefined
        ? { carrierCode: confirmation.carrier }
        : { carrierCode: 'Other', carrierName: other[1].trim() }),
      ...(confirmation.shippingMethod !== undefined && { shippingMethod: confirmation.shippingMethod }),
      trackingNumber: confirmation.trackingNumber,
      shipDate: utc(confirmation.shippedAt) ?? confirmation.shippedAt,
      orderItems: confirmation.items.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
    },
  };
}

/**
 * Whether an order (with PACKAGES and FULFILLMENT) shows that a confirmation has arrived. A parcel that has another tracking number is as an
 * earlier confirmation left it: this one is there to correct it.
 */
export function showsShipment(order: AmazonOrder, confirmation: ShipmentConfirmation): boolean {
  const { packages = [] } = order;
  if (packages.some(({ trackingNumber }) => trackingNumber === confirmation.trackingNumber)) return true;
  const parcel = packages.find(({ packageReferenceId }) => packageReferenceId === confirmation.packageId);
  if (parcel !== undefined) return parcel.trackingNumber === undefined;
  // Amazon may not show packages to every application; an order with nothing left to ship needs no confirmation either.
  return confirmation.items.every(({ orderItemId }) => {
    const item = order.orderItems.find((one) => one.orderItemId === orderItemId);
    if (item === undefined) return false;
    const { quantityShipped, quantityUnfulfilled } = toOrderItem(item, false);
    const left = quantityUnfulfilled ?? item.quantityOrdered - quantityShipped;
    return quantityShipped > 0 && left <= 0;
  });
}
