import type { AccountId, MarketplaceId, Sku } from '../identity/ids.js';
import type { FulfilledBy } from '../order/order.js';

/** How many of a SKU there are, in one marketplace and one way of fulfilment. */
export interface InventoryLevel {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly sku: Sku;
  readonly fulfilledBy: FulfilledBy;
  readonly productId?: string;
  /** Units that can be sold now. */
  readonly available: number;
  /** Units promised to orders. */
  readonly reserved?: number;
  /** Units on their way in. */
  readonly inbound?: number;
  /** Units that cannot be sold (damaged, expired …). */
  readonly unsellable?: number;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** A seller's wish: this SKU shall have this many. */
export interface InventoryUpdate {
  readonly sku: Sku;
  readonly marketplaceId: MarketplaceId;
  /** Whole units, zero or more. */
  readonly quantity: number;
}
