import type { AccountId, MarketplaceId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';

/** A seller's own offer of a product. */
export interface Listing {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly sku: Sku;
  readonly productId?: string;
  readonly productType?: string;
  readonly title?: string;
  /** The platform's own words, e.g. `BUYABLE`, `DISCOVERABLE`. */
  readonly statuses: readonly string[];
  readonly price?: Money;
  readonly quantity?: number;
  readonly updatedAt?: string;
  readonly issues: readonly ListingIssue[];
}

export interface ListingIssue {
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
}

/** What the platform did with a change to a listing. */
export interface ListingChange {
  readonly sku: Sku;
  readonly status: 'accepted' | 'invalid';
  /** The platform's number of the submission. */
  readonly submissionId?: string;
  readonly issues: readonly ListingIssue[];
}
