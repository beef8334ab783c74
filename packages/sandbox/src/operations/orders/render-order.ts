import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { OrderLine, StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { centsOf, type LineAmounts } from './order-amounts.js';

type Order = ResponseOf<'orders', '2026-01-01', 'getOrder'>['order'];
type Item = Order['orderItems'][number];
type Money = { amount: string; currencyCode: string };

const day = 86_400_000;

/** An order as the Orders API 2026-01-01 shows it: without `included` only its frame and its items. */
export function renderOrder(seller: Seller, order: StoredOrder, included: ReadonlySet<string>): Order {
  const marketplace = marketplaceOfRecord(order);
  const money = (cents: number): Money => ({
    amount: decimalOf(cents, marketplace),
    currencyCode: marketplace.currency,
  });
  return {
    orderId: order.id,
    createdTime: iso(order.createdMs),
    lastUpdatedTime: iso(order.updatedMs),
    ...(programsOf(order).length > 0 ? { programs: programsOf(order) } : {}),
    salesChannel: { channelName: 'AMAZON', marketplaceId: marketplace.id, marketplaceName: marketplace.name },
    ...(included.has('BUYER') ? { buyer: buyerOf(seller, order) } : {}),
    ...(included.has('RECIPIENT') && order.status !== 'PENDING'
      ? { recipient: recipientOf(seller, order) }
      : {}),
    ...(included.has('PROCEEDS') ? { proceeds: proceedsOf(order, money) } : {}),
    ...(included.has('PAYMENT') ? { payment: {} } : {}),
    ...(included.has('TAX') ? { tax: {} } : {}),
    ...(included.has('FULFILLMENT') ? { fulfillment: fulfillmentOf(order) } : {}),
    orderItems: order.lines.map((line) => itemOf(order, line, included, money)),
    ...(included.has('PACKAGES') && order.fulfilledBy === 'MERCHANT' ? { packages: packagesOf(order) } : {}),
  };
}

function programsOf(order: StoredOrder): string[] {
  return [
    ...(order.business ? ['AMAZON_BUSINESS'] : []),
    ...(order.fulfilledBy === 'AMAZON' ? ['PRIME'] : []),
  ];
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
  const amounts = order.lines.map((line) => centsOf(line));
  const sum = (part: keyof LineAmounts) => amounts.reduce((total, one) => total + one[part], 0);
  return {
    grandTotal: money(sum('total')),
    breakdowns: [
      { type: 'ITEM', subtotal: money(sum('item')) },
      { type: 'TAX', subtotal: money(sum('tax')) },
      ...(sum('discount') > 0 ? [{ type: 'DISCOUNT', subtotal: money(-sum('discount')) }] : []),
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
  order: StoredOrder,
  line: OrderLine,
  included: ReadonlySet<string>,
  money: (cents: number) => Money,
): Item {
  const amounts = centsOf(line);
  return {
    orderItemId: line.orderItemId,
    quantityOrdered: line.quantity,
    product: {
      asin: line.asin,
      title: line.title,
      sellerSku: line.sku,
      condition: { conditionType: 'NEW', conditionSubtype: 'NEW' },
      price: { unitPrice: money(line.unitCents) },
    },
    ...(included.has('PROCEEDS')
      ? {
          proceeds: {
            proceedsTotal: money(amounts.total),
            breakdowns: [
              { type: 'ITEM', subtotal: money(amounts.item) },
              {
                type: 'TAX',
                subtotal: money(amounts.tax),
                detailedBreakdowns: [{ subtype: 'ITEM', value: money(amounts.tax) }],
              },
              ...(amounts.discount > 0 ? [{ type: 'DISCOUNT', subtotal: money(-amounts.discount) }] : []),
            ],
          },
        }
      : {}),
    ...(included.has('PROMOTION') && line.promotionId !== undefined
      ? { promotion: { breakdowns: [{ promotionId: line.promotionId }] } }
      : {}),
    ...(included.has('CANCELLATION') && order.cancelledBy !== undefined
      ? {
          cancellation: {
            cancellationExecution: { cancelledBy: order.cancelledBy, cancelReason: 'NO_LONGER_NEEDED' },
          },
        }
      : {}),
    ...(included.has('FULFILLMENT')
      ? {
          fulfillment: {
            quantityFulfilled: line.shipped,
            quantityUnfulfilled: order.status === 'CANCELLED' ? 0 : line.quantity - line.shipped,
          },
        }
      : {}),
    ...(included.has('TAX')
      ? {
          tax: {
            taxCollections: [{ model: 'MARKETPLACE_FACILITATOR', responsibleParty: 'AMAZON_SERVICES_INC' }],
          },
        }
      : {}),
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
