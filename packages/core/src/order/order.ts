import type { AccountId, MarketplaceId, OrderId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';

/** Where an order stands, in words that hold for every marketplace. `unknown` keeps a platform's new status from being lost: see `platformStatus`. */
export type OrderStatus =
  | 'pending'
  | 'unshipped'
  | 'partially-shipped'
  | 'shipped'
  | 'cancelled'
  | 'unfulfillable'
  | 'unknown';

/** Who ships: the seller, or the marketplace from its own warehouse. */
export type FulfilledBy = 'seller' | 'marketplace';

export interface OrderItem {
  /** The platform's id of the line. */
  readonly orderItemId: string;
  readonly sku?: Sku;
  /** The platform's product id, e.g. an ASIN. */
  readonly productId?: string;
  readonly title?: string;
  readonly quantityOrdered: number;
  readonly quantityShipped: number;
  /** Price of one unit. */
  readonly unitPrice?: Money;
  /** What the line brings in, all units, as the platform says it. */
  readonly lineTotal?: Money;
}

/** Where a parcel goes. Personal data: present only when it was asked for. */
export interface Address {
  readonly name?: string;
  readonly lines: readonly string[];
  readonly city?: string;
  readonly stateOrRegion?: string;
  readonly postalCode?: string;
  readonly countryCode?: string;
  readonly phone?: string;
}

/** One order, the same for every marketplace. Dates are ISO 8601 in UTC, so that an order is plain JSON. */
export interface Order {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly orderId: OrderId;
  readonly status: OrderStatus;
  /** The platform's own word for the status. */
  readonly platformStatus: string;
  readonly purchasedAt: string;
  readonly updatedAt: string;
  readonly fulfilledBy?: FulfilledBy;
  readonly salesChannel?: string;
  readonly shipBy?: string;
  readonly total?: Money;
  readonly items: readonly OrderItem[];
  /** Personal data: only when it was asked for. */
  readonly shipTo?: Address;
  /** Personal data: only when it was asked for. */
  readonly buyerEmail?: string;
}

/** What a seller tells the marketplace when a parcel leaves. */
export interface ShipmentConfirmation {
  readonly orderId: OrderId;
  readonly marketplaceId: MarketplaceId;
  /** The seller's own number of the parcel, unique within the order. */
  readonly packageId: string;
  readonly carrier: string;
  readonly shippingMethod?: string;
  readonly trackingNumber: string;
  /** ISO 8601. */
  readonly shippedAt: string;
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
}
