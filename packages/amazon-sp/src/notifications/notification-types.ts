/** Where a type is delivered to: each goes to one kind only. */
export type DestinationKind = 'sqs' | 'eventBridge';

/** The filter that a type takes in its subscription. */
export type EventFilterType = 'ANY_OFFER_CHANGED' | 'ORDER_CHANGE' | 'SHIPMENT_TRACKING_MILESTONE_CHANGED';

export interface NotificationTypeFacts {
  readonly destination: DestinationKind;
  /** The one that is subscribed to when nothing else is asked for. */
  readonly payloadVersion: string;
  /** All that there are. */
  readonly payloadVersions: readonly string[];
  readonly filter?: EventFilterType;
  /** What a seller's account is told of; the others are for vendors or need a brand. */
  readonly about: string;
}

function type(
  destination: DestinationKind,
  about: string,
  versions: readonly [string, ...string[]] = ['1.0'],
  filter?: EventFilterType,
): NotificationTypeFacts {
  const payloadVersion = versions[versions.length - 1] as string;
  return { destination, about, payloadVersion, payloadVersions: versions, ...(filter && { filter }) };
}

/**
 * The notifications that Amazon sends.
 * Sources: developer-docs.amazon.com/sp-api/docs/set-up-notifications-with-amazon-sqs, …/set-up-notifications-with-amazon-eventbridge,
 * …/notification-type-values; the examples in `@sp-api-sdk/schemas` 1.12.1. Checked November 2026.
 * Gone: `ORDER_STATUS_CHANGE`, `MFN_ORDER_STATUS_CHANGE` (use `ORDER_CHANGE`).
 */
export const notificationTypes = {
  ACCOUNT_STATUS_CHANGED: type('sqs', 'the account may sell, is at risk, or was suspended'),
  ANY_OFFER_CHANGED: type('sqs', 'one of the 20 best offers of a product', ['1.0'], 'ANY_OFFER_CHANGED'),
  B2B_ANY_OFFER_CHANGED: type('sqs', 'one of the 20 best offers to businesses'),
  BRANDED_ITEM_CONTENT_CHANGE: type('eventBridge', 'title, text or pictures of a product of the brand'),
  DATA_KIOSK_QUERY_PROCESSING_FINISHED: type('sqs', 'a query of Data Kiosk', ['2023-11-15']),
  DETAIL_PAGE_TRAFFIC_EVENT: type('sqs', 'traffic by the hour (vendors)', ['2020-09-04']),
  EXTERNAL_FULFILLMENT_SHIPMENT_STATUS_CHANGE: type('sqs', 'a shipment of External Fulfillment', [
    '2024-09-11',
  ]),
  FBA_INVENTORY_AVAILABILITY_CHANGES: type('sqs', 'stock in Amazon’s warehouses'),
  FBA_OUTBOUND_SHIPMENT_STATUS: type('sqs', 'a shipment out of Amazon’s warehouses'),
  FEED_PROCESSING_FINISHED: type('sqs', 'a feed', ['2020-09-04']),
  FEE_PROMOTION: type('sqs', 'a promotion of fees'),
  FULFILLMENT_ORDER_STATUS: type('sqs', 'an order of multi-channel fulfilment'),
  ITEM_INVENTORY_EVENT_CHANGE: type('sqs', 'stock by the hour (vendors)', ['2020-09-04']),
  ITEM_PRODUCT_TYPE_CHANGE: type('eventBridge', 'the product type of a product of the brand'),
  ITEM_SALES_EVENT_CHANGE: type('sqs', 'sales by the hour (vendors)', ['2020-09-04']),
  LISTINGS_ITEM_ISSUES_CHANGE: type('eventBridge', 'the issues of a listing', ['1.0', '2023-12-13']),
  LISTINGS_ITEM_MFN_QUANTITY_CHANGE: type('eventBridge', 'the seller’s own stock of a listing'),
  LISTINGS_ITEM_STATUS_CHANGE: type('eventBridge', 'a listing can be bought, is found, or is gone'),
  ORDER_CHANGE: type('sqs', 'an order: its state, or a buyer’s wish to cancel', ['1.0'], 'ORDER_CHANGE'),
  PRICING_HEALTH: type('sqs', 'an offer that cannot be featured because of its price'),
  PRODUCT_TYPE_DEFINITIONS_CHANGE: type('eventBridge', 'what a product type consists of'),
  REPORT_PROCESSING_FINISHED: type('sqs', 'a report', ['2020-09-04']),
  SHIPMENT_TRACKING_MILESTONE_CHANGED: type(
    'sqs',
    'the way of a shipment into Amazon’s warehouses',
    ['1.0'],
    'SHIPMENT_TRACKING_MILESTONE_CHANGED',
  ),
  TRANSACTION_UPDATE: type('sqs', 'a transaction was posted'),
} as const satisfies Readonly<Record<string, NotificationTypeFacts>>;

export type NotificationTypeName = keyof typeof notificationTypes;

/** By its name; undefined for one that is not in the table. */
export function notificationType(name: string): NotificationTypeFacts | undefined {
  return Object.hasOwn(notificationTypes, name) ? notificationTypes[name as NotificationTypeName] : undefined;
}
