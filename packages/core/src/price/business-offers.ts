import type { AccountId, MarketplaceId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';
import type { FulfilledBy } from '../order/order.js';

/** The price of one unit for whoever buys at least so many. */
export interface QuantityPrice {
  readonly units: number;
  readonly price: Money;
}

/** What a seller asks of businesses for a product. */
export interface BusinessOffer {
  /** The platform's id of the seller, if it tells it. */
  readonly sellerId?: string;
  /** Of one unit. */
  readonly price: Money;
  readonly shipping?: Money;
  /** In order of the units. */
  readonly quantityPrices: readonly QuantityPrice[];
  readonly condition?: string;
  readonly fulfilledBy?: FulfilledBy;
  /** Whether the offer is the asking seller's own. */
  readonly own: boolean;
  /** Whether it is the featured offer. */
  readonly featured: boolean;
}

/** What businesses are offered of a product in a marketplace. */
export interface BusinessOffers {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  /** The platform's product id, e.g. an ASIN; a product that was asked for by the seller's own SKU may have that only. */
  readonly productId?: string;
  readonly sku?: Sku;
  /** How many offers there are; fewer may be listed. */
  readonly total: number;
  readonly offers: readonly BusinessOffer[];
  /** ISO 8601 in UTC. */
  readonly observedAt: string;
}
