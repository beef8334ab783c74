import type { Priority } from '@fluxori/core';
import { NotificationFault } from './notification-fault.js';
import type { NotificationTypeName } from './notification-types.js';

type Payload = Readonly<Record<string, unknown>>;

/** What is done because of a notification. */
export type Effect =
  | {
      readonly kind: 'job';
      readonly job: string;
      readonly priority: Priority;
      /** What the job is given for an account with these marketplaces, of those that the notification is about. */
      readonly payload: (marketplaceIds: readonly string[]) => Payload;
      /** Where it happened; undefined when Amazon does not say: anywhere. */
      readonly marketplaceIds?: readonly string[];
    }
  /** The job goes on that is parked for this. */
  | { readonly kind: 'wake'; readonly key: string };

/** What is done here for each type; for the others, only whoever listens may do something. Polling does the same, later, if none comes. */
const effects: Partial<Record<NotificationTypeName, (payload: Payload) => Effect>> = {
  ORDER_CHANGE: (payload) => {
    const change = inner(payload, 'OrderChangeNotification');
    const orderIds = [textAt(change, 'AmazonOrderId')];
    const marketplaceIds = [textAt(inner(change, 'Summary'), 'MarketplaceId')];
    return {
      ...{ kind: 'job', job: 'orders.import', priority: 'critical', marketplaceIds },
      payload: () => ({ orderIds }),
    };
  },
  REPORT_PROCESSING_FINISHED: (payload) => ({
    kind: 'wake',
    key: `report:${textAt(inner(payload, 'reportProcessingFinishedNotification'), 'reportId')}`,
  }),
  FEED_PROCESSING_FINISHED: (payload) => ({
    kind: 'wake',
    key: `feed:${textAt(inner(payload, 'feedProcessingFinishedNotification'), 'feedId')}`,
  }),
  DATA_KIOSK_QUERY_PROCESSING_FINISHED: (payload) => ({
    kind: 'wake',
    key: `query:${textAt(payload, 'queryId')}`,
  }),
  LISTINGS_ITEM_ISSUES_CHANGE: listing,
  LISTINGS_ITEM_STATUS_CHANGE: listing,
  LISTINGS_ITEM_MFN_QUANTITY_CHANGE: listing,
  FBA_INVENTORY_AVAILABILITY_CHANGES: (payload) => {
    const places = payload.FulfillmentInventoryByMarketplace;
    const marketplaceIds = Array.isArray(places)
      ? [...new Set(places.map((place: Payload) => textAt(place, 'MarketplaceId')))]
      : undefined;
    return refresh('inventory.refresh', textAt(payload, 'SKU'), marketplaceIds);
  },
};

/** The types for which something is done here. */
export const effectiveTypes = Object.keys(effects) as readonly NotificationTypeName[];

/** @throws NotificationFault `schema` when what it needs is not there. */
export function effectOf(type: string, payload: Payload): Effect | undefined {
  return Object.hasOwn(effects, type) ? effects[type as NotificationTypeName]?.(payload) : undefined;
}

/**
 * Whose notification it is; undefined for the types that do not say. It stands at the top or up to two levels below it; lists are left out, for
 * they name other sellers (the offers of `ANY_OFFER_CHANGED`).
 */
export function sellerIdOf(payload: Payload): string | undefined {
  let level: readonly Payload[] = [payload];
  for (let depth = 0; depth < 3; depth++) {
    for (const place of level) {
      const found = sellerIdAt(place);
      if (found !== undefined) return found;
    }
    level = level.flatMap((place) => Object.values(place)).filter(isObject);
  }
  return undefined;
}

function sellerIdAt(place: Payload): string | undefined {
  const { SellerId, sellerId, sellingPartnerId, MerchantId, merchantId, accountId } = place;
  for (const id of [SellerId, sellerId, sellingPartnerId, MerchantId, merchantId])
    if (typeof id === 'string' && id !== '') return id;
  // amzn1.merchant.o.A3TH9S8BH6GOGM; a vendor group's begins with amzn1.vg.
  const merchant = typeof accountId === 'string' ? /^amzn1\.merchant\.\w+\.(.+)$/.exec(accountId) : null;
  return merchant?.[1];
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listing(payload: Payload): Effect {
  const { MarketplaceId } = payload;
  const marketplaceIds = typeof MarketplaceId === 'string' ? [MarketplaceId] : undefined;
  return refresh('listings.refresh', textAt(payload, 'Sku'), marketplaceIds);
}

function refresh(job: string, sku: string, marketplaceIds: readonly string[] | undefined): Effect {
  return {
    ...{ kind: 'job', job, priority: 'high' },
    ...(marketplaceIds && { marketplaceIds }),
    payload: (where) => ({ skus: [sku], marketplaceIds: where }),
  };
}

function inner(payload: Payload, name: string): Payload {
  const value = payload[name];
  if (isObject(value)) return value;
  throw new NotificationFault('schema', `The payload has no ${name}.`);
}

function textAt(payload: Payload, name: string): string {
  const value = payload[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new NotificationFault('schema', `The payload has no ${name}.`);
}
