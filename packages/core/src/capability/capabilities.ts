import type { CatalogItem } from '../catalog/catalog-item.js';
import type { MarketplaceId, OrderId, Sku } from '../identity/ids.js';
import type { InventoryLevel, InventoryUpdate } from '../inventory/inventory-level.js';
import type { Listing, ListingChange } from '../listing/listing.js';
import type { Order, ShipmentConfirmation } from '../order/order.js';
import type { CompetitivePrice, PriceUpdate } from '../price/price.js';
import type { Paged } from './paged.js';

/** What every call that can wait takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface OrderQuery extends CallOptions {
  readonly marketplaceIds?: readonly MarketplaceId[];
  /** Orders changed at this time or later. */
  readonly updatedSince?: Date;
  /** Orders placed at this time or later. One of the two is required. */
  readonly placedSince?: Date;
  /** Goes on from where an earlier listing stopped. */
  readonly cursor?: string;
}

export interface OrdersCapability {
  list(query: OrderQuery): Paged<Order>;
  get(orderId: OrderId, options?: CallOptions): Promise<Order>;
  confirmShipment(confirmation: ShipmentConfirmation, options?: CallOptions): Promise<void>;
}

export interface InventoryCapability {
  list(
    query: CallOptions & { marketplaceId?: MarketplaceId; skus?: readonly Sku[]; cursor?: string },
  ): Paged<InventoryLevel>;
  update(update: InventoryUpdate, options?: CallOptions): Promise<ListingChange>;
}

export interface CatalogCapability {
  get(productId: string, query?: CallOptions & { marketplaceId?: MarketplaceId }): Promise<CatalogItem>;
  search(
    query: CallOptions & {
      marketplaceId?: MarketplaceId;
      keywords?: readonly string[];
      identifiers?: readonly string[];
      identifiersType?: string;
    },
  ): Paged<CatalogItem>;
}

export interface ListingsCapability {
  get(sku: Sku, query?: CallOptions & { marketplaceId?: MarketplaceId }): Promise<Listing>;
  list(query?: CallOptions & { marketplaceId?: MarketplaceId }): Paged<Listing>;
  remove(sku: Sku, query?: CallOptions & { marketplaceId?: MarketplaceId }): Promise<ListingChange>;
}

export interface PricesCapability {
  competitive(
    productIds: readonly string[],
    query?: CallOptions & { marketplaceId?: MarketplaceId },
  ): Promise<readonly CompetitivePrice[]>;
  update(update: PriceUpdate, options?: CallOptions): Promise<ListingChange>;
}

/** Work done through documents: create, upload, fetch, delete. */
export interface DocumentsCapability {
  createDocument(contentType: string, options?: CallOptions): Promise<string>;
  uploadDocumentContent(
    documentId: string,
    content: string | Uint8Array,
    options?: CallOptions,
  ): Promise<void>;
  getDocumentContent(documentId: string, options?: CallOptions): Promise<Uint8Array>;
  deleteDocument(documentId: string, options?: CallOptions): Promise<void>;
}

export interface AdvertisingCapability {
  /** Names of the advertising profiles that the account can act for. */
  profiles(options?: CallOptions): Promise<readonly { readonly profileId: string; readonly name: string }[]>;
}

/** Everything that a connector may be able to do; each may be there or not. */
export interface Capabilities {
  readonly orders?: OrdersCapability;
  readonly inventory?: InventoryCapability;
  readonly catalog?: CatalogCapability;
  readonly listings?: ListingsCapability;
  readonly prices?: PricesCapability;
  readonly documents?: DocumentsCapability;
  readonly advertising?: AdvertisingCapability;
}

export type CapabilityName = keyof Capabilities;
