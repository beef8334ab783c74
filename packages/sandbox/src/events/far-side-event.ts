import type { Region } from '../world/marketplaces.js';

/** How work that was asked for ended. */
export type FinalStatus = 'DONE' | 'CANCELLED' | 'FATAL';

interface OfSeller {
  readonly sellerId: string;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

interface OfWork extends OfSeller {
  readonly region: Region;
  readonly status: FinalStatus;
  /** The application that asked for it; absent for what Amazon or a schedule made by itself. */
  readonly applicationId?: string;
}

interface OfListing extends OfSeller {
  readonly marketplaceId: string;
  readonly sku: string;
  readonly asin: string;
}

/** Something that happened at the far side, and of which Amazon would notify those who subscribed to it. */
export type FarSideEvent =
  /** ORDER_CHANGE. */
  | (OfSeller & {
      readonly kind: 'order-change';
      readonly orderId: string;
      readonly marketplaceId: string;
      readonly change: 'OrderStatusChange' | 'BuyerRequestedChange';
      readonly orderStatus: string;
    })
  /** REPORT_PROCESSING_FINISHED. */
  | (OfWork & {
      readonly kind: 'report-finished';
      readonly reportId: string;
      readonly reportType: string;
      readonly reportDocumentId?: string;
    })
  /** FEED_PROCESSING_FINISHED. */
  | (OfWork & {
      readonly kind: 'feed-finished';
      readonly feedId: string;
      readonly feedType: string;
      readonly resultFeedDocumentId?: string;
    })
  /** DATA_KIOSK_QUERY_PROCESSING_FINISHED. */
  | (OfWork & {
      readonly kind: 'query-finished';
      readonly queryId: string;
      readonly query: string;
      readonly dataDocumentId?: string;
      readonly errorDocumentId?: string;
      readonly nextToken?: string;
    })
  /** LISTINGS_ITEM_STATUS_CHANGE; an empty status means that the listing is gone. */
  | (OfListing & {
      readonly kind: 'listing-status-change';
      readonly status: readonly ('BUYABLE' | 'DISCOVERABLE')[];
      readonly createdMs: number;
    })
  /** LISTINGS_ITEM_ISSUES_CHANGE. */
  | (OfListing & {
      readonly kind: 'listing-issues-change';
      readonly severities: readonly ('ERROR' | 'WARNING')[];
      readonly enforcementActions: readonly string[];
    })
  /** LISTINGS_ITEM_MFN_QUANTITY_CHANGE. */
  | (OfListing & { readonly kind: 'listing-quantity-change'; readonly quantity: number })
  /** FBA_INVENTORY_AVAILABILITY_CHANGES. */
  | (OfListing & {
      readonly kind: 'fba-inventory-change';
      readonly fnSku: string;
      readonly fulfillable: number;
    });

/** Takes what happened. It never throws, and nothing waits for it. */
export type Notify = (event: FarSideEvent) => void;
