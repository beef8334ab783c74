import { ValidationError } from '@fluxori/core';

/** How a feed's document is written, and so how its processing report comes back. */
export type FeedFormat = 'json' | 'xml' | 'flat' | 'pdf';

export interface FeedType {
  readonly feedType: string;
  readonly format: FeedFormat;
  /** The content type that the document is created with; the PUT repeats it letter by letter. */
  readonly contentType: string;
  readonly group: 'listings' | 'orders' | 'fba' | 'invoicing' | 'easy-ship';
  /** What it does, in one line. */
  readonly does: string;
  /** Options that the feed takes (`feedOptions`), by name, with what they mean. */
  readonly options?: Readonly<Record<string, string>>;
  /** The schema's root element or message type, for XML. */
  readonly messageType?: string;
  /** It carries personal data: its document and its report are kept sealed or not at all. */
  readonly personal?: boolean;
}

const json = 'application/json; charset=UTF-8';
const xml = 'text/xml; charset=UTF-8';
const flat = 'text/tab-separated-values; charset=UTF-8';

/**
 * The feed types that Amazon takes.
 * Sources: developer-docs.amazon.com/sp-api/docs/feed-type-values, …/listings-feed-type-values, …/order-feed-type-values, …/fba-feeds-attributes,
 * …/invoice-feeds-attributes. Checked November 2026. Amazon does not publish a content type per type: the format decides (…/feeds-api-faq), and all are UTF-8.
 */
export const feedTypes: readonly FeedType[] = [
  {
    feedType: 'JSON_LISTINGS_FEED',
    format: 'json',
    contentType: json,
    group: 'listings',
    does: 'Creates, changes and deletes listings, prices and quantities among them.',
  },
  {
    feedType: 'POST_ORDER_FULFILLMENT_DATA',
    format: 'xml',
    contentType: xml,
    group: 'orders',
    does: 'Confirms that orders were shipped, with carrier and tracking number.',
    messageType: 'OrderFulfillment',
  },
  {
    feedType: 'POST_ORDER_ACKNOWLEDGEMENT_DATA',
    format: 'xml',
    contentType: xml,
    group: 'orders',
    does: 'Acknowledges orders, or cancels them before they ship.',
    messageType: 'OrderAcknowledgement',
  },
  {
    feedType: 'POST_PAYMENT_ADJUSTMENT_DATA',
    format: 'xml',
    contentType: xml,
    group: 'orders',
    does: 'Refunds orders, wholly or in part.',
    messageType: 'OrderAdjustment',
  },
  {
    feedType: 'POST_INVOICE_CONFIRMATION_DATA',
    format: 'xml',
    contentType: xml,
    group: 'orders',
    does: 'Confirms that an invoice was issued for an order.',
    messageType: 'InvoiceConfirmation',
  },
  {
    feedType: 'POST_EXPECTED_SHIP_DATE_SOD',
    format: 'xml',
    contentType: xml,
    group: 'orders',
    does: 'Tells when goods that are sourced on demand will ship.',
    messageType: 'OrderSourcingOnDemand',
  },
  {
    feedType: 'POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA',
    format: 'flat',
    contentType: flat,
    group: 'orders',
    does: 'Cancels orders; it does not acknowledge them.',
  },
  {
    feedType: 'POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA',
    format: 'flat',
    contentType: flat,
    group: 'orders',
    does: 'Refunds orders, wholly or in part.',
  },
  {
    feedType: 'POST_FLAT_FILE_FULFILLMENT_DATA',
    format: 'flat',
    contentType: flat,
    group: 'orders',
    does: 'Confirms that orders were shipped.',
  },
  {
    feedType: 'POST_EXPECTED_SHIP_DATE_SOD_FLAT_FILE',
    format: 'flat',
    contentType: flat,
    group: 'orders',
    does: 'Tells when goods that are sourced on demand will ship.',
  },
  {
    feedType: 'POST_FLAT_FILE_IL_SNAPSHOT_FEED',
    format: 'flat',
    contentType: flat,
    group: 'orders',
    does: 'Tells the stock of a store that ships for external fulfilment.',
  },
  {
    feedType: 'POST_FLAT_FILE_IL_ALLOCATION_REQUESTS_CONFIRMATION_FEED',
    format: 'flat',
    contentType: flat,
    group: 'orders',
    does: 'Answers requests for allocation of stock for external fulfilment.',
  },
  {
    feedType: 'POST_FBA_INBOUND_CARTON_CONTENTS',
    format: 'xml',
    contentType: xml,
    group: 'fba',
    does: 'Tells what lies in each carton of an inbound shipment.',
    messageType: 'CartonContentsRequest',
  },
  {
    feedType: 'POST_FULFILLMENT_ORDER_REQUEST_DATA',
    format: 'xml',
    contentType: xml,
    group: 'fba',
    does: 'Has Amazon ship goods from its warehouses to a buyer of another channel.',
    messageType: 'FulfillmentOrderRequest',
    personal: true,
  },
  {
    feedType: 'POST_FULFILLMENT_ORDER_CANCELLATION_REQUEST_DATA',
    format: 'xml',
    contentType: xml,
    group: 'fba',
    does: 'Cancels such a fulfilment order.',
    messageType: 'FulfillmentOrderCancellationRequest',
  },
  {
    feedType: 'POST_FLAT_FILE_FULFILLMENT_ORDER_REQUEST_DATA',
    format: 'flat',
    contentType: flat,
    group: 'fba',
    does: 'Has Amazon ship goods from its warehouses to a buyer of another channel.',
    personal: true,
  },
  {
    feedType: 'POST_FLAT_FILE_FULFILLMENT_ORDER_CANCELLATION_REQUEST_DATA',
    format: 'flat',
    contentType: flat,
    group: 'fba',
    does: 'Cancels such a fulfilment order.',
  },
  {
    feedType: 'POST_FLAT_FILE_FBA_CREATE_REMOVAL',
    format: 'flat',
    contentType: flat,
    group: 'fba',
    does: 'Has goods removed from Amazon’s warehouses.',
    personal: true,
  },
  {
    feedType: 'UPLOAD_VAT_INVOICE',
    format: 'pdf',
    contentType: 'application/pdf',
    group: 'invoicing',
    does: 'Hands in the invoice of a shipment (Europe).',
    options: {
      'metadata:OrderId': 'the order, unless a shipment is named',
      'metadata:ShippingId': 'the shipment',
      'metadata:InvoiceNumber': 'the invoice’s number',
      'metadata:DocumentType': 'Invoice or CreditNote',
      'metadata:TotalAmount': 'the total with tax',
      'metadata:TotalVATAmount': 'the tax in it',
      'metadata:TransactionId': 'for credit notes: the refund',
    },
    personal: true,
  },
  {
    feedType: 'POST_EASYSHIP_DOCUMENTS',
    format: 'xml',
    contentType: xml,
    group: 'easy-ship',
    does: 'Asks for the labels and invoices of Easy Ship parcels.',
    personal: true,
  },
];

