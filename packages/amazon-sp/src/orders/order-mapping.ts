import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type AccountId,
  type Address,
  type MarketplaceId,
  marketplaceId,
  type Order,
  type OrderItem,
  type OrderStatus,
  orderId,
  type ShipmentConfirmation,
  sku,
} from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

export type AmazonOrder = ResponseOf<'orders', '2026-01-01', 'getOrder'>['order'];
type AmazonOrderItem = AmazonOrder['orderItems'][number];
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

/** What Amazon takes as the number of a parcel. Source: `packageReferenceId` of orders v0. */
export const packageIdPattern = /^[1-9]\d{0,17}$/;

/** Who ships, in our words. */
const fulfilledBy: Readonly<Record<string, Order['fulfilledBy']>> = {
  AMAZON: 'marketplace',
  MERCHANT: 'seller',
};

/**
 * Amazon's order (2026-01-01) as the canonical one. Personal data is carried over only as far as it is asked for, even if Amazon sent more.
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
  const { grandTotal } = order.proceeds ?? {};
  return withoutUndefined({
    accountId: subject.accountId,
    marketplaceId: order.salesChannel?.marketplaceId
      ? marketplaceId(order.salesChannel.marketplaceId)
      : subject.home,
    orderId: orderId(order.orderId),
    status: orderStatuses[platformStatus] ?? 'unknown',
    platformStatus,
    purchasedAt: utc(order.createdTime) ?? order.createdTime,
    updatedAt: utc(order.lastUpdatedTime) ?? order.lastUpdatedTime,
    fulfilledBy: fulfilledBy[order.fulfillment?.fulfilledBy ?? ''],
    salesChannel: order.salesChannel?.marketplaceName ?? order.salesChannel?.channelName,
    shipBy: utc(order.fulfillment?.shipByWindow?.latestDateTime),
    total: moneyOf(grandTotal?.amount, grandTotal?.currencyCode),
    items: (order.orderItems ?? []).map(toOrderItem),
    shipTo: personal.recipient && deliveryAddress ? toAddress(deliveryAddress) : undefined,
    buyerEmail: personal.buyer ? order.buyer?.buyerEmail : undefined,
  });
}

function toOrderItem(item: AmazonOrderItem): OrderItem {
  const { unitPrice } = item.product?.price ?? {};
  const { proceedsTotal } = item.proceeds ?? {};
  return withoutUndefined({
    orderItemId: item.orderItemId,
    sku: item.product?.sellerSku ? sku(item.product.sellerSku) : undefined,
    productId: item.product?.asin,
    title: item.product?.title,
    quantityOrdered: item.quantityOrdered,
    quantityShipped: item.fulfillment?.quantityFulfilled ?? 0,
    unitPrice: moneyOf(unitPrice?.amount, unitPrice?.currencyCode),
    lineTotal: moneyOf(proceedsTotal?.amount, proceedsTotal?.currencyCode),
  });
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
    return item !== undefined && (item.fulfillment?.quantityFulfilled ?? 0) >= item.quantityOrdered;
  });
}
