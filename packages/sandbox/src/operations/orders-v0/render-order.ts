import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { leftOf, type OrderLine, type OrderStatus, type StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { centsOf } from '../orders/order-amounts.js';
import { giftWrapLevel, isPremium } from '../orders/render-order.js';

type Order = NonNullable<ResponseOf<'orders', 'v0', 'getOrder'>['payload']>;
type Item = NonNullable<ResponseOf<'orders', 'v0', 'getOrderItems'>['payload']>['OrderItems'][number];
type Address = NonNullable<Order['ShippingAddress']>;
type ItemBuyerInfo = NonNullable<
  ResponseOf<'orders', 'v0', 'getOrderItemsBuyerInfo'>['payload']
>['OrderItems'][number];
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
  const total = order.lines.reduce((sum, line) => sum + centsOf(order, line).total, 0);
  const shipped = order.lines.reduce((sum, line) => sum + line.shipped, 0);
  const unshipped = order.lines.reduce((sum, line) => sum + leftOf(line), 0);
  const pending = order.status === 'PENDING';
  return {
    AmazonOrderId: order.id,
    SellerOrderId: order.sellerOrderId ?? order.id,
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
    NumberOfItemsUnshipped: unshipped,
    PaymentMethod: 'Other',
    PaymentMethodDetails: ['Standard'],
    MarketplaceId: marketplace.id,
    ShipmentServiceLevelCategory: order.serviceLevel === 'STANDARD' ? 'Standard' : 'Expedited',
    OrderType: order.preorder ? 'Preorder' : 'StandardOrder',
    EarliestShipDate: iso(order.createdMs),
    LatestShipDate: iso(order.createdMs + 2 * day),
    IsBusinessOrder: order.business,
    IsPrime: order.fulfilledBy === 'AMAZON',
    IsPremiumOrder: isPremium(order),
    IsGlobalExpressEnabled: false,
    IsReplacementOrder: order.replaces !== undefined,
    ...(order.replaces ? { ReplacedOrderId: order.replaces.id } : {}),
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
  const { item, shipping, taxOn, discount } = centsOf(order, line);
  return {
    ASIN: line.asin,
    SellerSKU: line.sku,
    OrderItemId: line.orderItemId,
    Title: line.title,
    QuantityOrdered: line.quantity,
    QuantityShipped: line.shipped,
    ProductInfo: { NumberOfItems: '1' },
    ItemPrice: money(item + taxOn.item),
    ItemTax: money(taxOn.item),
    ...(shipping > 0
      ? { ShippingPrice: money(shipping + taxOn.shipping), ShippingTax: money(taxOn.shipping) }
      : {}),
    PromotionDiscount: money(discount),
    ...(line.promotionId === undefined ? {} : { PromotionIds: [line.promotionId] }),
    IsGift: String(line.giftWrapped),
    ConditionId: titleCase(line.condition.conditionType),
    ConditionSubtypeId: titleCase(line.condition.conditionSubtype),
    IsTransparency: false,
  };
}

/** What the buyer of a line wrote and pays for a gift. */
export function itemBuyerInfoOf(seller: Seller, order: StoredOrder, line: OrderLine): ItemBuyerInfo {
  const message = seller.giftMessageOf(order, line);
  if (message === undefined) return { OrderItemId: line.orderItemId };
  const marketplace = marketplaceOfRecord(order);
  const money = (cents: number) => ({
    CurrencyCode: marketplace.currency,
    Amount: decimalOf(cents, marketplace),
  });
  const { giftWrap, taxOn } = centsOf(order, line);
  return {
    OrderItemId: line.orderItemId,
    GiftWrapPrice: money(giftWrap + taxOn.giftWrap),
    GiftWrapTax: money(taxOn.giftWrap),
    GiftMessageText: message,
    GiftWrapLevel: giftWrapLevel,
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

/** `VERY_GOOD` as v0 writes it: `VeryGood`. */
function titleCase(code: string): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
