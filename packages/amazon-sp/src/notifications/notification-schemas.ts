import { Notifications } from '@sp-api-sdk/schemas';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Notification } from './notification.js';
import { NotificationFault } from './notification-fault.js';
import type { NotificationTypeName } from './notification-types.js';

/**
 * Amazon's own schemas, by type and, where they differ, payload version. Source: `@sp-api-sdk/schemas` 1.12.1, which takes them from
 * github.com/amzn/selling-partner-api-models. Amazon publishes none of the types that are not here.
 */
const schemas: Partial<Record<NotificationTypeName, object | Readonly<Record<string, object>>>> = {
  ANY_OFFER_CHANGED: Notifications.anyOfferChangedNotification,
  // Amazon wrote "#ref" for "$ref".
  B2B_ANY_OFFER_CHANGED: {
    ...Notifications.b2bAnyOfferChangedNotification,
    $ref: Notifications.b2bAnyOfferChangedNotification['#ref'],
  },
  BRANDED_ITEM_CONTENT_CHANGE: Notifications.brandedItemContentChangeNotification,
  DATA_KIOSK_QUERY_PROCESSING_FINISHED: Notifications.dataKioskQueryProcessingFinishedNotification,
  DETAIL_PAGE_TRAFFIC_EVENT: Notifications.detailPageTrafficEventNotification,
  FBA_INVENTORY_AVAILABILITY_CHANGES: Notifications.fbaInventoryAvailabilityChangeNotification,
  FBA_OUTBOUND_SHIPMENT_STATUS: Notifications.fbaOutboundShipmentStatusNotification,
  FEED_PROCESSING_FINISHED: Notifications.feedProcessingFinishedNotification,
  FEE_PROMOTION: Notifications.feePromotionNotification,
  FULFILLMENT_ORDER_STATUS: Notifications.fulfillmentOrderStatusNotification,
  ITEM_INVENTORY_EVENT_CHANGE: Notifications.itemInventoryEventChangeNotification,
  ITEM_PRODUCT_TYPE_CHANGE: Notifications.itemProductTypeChangeNotification,
  ITEM_SALES_EVENT_CHANGE: Notifications.itemSalesEventChangeNotification,
  LISTINGS_ITEM_ISSUES_CHANGE: {
    '1.0': Notifications.listingsItemIssuesChangeNotification,
    '2023-12-13': Notifications.listingsItemIssuesChangeNotification20231213,
  },
  LISTINGS_ITEM_MFN_QUANTITY_CHANGE: Notifications.listingsItemMfnQuantityChange,
  LISTINGS_ITEM_STATUS_CHANGE: Notifications.listingsItemStatusChangeNotification,
  ORDER_CHANGE: Notifications.orderChangeNotification,
  PRICING_HEALTH: Notifications.pricingHealthNotification,
  PRODUCT_TYPE_DEFINITIONS_CHANGE: Notifications.productTypeDefinitionsChangeNotification,
  REPORT_PROCESSING_FINISHED: Notifications.reportProcessingFinishedNotification,
  TRANSACTION_UPDATE: Notifications.transactionUpdateNotification,
};

/**
 * Checks notifications. What is checked is the form: what must be there, and of which kind it is. Members that the schema does not know are
 * let through, and so are values that its enumerations do not name and dates of another format: Amazon adds those without a new version
 * (`DeliveryTipChange` of ORDER_CHANGE is not in its schema), and nothing that is done here hangs on them.
 */
export class NotificationSchemas {
  readonly #ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  /** Each is compiled when it is first needed. */
  readonly #compiled = new Map<object, ValidateFunction>();

  /** @throws NotificationFault `schema`, naming the places; never a value, which may be a buyer's. */
  check(notification: Notification): void {
    const schema = schemaOf(notification);
    if (schema === undefined) return;
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(formOf(schema) as object);
    this.#compiled.set(schema, validate);
    if (validate(notification.document)) return;
    const faults = [...new Set((validate.errors ?? []).map(faultText))];
    const told = faults.slice(0, mostFaults).join('; ');
    const more = faults.length > mostFaults ? `; and ${faults.length - mostFaults} more` : '';
    throw new NotificationFault(
      'schema',
      `${notification.type} ${notification.payloadVersion} is not as Amazon’s schema says: ${told}${more}.`,
    );
  }
}

const mostFaults = 8;

function schemaOf({ type, payloadVersion }: Notification): object | undefined {
  const found = Object.hasOwn(schemas, type) ? schemas[type as NotificationTypeName] : undefined;
  if (found === undefined || 'type' in found) return found;
  return (found as Readonly<Record<string, object>>)[payloadVersion];
}

/** Without ids, which several schemas share, and without enumerations. */
function formOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(formOf);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => name !== 'examples' && name !== 'default' && !isDropped(name, value))
      .map(([name, value]) => [name, formOf(value)]),
  );
}

function isDropped(name: string, value: unknown): boolean {
  return (name === '$id' && typeof value === 'string') || (name === 'enum' && Array.isArray(value));
}

function faultText({ instancePath, keyword, params, message }: ErrorObject): string {
  if (keyword === 'required') return `${instancePath}/${String(params.missingProperty)} is missing`;
  return `${instancePath || 'the whole'} ${message ?? 'is wrong'}`;
}
