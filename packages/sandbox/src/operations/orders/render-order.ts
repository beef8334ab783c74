import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { leftOf, type OrderLine, type StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { centsOf, type LineAmounts } from './order-amounts.js';

type Order = ResponseOf<'orders', '2026-01-01', 'getOrder'>['order'];
type Item = Order['orderItems'][number];
type Money = { amount: string; currencyCode: string };

const day = 86_400_000;

/** The one kind of wrapping that is to be had. */
export const giftWrapLevel = 'PREMIUM';

/** An order as the Orders API 2026-01-01 shows it: without `included` only its frame and its items. */
export function renderOrder(seller: Seller, order: StoredOrder, included: ReadonlySet<string>): Order {
  const marketplace = marketplaceOfRecord(order);
  const money = (cents: number): Money => ({
    amount: decimalOf(cents, marketplace),
    currencyCode: marketplace.currency,
  });
  return {
    orderId: order.id,
    ...(order.sellerOrderId === undefined
      ? {}
      : { orderAliases: [{ aliasId: order.sellerOrderId, aliasType: 'SELLER_ORDER_ID' }] }),
    createdTime: iso(order.createdMs),
    lastUpdatedTime: iso(order.updatedMs),
    ...(programsOf(order).length > 0 ? { programs: programsOf(order) } : {}),
    ...(order.replaces === undefined
      ? {}
      : {
          associatedOrders: [{ orderId: order.replaces.id, associationType: 'REPLACEMENT_ORIGINAL_ID' }],
        }),
    salesChannel: { channelName: 'AMAZON', marketplaceId: marketplace.id, marketplaceName: marketplace.name },
    ...(included.has('BUYER') ? { buyer: buyerOf(seller, order) } : {}),
    ...(included.has('RECIPIENT') && order.status !== 'PENDING'
      ? { recipient: recipientOf(seller, order) }
      : {}),
    ...(included.has('PROCEEDS') ? { proceeds: proceedsOf(order, money) } : {}),
    ...(included.has('PAYMENT') ? { payment: {} } : {}),
    ...(included.has('TAX') ? { tax: {} } : {}),
    ...(included.has('FULFILLMENT') ? { fulfillment: fulfillmentOf(order) } : {}),
    orderItems: order.lines.map((line) => itemOf(seller, order, line, included, money)),
    ...(included.has('PACKAGES') && order.fulfilledBy === 'MERCHANT' ? { packages: packagesOf(order) } : {}),
  };
}

function programsOf(order: StoredOrder): string[] {
  return [
    ...(order.business ? ['AMAZON_BUSINESS'] : []),
    ...(order.fulfilledBy === 'AMAZON' ? ['PRIME'] : []),
    ...(isPremium(order) ? ['PREMIUM'] : []),
    ...(order.preorder ? ['PREORDER'] : []),
  ];
}

/** The merchant's own fast delivery. */
export function isPremium(order: StoredOrder): boolean {
  return order.fulfilledBy === 'MERCHANT' && order.serviceLevel === 'NEXT_DAY';
}

function buyerOf(seller: Seller, order: StoredOrder): Order['buyer'] {
  const person = seller.buyerOf(order);
  return { buyerName: person.name, buyerEmail: person.email };
}

function recipientOf(seller: Seller, order: StoredOrder): Order['recipient'] {
  const { name, addressLine1, addressLine2, city, stateOrRegion, postalCode, phone } = seller.buyerOf(order);
  return {
    deliveryAddress: {
      name,
      addressLine1,
      ...(addressLine2 === undefined ? {} : { addressLine2 }),
      city,
      stateOrRegion,
      postalCode,
      countryCode: marketplaceOfRecord(order).countryCode,
      phone,
      addressType: order.business ? 'COMMERCIAL' : 'RESIDENTIAL',
    },
  };
}

function proceedsOf(order: StoredOrder, money: (cents: number) => Money): Order['proceeds'] {
  const amounts = order.lines.map((line) => centsOf(order, line));
  const sum = (part: keyof Omit<LineAmounts, 'taxOn'>) =>
    amounts.reduce((total, one) => total + one[part], 0);
  const part = (type: string, cents: number) => (cents === 0 ? [] : [{ type, subtotal: money(cents) }]);
  return {
    grandTotal: money(sum('total')),
    breakdowns: [
      { type: 'ITEM', subtotal: money(sum('item')) },
      ...part('SHIPPING', sum('shipping')),
      ...part('GIFT_WRAP', sum('giftWrap')),
      { type: 'TAX', subtotal: money(sum('tax')) },
      ...part('DISCOUNT', -sum('discount')),
    ],
  };
}

function fulfillmentOf(order: StoredOrder): Order['fulfillment'] {
  return {
    fulfillmentStatus: order.status,
    fulfilledBy: order.fulfilledBy,
    fulfillmentServiceLevel: order.serviceLevel,
    shipByWindow: { earliestDateTime: iso(order.createdMs), latestDateTime: iso(order.createdMs + 2 * day) },
    deliverByWindow: {
      earliestDateTime: iso(order.createdMs + 2 * day),
      latestDateTime: iso(order.createdMs + 6 * day),
    },
  };
}

function itemOf(
  seller: Seller,
  order: StoredOrder,
  line: OrderLine,
  included: ReadonlySet<string>,
  money: (cents: number) => Money,
): Item {
  return {
    orderItemId: line.orderItemId,
    quantityOrdered: line.quantity,
    ...(line.subscribed ? { programs: ['SUBSCRIBE_AND_SAVE'] } : {}),
    product: {
      asin: line.asin,
      title: line.title,
      sellerSku: line.sku,
      condition: line.condition,
      price: { unitPrice: money(line.unitCents) },
    },
    ...(included.has('PROCEEDS') ? { proceeds: itemProceedsOf(centsOf(order, line), money) } : {}),
    ...(included.has('PROMOTION') && line.promotionId !== undefined
      ? { promotion: { breakdowns: [{ promotionId: line.promotionId }] } }
      : {}),
    ...(included.has('CANCELLATION') ? cancellationOf(order, line) : {}),
    ...(included.has('FULFILLMENT') ? { fulfillment: itemFulfillmentOf(seller, order, line) } : {}),
    ...(included.has('TAX')
      ? {
          tax: {
            taxCollections: [{ model: 'MARKETPLACE_FACILITATOR', responsibleParty: 'AMAZON_SERVICES_INC' }],
          },
        }
      : {}),
  };
}

function itemProceedsOf(amounts: LineAmounts, money: (cents: number) => Money): Item['proceeds'] {
  const { taxOn } = amounts;
  const part = (type: string, cents: number) => (cents === 0 ? [] : [{ type, subtotal: money(cents) }]);
  const taxPart = (subtype: string, cents: number) => (cents === 0 ? [] : [{ subtype, value: money(cents) }]);
  return {
    proceedsTotal: money(amounts.total),
    breakdowns: [
      { type: 'ITEM', subtotal: money(amounts.item) },
      ...part('SHIPPING', amounts.shipping),
      ...part('GIFT_WRAP', amounts.giftWrap),
      {
        type: 'TAX',
        subtotal: money(amounts.tax),
        detailedBreakdowns: [
          { subtype: 'ITEM', value: money(taxOn.item) },
          ...taxPart('SHIPPING', taxOn.shipping),
          ...taxPart('GIFT_WRAP', taxOn.giftWrap),
        ],
      },
      ...part('DISCOUNT', -amounts.discount),
    ],
  };
}

function cancellationOf(order: StoredOrder, line: OrderLine): Pick<Item, 'cancellation'> {
  const asked = order.cancelRequest !== undefined && leftOf(line) > 0;
  if (!asked && line.cancelled === 0) return {};
  return {
    cancellation: {
      ...(asked ? { cancellationRequest: { requester: 'BUYER', cancelReason: order.cancelRequest } } : {}),
      ...(line.cancelled > 0
        ? {
            cancellationExecution: {
              cancelledBy: order.cancelledBy ?? 'MERCHANT',
              cancelReason: order.cancelledBy === undefined ? 'NO_INVENTORY' : 'NO_LONGER_NEEDED',
            },
          }
        : {}),
    },
  };
}

function itemFulfillmentOf(seller: Seller, order: StoredOrder, line: OrderLine): Item['fulfillment'] {
  const giftMessage = seller.giftMessageOf(order, line);
  return {
    quantityFulfilled: line.shipped,
    quantityUnfulfilled: leftOf(line),
    ...(giftMessage === undefined ? {} : { packing: { giftOption: { giftMessage, giftWrapLevel } } }),
  };
}

function packagesOf(order: StoredOrder): Order['packages'] {
  return order.parcels.map((parcel) => ({
    packageReferenceId: parcel.packageReferenceId,
    createdTime: iso(parcel.createdMs),
    packageStatus: { status: 'SHIPPED' },
    carrier: parcel.carrier,
    shipTime: iso(parcel.shippedMs),
    ...(parcel.shippingMethod === undefined ? {} : { shippingService: parcel.shippingMethod }),
    trackingNumber: parcel.trackingNumber,
    packageItems: parcel.lines.map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
  }));
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
