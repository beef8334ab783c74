/** Where a type is delivered to. */
export type DestinationKind = 'sqs' | 'eventBridge';

export interface NotificationType {
  readonly kind: DestinationKind;
  readonly payloadVersions: readonly string[];
}

const v1 = ['1.0'] as const;

function of(kind: DestinationKind, payloadVersions: readonly string[] = v1): NotificationType {
  return { kind, payloadVersions };
}

/**
 * What can be subscribed to.
 * Sources: developer-docs.amazon.com/sp-api/docs/set-up-notifications-with-amazon-sqs, …/set-up-notifications-with-amazon-eventbridge,
 * …/notification-type-values; checked November 2026.
 */
export const notificationTypes: Readonly<Record<string, NotificationType>> = {
  ACCOUNT_STATUS_CHANGED: of('sqs'),
  ANY_OFFER_CHANGED: of('sqs'),
  B2B_ANY_OFFER_CHANGED: of('sqs'),
  BRANDED_ITEM_CONTENT_CHANGE: of('eventBridge'),
  DATA_KIOSK_QUERY_PROCESSING_FINISHED: of('sqs', ['2023-11-15']),
  DETAIL_PAGE_TRAFFIC_EVENT: of('sqs', ['2020-09-04']),
  EXTERNAL_FULFILLMENT_SHIPMENT_STATUS_CHANGE: of('sqs', ['2024-09-11']),
  FBA_INVENTORY_AVAILABILITY_CHANGES: of('sqs'),
  FBA_OUTBOUND_SHIPMENT_STATUS: of('sqs'),
  FEED_PROCESSING_FINISHED: of('sqs', ['2020-09-04']),
  FEE_PROMOTION: of('sqs'),
  FULFILLMENT_ORDER_STATUS: of('sqs'),
  ITEM_INVENTORY_EVENT_CHANGE: of('sqs', ['2020-09-04']),
  ITEM_PRODUCT_TYPE_CHANGE: of('eventBridge'),
  ITEM_SALES_EVENT_CHANGE: of('sqs', ['2020-09-04']),
  LISTINGS_ITEM_ISSUES_CHANGE: of('eventBridge', ['1.0', '2023-12-13']),
  LISTINGS_ITEM_MFN_QUANTITY_CHANGE: of('eventBridge'),
  LISTINGS_ITEM_STATUS_CHANGE: of('eventBridge'),
  ORDER_CHANGE: of('sqs'),
  PRICING_HEALTH: of('sqs'),
  PRODUCT_TYPE_DEFINITIONS_CHANGE: of('eventBridge'),
  REPORT_PROCESSING_FINISHED: of('sqs', ['2020-09-04']),
  SHIPMENT_TRACKING_MILESTONE_CHANGED: of('sqs'),
  TRANSACTION_UPDATE: of('sqs'),
};
