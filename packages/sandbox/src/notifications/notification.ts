import { randomUUID } from 'node:crypto';
import type { FarSideEvent } from '../events/far-side-event.js';
import { v0Statuses } from '../operations/orders-v0/render-order.js';
import { findMarketplace, type Region } from '../world/marketplaces.js';
import type { OrderStatus, StoredOrder } from '../world/order.js';
import type { World } from '../world/world.js';
import type { Subscription } from './subscriptions.js';

/** What is told of an event, before it goes to anybody. */
export interface Notification {
  readonly type: string;
  readonly region: Region;
  readonly marketplaceId?: string | undefined;
  /** Older schemas write `NotificationType`, newer ones `notificationType`. */
  readonly casing: 'Pascal' | 'camel';
  readonly notificationVersion: string;
  readonly eventTime: string;
  readonly payload: object;
}

/** Turns what happened into Amazon's payload of its type. Shapes: `@sp-api-sdk/schemas`, notifications. */
export function notificationOf(event: FarSideEvent, world: World): Notification {
  const eventTime = new Date(event.atMs).toISOString();
  const pascal = { casing: 'Pascal', notificationVersion: '1.0', eventTime } as const;
  const camel = (version: string) => ({ casing: 'camel', notificationVersion: version, eventTime }) as const;
  const accountId = `amzn1.merchant.o.${event.sellerId}`;
  switch (event.kind) {
    case 'order-change':
      return {
        ...{ ...pascal, type: 'ORDER_CHANGE', region: regionOf(event.marketplaceId) },
        marketplaceId: event.marketplaceId,
        payload: { OrderChangeNotification: orderChange(event, world) },
      };
    case 'report-finished':
      return {
        ...{ ...camel('2020-09-04'), type: 'REPORT_PROCESSING_FINISHED', region: event.region },
        payload: {
          reportProcessingFinishedNotification: {
            ...{ sellerId: event.sellerId, accountId },
            ...{ reportId: event.reportId, reportType: event.reportType, processingStatus: event.status },
            ...(event.reportDocumentId !== undefined && { reportDocumentId: event.reportDocumentId }),
          },
        },
      };
    case 'feed-finished':
      return {
        ...{ ...camel('2020-09-04'), type: 'FEED_PROCESSING_FINISHED', region: event.region },
        payload: {
          feedProcessingFinishedNotification: {
            ...{ sellerId: event.sellerId, accountId },
            ...{ feedId: event.feedId, feedType: event.feedType, processingStatus: event.status },
            ...(event.resultFeedDocumentId !== undefined && {
              resultFeedDocumentId: event.resultFeedDocumentId,
            }),
          },
        },
      };
    case 'query-finished':
      return {
        ...{ ...camel('2023-11-15'), type: 'DATA_KIOSK_QUERY_PROCESSING_FINISHED', region: event.region },
        payload: {
          ...{ accountId, queryId: event.queryId, query: event.query, processingStatus: event.status },
          ...(event.dataDocumentId !== undefined && { dataDocumentId: event.dataDocumentId }),
          ...(event.errorDocumentId !== undefined && { errorDocumentId: event.errorDocumentId }),
          ...(event.nextToken !== undefined && { pagination: { nextToken: event.nextToken } }),
        },
      };
    case 'fba-inventory-change':
      return {
        ...{ ...pascal, type: 'FBA_INVENTORY_AVAILABILITY_CHANGES', region: regionOf(event.marketplaceId) },
        marketplaceId: event.marketplaceId,
        payload: {
          ...{ SellerId: event.sellerId, FNSKU: event.fnSku, ASIN: event.asin, SKU: event.sku },
          FulfillmentInventoryByMarketplace: [inventoryAt(event, world)],
        },
      };
    default:
      return { ...pascal, ...listingChange(event), region: regionOf(event.marketplaceId) };
  }
}

type EventOf<Kind extends FarSideEvent['kind']> = Extract<FarSideEvent, { kind: Kind }>;

