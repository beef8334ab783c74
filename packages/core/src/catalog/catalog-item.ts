import type { AccountId, MarketplaceId } from '../identity/ids.js';

/** One product as the marketplace's catalogue has it. */
export interface CatalogItem {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  /** The platform's product id, e.g. an ASIN. */
  readonly productId: string;
  readonly title?: string;
  readonly brand?: string;
  readonly productType?: string;
  /** EAN, UPC, ISBN … by kind, in the platform's order. */
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly imageUrls: readonly string[];
  /** Best-seller ranks by category. */
  readonly salesRanks: readonly { readonly category: string; readonly rank: number }[];
}
