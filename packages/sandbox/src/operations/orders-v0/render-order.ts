import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { OrderLine, OrderStatus, StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { centsOf } from '../orders/order-amounts.js';

type Order = NonNullable<ResponseOf<'orders', 'v0', 'getOrder'>['payload']>;
type Item = NonNullable<ResponseOf<'orders', 'v0', 'getOrderItems'>['payload']>['OrderItems'][number];
type Address = NonNullable<Order['ShippingAddress']>;
type BuyerInfo = NonNullable<Order['BuyerInfo']>;

const day = 86_400_000;

/** How v0 writes the statuses. */
export const v0Statuses: Readonly<Record<OrderStatus, string>> = {
  PENDING_AVAILABILITY: 'PendingAvailability',
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'PartiallyShipped',
  SHIPPED: 'Shipped',
  CANCELLED: 'Canceled',
  UNFULFILLABLE: 'Unfulfillable',
};

/** @param dataElements - what a restricted data token opened; without any, the order has no personal data. */
export function renderOrderV0(seller: Seller, order: StoredOrder, dataElements: readonly string[]): Order {
  const marketplace = marketplaceOfRecord(order);
  const total = order.lines.reduce((sum, line) => sum + centsOf(line).total, 0);
  const shipped = order.lines.reduce((sum, line) => sum + line.shipped, 0);
  const ordered = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  const pending = order.status === 'PENDING';
  return {
    AmazonOrderId: order.id,
    SellerOrderId: order.id,
    PurchaseDate: iso(order.createdMs),
    LastUpdateDate: iso(order.updatedMs),
    OrderStatus: v0Statuses[order.status],
    FulfillmentChannel: order.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN',
    SalesChannel: marketplace.name,
    ShipServiceLevel: order.serviceLevel === 'STANDARD' ? 'Std ZA Dom' : 'Exp ZA Dom',
    ...(pending
      ? {}
      : { OrderTotal: { CurrencyCode: marketplace.currency, Amount: decimalOf(total, marketplace) } }),
    NumberOfItemsShipped: shipped,
    NumberOfItemsUnshipped: order.status === 'CANCELLED' ? 0 : ordered - shipped,
    PaymentMethod: 'Other',
    PaymentMethodDetails: ['Standard'],
    MarketplaceId: marketplace.id,
    ShipmentServiceLevelCategory: order.serviceLevel === 'STANDARD' ? 'Standard' : 'Expedited',
    OrderType: 'StandardOrder',
    EarliestShipDate: iso(order.createdMs),
    LatestShipDate: iso(order.createdMs + 2 * day),
    IsBusinessOrder: order.business,
    IsPrime: order.fulfilledBy === 'AMAZON',
    IsPremiumOrder: false,
    IsGlobalExpressEnabled: false,
    IsReplacementOrder: false,
    IsISPU: false,
    ...(dataElements.includes('shippingAddress') && !pending
      ? { ShippingAddress: addressOf(seller, order) }
      : {}),
    ...(dataElements.includes('buyerInfo') && !pending ? { BuyerInfo: buyerInfoOf(seller, order) } : {}),
  };
}

export function renderItemV0(order: StoredOrder, line: OrderLine): Item {
  const marketplace = marketplaceOfRecord(order);
  const money = (cents: number) => ({
    CurrencyCode: marketplace.currency,
    Amount: decimalOf(cents, marketplace),
  });
  const amounts = centsOf(line);
  return {
    ASIN: line.asin,
    SellerSKU: line.sku,
    OrderItemId: line.orderItemId,
    Title: line.title,
    QuantityOrdered: line.quantity,
    QuantityShipped: line.shipped,
    ProductInfo: { NumberOfItems: '1' },
    ItemPrice: money(amounts.item + amounts.tax),
    ItemTax: money(amounts.tax),
    PromotionDiscount: money(amounts.discount),
    ...(line.promotionId === undefined ? {} : { PromotionIds: [line.promotionId] }),
    IsGift: 'false',
    ConditionId: 'New',
    ConditionSubtypeId: 'New',
    IsTransparency: false,
  };
}

export function buyerInfoOf(seller: Seller, order: StoredOrder): BuyerInfo {
  const { name, email } = seller.buyerOf(order);
  return { BuyerEmail: email, BuyerName: name };
}

export function addressOf(seller: Seller, order: StoredOrder): Address {
  const person = seller.buyerOf(order);
  return {
    Name: person.name,
    AddressLine1: person.addressLine1,
    ...(person.addressLine2 === undefined ? {} : { AddressLine2: person.addressLine2 }),
    City: person.city,
    StateOrRegion: person.stateOrRegion,
    PostalCode: person.postalCode,
    CountryCode: marketplaceOfRecord(order).countryCode,
    Phone: person.phone,
    AddressType: order.business ? 'Commercial' : 'Residential',
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
