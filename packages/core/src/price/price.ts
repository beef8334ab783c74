import type { MarketplaceId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';

/** A seller's wish: this SKU shall cost this. */
export interface PriceUpdate {
  readonly sku: Sku;
  readonly marketplaceId: MarketplaceId;
  readonly price: Money;
}

/** What a product goes for in a marketplace. */
export interface CompetitivePrice {
  readonly marketplaceId: MarketplaceId;
  readonly productId: string;
  readonly sku?: Sku;
  readonly listingPrice: Money;
  readonly shipping?: Money;
  readonly condition?: string;
  /** Whether the price is the asking seller's own. */
  readonly own: boolean;
  /** Whether it is the featured offer. */
  readonly featured: boolean;
}
