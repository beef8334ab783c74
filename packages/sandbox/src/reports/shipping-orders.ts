import { marketplaceOfRecord } from '../operations/money.js';
import type { OrderLine, StoredOrder } from '../world/order.js';
import { leftOf } from '../world/order.js';
import type { Seller } from '../world/seller.js';
import { flatFile, iso, ordersOf, type ReportCell, type ReportMaker } from './report-maker.js';

/** Source: developer-docs.amazon.com/sp-api/docs/report-type-values-order, checked November 2026. */
const columns = [
  'order-id',
  'order-item-id',
  'purchase-date',
  'payments-date',
  'buyer-email',
  'buyer-name',
  'buyer-phone-number',
  'sku',
  'product-name',
  'quantity-purchased',
  'ship-service-level',
  'recipient-name',
  'ship-address-1',
  'ship-address-2',
  'ship-address-3',
  'ship-city',
  'ship-state',
  'ship-postal-code',
  'ship-country',
  'ship-phone-number',
] as const;

/** One row for each item that the merchant has yet to send, with the buyer and where it goes. */
export const shippingOrders: ReportMaker = (question) => {
  const rows = function* (): Generator<Record<(typeof columns)[number], ReportCell>> {
    for (const order of ordersOf(question, 'createdMs')) {
      if (order.fulfilledBy !== 'MERCHANT') continue;
      for (const line of order.lines) if (leftOf(line) > 0) yield rowOf(question.seller, order, line);
    }
  };
  return flatFile(columns, rows());
};

function rowOf(
  seller: Seller,
  order: StoredOrder,
  line: OrderLine,
): Record<(typeof columns)[number], ReportCell> {
  const buyer = seller.buyerOf(order);
  return {
    'order-id': order.id,
    'order-item-id': line.orderItemId,
    'purchase-date': iso(order.createdMs),
    'payments-date': iso(order.createdMs),
    'buyer-email': buyer.email,
    'buyer-name': buyer.name,
    'buyer-phone-number': buyer.phone,
    sku: line.sku,
    'product-name': line.title,
    'quantity-purchased': leftOf(line),
    'ship-service-level': order.serviceLevel,
    'recipient-name': buyer.name,
    'ship-address-1': buyer.addressLine1,
    'ship-address-2': buyer.addressLine2,
    'ship-address-3': undefined,
    'ship-city': buyer.city,
    'ship-state': buyer.stateOrRegion,
    'ship-postal-code': buyer.postalCode,
    'ship-country': marketplaceOfRecord(order).countryCode,
    'ship-phone-number': buyer.phone,
  };
}
