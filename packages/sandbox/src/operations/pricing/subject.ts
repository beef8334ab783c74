import type { Listing } from '../../world/listing.js';
import { findMarketplace, type Marketplace } from '../../world/marketplaces.js';
import type { CompetingOffer } from '../../world/offers.js';
import type { Seller } from '../../world/seller.js';

/** Of which product, in which marketplace, and under which SKU of the seller's own, prices are asked. */
export interface PriceSubject {
  readonly marketplace: Marketplace;
  readonly asin: string;
  readonly listing?: Listing;
}

/** The seller's own SKU. */
export function subjectOfSku(seller: Seller, marketplaceId: string, sku: string): PriceSubject | undefined {
  const listing = seller.listing(marketplaceId, sku);
  const marketplace = findMarketplace(marketplaceId);
  return listing && marketplace && { marketplace, asin: listing.asin, listing };
}

/** A product, with the seller's own listing of it if there is one. */
export function subjectOfAsin(seller: Seller, marketplaceId: string, asin: string): PriceSubject | undefined {
  const marketplace = findMarketplace(marketplaceId);
  if (marketplace === undefined) return undefined;
  for (const listing of seller.listings(marketplaceId).values())
    if (listing.asin === asin) return { marketplace, asin, listing };
  return { marketplace, asin };
}

/** The number that the pricing APIs write, where others write decimal text. */
export function amountOf(cents: number): number {
  return Math.round(cents) / 100;
}

export function landedCents(offer: CompetingOffer): number {
  return offer.cents + offer.shippingCents;
}
