import type { AccountId, MarketplaceId, Sku } from '../identity/ids.js';

/** Where goods on their way to a marketplace's warehouse stand. `unknown` keeps a platform's new status from being lost: see `platformStatus`. */
export type InboundStatus =
  | 'planned'
  | 'ready'
  | 'in-transit'
  | 'arrived'
  | 'receiving'
  | 'closed'
  | 'cancelled'
  | 'unknown';

export interface InboundItem {
  readonly sku: Sku;
  /** The platform's product id, e.g. an ASIN. */
  readonly productId?: string;
  /** The platform's own id of the goods in its warehouses, e.g. an FNSKU. */
  readonly warehouseSku?: string;
  readonly quantity: number;
  /** A day, e.g. `2027-01-31`. */
  readonly expiresOn?: string;
}

/** Goods that a seller sends to a marketplace's warehouse. Dates are ISO 8601 in UTC. */
export interface InboundShipment {
  readonly accountId: AccountId;
  readonly marketplaceIds: readonly MarketplaceId[];
  /** The platform's plan that the shipment belongs to. */
  readonly planId: string;
  readonly shipmentId: string;
  /** The number that stands on the labels of the boxes. */
  readonly labelId?: string;
  readonly name?: string;
  readonly status: InboundStatus;
  /** The platform's own word for the status. */
  readonly platformStatus: string;
  /** The warehouse that it goes to. */
  readonly warehouseId?: string;
  readonly trackingNumbers: readonly string[];
  /** When it is expected at the warehouse. */
  readonly deliverAfter?: string;
  readonly deliverBy?: string;
  readonly items: readonly InboundItem[];
  /** When it was looked at. */
  readonly observedAt: string;
}
