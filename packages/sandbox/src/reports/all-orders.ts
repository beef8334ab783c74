import { decimalOf, marketplaceOfRecord } from '../operations/money.js';
import { centsOf } from '../operations/orders/order-amounts.js';
import type { OrderLine, StoredOrder } from '../world/order.js';
import type { Seller } from '../world/seller.js';
import { flatFile, iso, ordersOf, type ReportCell, type ReportMaker } from './report-maker.js';

/** Source: developer-docs.amazon.com/sp-api/docs/report-type-values-order, checked November 2026. */
const columns = [
  'amazon-order-id',
  'merchant-order-id',
  'purchase-date',
  'last-updated-date',
  'order-status',
  'fulfillment-channel',
  'sales-channel',
  'order-channel',
  'ship-service-level',
  'product-name',
  'sku',
  'asin',
  'item-status',
  'quantity',
  'currency',
  'item-price',
  'item-tax',
  'shipping-price',
  'shipping-tax',
  'gift-wrap-price',
  'gift-wrap-tax',
  'item-promotion-discount',
  'ship-promotion-discount',
  'ship-city',
  'ship-state',
  'ship-postal-code',
  'ship-country',
  'promotion-ids',
  'is-business-order',
  'purchase-order-number',
  'price-designation',
  'is-replacement-order',
  'original-order-id',
] as const;

const statuses: Readonly<Record<StoredOrder['status'], string>> = {
  PENDING_AVAILABILITY: 'Pending',
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'Shipping',
  SHIPPED: 'Shipped',
  CANCELLED: 'Cancelled',
  UNFULFILLABLE: 'Cancelled',
};

const services = { STANDARD: 'Standard', EXPEDITED: 'Expedited', NEXT_DAY: 'NextDay' } as const;

/** One row for each item of the orders that came in, or changed, within the span. */
export function allOrders(time: 'createdMs' | 'updatedMs'): ReportMaker {
  return (question) => {
    const rows = function* (): Generator<Record<string, ReportCell>> {
      for (const order of ordersOf(question, time))
        for (const line of order.lines) yield rowOf(question.seller, order, line);
    };
    return flatFile(columns, rows());
  };
}

function rowOf(
  seller: Seller,
  order: StoredOrder,
  line: OrderLine,
): Record<(typeof columns)[number], ReportCell> {
  const marketplace = marketplaceOfRecord(order);
  const amounts = centsOf(order, line);
  const money = (cents: number) => (cents === 0 ? undefined : decimalOf(cents, marketplace));
  const buyer = seller.buyerOf(order);
  const cancelled = line.cancelled === line.quantity;
  return {
    'amazon-order-id': order.id,
    'merchant-order-id': order.sellerOrderId ?? order.id,
    'purchase-date': iso(order.createdMs),
    'last-updated-date': iso(order.updatedMs),
    'order-status': statuses[order.status],
    'fulfillment-channel': order.fulfilledBy === 'AMAZON' ? 'Amazon' : 'Merchant',
    'sales-channel': marketplace.name,
    'order-channel': undefined,
    'ship-service-level': services[order.serviceLevel],
    'product-name': line.title,
    sku: line.sku,
    asin: line.asin,
    'item-status': cancelled ? 'Cancelled' : line.shipped > 0 ? 'Shipped' : 'Unshipped',
    quantity: line.quantity - line.cancelled,
    currency: cancelled ? undefined : marketplace.currency,
    'item-price': money(amounts.item + amounts.taxOn.item),
    'item-tax': money(amounts.taxOn.item),
    'shipping-price': money(amounts.shipping + amounts.taxOn.shipping),
    'shipping-tax': money(amounts.taxOn.shipping),
    'gift-wrap-price': money(amounts.giftWrap + amounts.taxOn.giftWrap),
    'gift-wrap-tax': money(amounts.taxOn.giftWrap),
    'item-promotion-discount': money(amounts.discount),
    'ship-promotion-discount': undefined,
    'ship-city': buyer.city,
    'ship-state': buyer.stateOrRegion,
    'ship-postal-code': buyer.postalCode,
    'ship-country': marketplace.countryCode,
    'promotion-ids': line.promotionId,
    'is-business-order': order.business,
    'purchase-order-number': undefined,
    'price-designation': order.business ? 'Business Price' : undefined,
    'is-replacement-order': order.replaces !== undefined,
    'original-order-id': order.replaces?.id,
  };
}
