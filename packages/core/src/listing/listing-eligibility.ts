import type { AccountId, MarketplaceId } from '../identity/ids.js';

/** Something that keeps a seller from listing a product. */
export interface ListingHindrance {
  /** The platform's word for the condition that it applies to; all conditions without it. */
  readonly condition?: string;
  /** The platform's own word, e.g. `APPROVAL_REQUIRED`. */
  readonly code?: string;
  readonly message: string;
  /** Where the seller can do something about it. */
  readonly links?: readonly { readonly url: string; readonly title?: string }[];
}

/** Whether a seller may list a product in a marketplace, as it was at a moment. */
export interface ListingEligibility {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly productId: string;
  /** The only condition that was asked about; all without it. */
  readonly condition?: string;
  /** Nothing hinders it, in any condition asked about. */
  readonly mayList: boolean;
  readonly hindrances: readonly ListingHindrance[];
  /** ISO 8601 in UTC. */
  readonly checkedAt: string;
}