const byListingsFeed =
  'Send a JSON_LISTINGS_FEED (`connector.feeds.listings`), or single changes by `connector.listings`.';

/**
 * Feed types that Amazon has switched off, with what replaces them. The feeds API fails them: getFeed shows FATAL.
 * Sources: developer-docs.amazon.com/sp-api/docs/feeds-api-best-practices (off since 2025-07-31), …/docs/listings-feed-type-values. Checked November 2026.
 */
export const retiredFeedTypes: Readonly<
  Record<string, { readonly since: string; readonly instead: string }>
> = {
  ...Object.fromEntries(
    [
      'POST_PRODUCT_DATA',
      'POST_PRODUCT_OVERRIDES_DATA',
      'POST_PRODUCT_IMAGE_DATA',
      'POST_PRODUCT_RELATIONSHIP_DATA',
      'POST_ITEM_DATA',
      'POST_FLAT_FILE_INVLOADER_DATA',
      'POST_FLAT_FILE_LISTINGS_DATA',
      'POST_FLAT_FILE_BOOKLOADER_DATA',
      'POST_FLAT_FILE_CONVERGENCE_LISTINGS_DATA',
      'POST_UIEE_BOOKLOADER_DATA',
      'POST_STD_ACES_DATA',
    ].map((feedType) => [feedType, { since: '2025-07-31', instead: byListingsFeed }]),
  ),
  POST_INVENTORY_AVAILABILITY_DATA: {
    since: '2025-07-31',
    instead:
      'Queue `inventory.update` jobs, which become JSON_LISTINGS_FEEDs by themselves, or send a JSON_LISTINGS_FEED that patches /attributes/fulfillment_availability.',
  },
  POST_PRODUCT_PRICING_DATA: {
    since: '2025-07-31',
    instead:
      'Queue `prices.update` jobs, which become JSON_LISTINGS_FEEDs by themselves, or send a JSON_LISTINGS_FEED that patches /attributes/purchasable_offer.',
  },
  POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA: {
    since: '2025-07-31',
    instead:
      'Queue `inventory.update` and `prices.update` jobs, which become JSON_LISTINGS_FEEDs by themselves.',
  },
};

/**
 * What is known of a feed type.
 * @param unlisted - take a type that the table lacks (Amazon may have added one); it then needs its content type.
 * @throws ValidationError naming the replacement when Amazon has switched the type off, or the known ones when there is none of that name.
 */
export function feedTypeOf(feedType: string, unlisted: { contentType?: string } = {}): FeedType {
  const retired = Object.hasOwn(retiredFeedTypes, feedType) ? retiredFeedTypes[feedType] : undefined;
  if (retired !== undefined) {
    throw new ValidationError(
      `Amazon has switched off the feed type ${feedType} (${retired.since}). ${retired.instead}`,
      { field: 'feedType', operation: 'feeds.createFeed', remedy: retired.instead },
    );
  }
  const known = feedTypes.find((one) => one.feedType === feedType);
  if (known !== undefined) return known;
  if (unlisted.contentType !== undefined && /^[A-Z][A-Z0-9_]+$/.test(feedType)) {
    return unlistedType(feedType, unlisted.contentType);
  }
  const remedy = `Use one of: ${feedTypes.map((one) => one.feedType).join(', ')}. A newer type needs its contentType named.`;
  throw new ValidationError(`There is no feed type ${JSON.stringify(feedType)}. ${remedy}`, {
    code: 'TYPE_UNKNOWN',
    field: 'feedType',
    operation: 'feeds.createFeed',
    remedy,
  });
}

/** A feed type that the table lacks. */
export function unlistedType(feedType: string, contentType: string = flat): FeedType {
  return {
    feedType,
    format: formatOf(contentType),
    contentType,
    group: 'listings',
    does: 'Not in our table.',
  };
}

function formatOf(contentType: string): FeedFormat {
  if (/json/i.test(contentType)) return 'json';
  if (/xml/i.test(contentType)) return 'xml';
  return /pdf/i.test(contentType) ? 'pdf' : 'flat';
}