function listingChange(
  event: EventOf<'listing-status-change' | 'listing-issues-change' | 'listing-quantity-change'>,
): Pick<Notification, 'type' | 'payload' | 'marketplaceId'> {
  const { marketplaceId, sku, sellerId } = event;
  const whose = { SellerId: sellerId, MarketplaceId: marketplaceId, Asin: event.asin, Sku: sku };
  if (event.kind === 'listing-quantity-change') {
    // Amazon tells neither marketplace nor ASIN here.
    const payload = {
      SellerId: sellerId,
      FulfillmentChannelCode: 'DEFAULT',
      Sku: sku,
      Quantity: event.quantity,
    };
    return { type: 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE', marketplaceId, payload };
  }
  if (event.kind === 'listing-issues-change') {
    const Severities = event.severities.length === 0 ? ['NONE'] : event.severities;
    const payload = { ...whose, Severities, EnforcementActions: event.enforcementActions };
    return { type: 'LISTINGS_ITEM_ISSUES_CHANGE', marketplaceId, payload };
  }
  const Status = event.status.length === 0 ? ['DELETED'] : event.status;
  const payload = { ...whose, CreatedDate: new Date(event.createdMs).toISOString(), Status };
  return { type: 'LISTINGS_ITEM_STATUS_CHANGE', marketplaceId, payload };
}

function orderChange(event: EventOf<'order-change'>, world: World): object {
  const seller = world.seller(event.sellerId);
  const order = seller?.orders.get(event.orderId);
  const reason = event.change === 'BuyerRequestedChange' ? 'Buyer Requested Cancel' : 'OrderStatus changed';
  return {
    NotificationLevel: 'OrderLevel',
    SellerId: event.sellerId,
    AmazonOrderId: event.orderId,
    OrderChangeType: event.change,
    OrderChangeTrigger: { TimeOfOrderChange: new Date(event.atMs).toISOString(), ChangeReason: reason },
    Summary: {
      MarketplaceId: event.marketplaceId,
      OrderStatus: v0Statuses[event.orderStatus as OrderStatus] ?? event.orderStatus,
      PurchaseDate: new Date(order?.createdMs ?? event.atMs).toISOString(),
      DestinationPostalCode: order === undefined ? '' : (seller?.buyerOf(order).postalCode ?? ''),
      FulfillmentType: order?.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN',
      OrderType: order?.preorder ? 'Preorder' : 'StandardOrder',
      ...countsOf(order),
      OrderItems: (order?.lines ?? []).map((line) => ({
        OrderItemId: line.orderItemId,
        SellerSKU: line.sku,
        SupplySourceId: 'default',
        OrderItemStatus: line.shipped > 0 ? 'Shipped' : 'Unshipped',
        Quantity: line.quantity,
        QuantityShipped: line.shipped,
        IsBuyerRequestedCancel: event.change === 'BuyerRequestedChange',
      })),
    },
  };
}

function countsOf(order: StoredOrder | undefined): object {
  const lines = order?.lines ?? [];
  const sum = (count: (line: StoredOrder['lines'][number]) => number) =>
    lines.reduce((total, line) => total + count(line), 0);
  return {
    NumberOfItemsShipped: sum(({ shipped }) => shipped),
    NumberOfItemsUnshipped: sum(({ quantity, shipped, cancelled }) => quantity - shipped - cancelled),
  };
}

function inventoryAt(
  { sellerId, marketplaceId, sku, fulfillable }: EventOf<'fba-inventory-change'>,
  world: World,
) {
  const listing = world.seller(sellerId)?.listing(marketplaceId, sku);
  const stock = listing?.stock;
  return {
    MarketplaceId: marketplaceId,
    ItemName: listing?.title ?? '',
    FulfillmentInventory: {
      InboundQuantityBreakdown: {
        Working: stock?.inboundWorking ?? 0,
        Shipped: stock?.inboundShipped ?? 0,
        Receiving: stock?.inboundReceiving ?? 0,
      },
      Fulfillable: fulfillable,
      Unfulfillable: (stock?.unfulfillableDamaged ?? 0) + (stock?.unfulfillableDefective ?? 0),
      Researching: 0,
      ReservedQuantityBreakdown: {
        WarehouseProcessing: stock?.reservedForProcessing ?? 0,
        WarehouseTransfer: stock?.reservedForTransfer ?? 0,
        PendingCustomerOrder: stock?.reservedForOrders ?? 0,
      },
      FutureSupplyBuyable: 0,
      PendingCustomerOrderInTransit: 0,
    },
  };
}

function regionOf(marketplaceId: string): Region {
  return findMarketplace(marketplaceId)?.region ?? 'eu';
}

/** The whole document, as it goes to one subscriber. */
export function envelopeOf(
  notification: Notification,
  { applicationId, subscriptionId, payloadVersion }: Subscription,
  atMs: number,
) {
  const { type, casing, notificationVersion, eventTime, payload } = notification;
  const publishTime = new Date(atMs).toISOString();
  const notificationId = randomUUID();
  if (casing === 'camel') {
    return {
      ...{ notificationVersion, notificationType: type, payloadVersion, eventTime, payload },
      notificationMetadata: { applicationId, subscriptionId, publishTime, notificationId },
    };
  }
  return {
    ...{ NotificationVersion: notificationVersion, NotificationType: type, PayloadVersion: payloadVersion },
    ...{ EventTime: eventTime, Payload: payload },
    NotificationMetadata: {
      ...{ ApplicationId: applicationId, SubscriptionId: subscriptionId },
      ...{ PublishTime: publishTime, NotificationId: notificationId },
    },
  };
}
