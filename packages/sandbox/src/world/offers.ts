import { Prng } from '../random/prng.js';
import type { Marketplace } from './marketplaces.js';
import type { World } from './world.js';

/** One seller's offer of a product in a marketplace. */
export interface CompetingOffer {
  readonly sellerId: string;
  readonly sku?: string;
  readonly cents: number;
  readonly shippingCents: number;
  readonly byAmazon: boolean;
  readonly feedbackCount: number;
  readonly feedbackPercent: number;
  /** The offer that the page features. */
  featured: boolean;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** All offers of a product, the cheapest first: those of the sandbox's sellers, and of some invented rivals. */
export function offersOf(world: World, marketplace: Marketplace, asin: string): readonly CompetingOffer[] {
  const product = world.catalog.byAsin(asin);
  if (product === undefined) return [];
  const prng = Prng.of(world.seed, 'rivals', marketplace.id, asin);
  const base = Math.round(product.rand * marketplace.perRand * 100);
  const offers: CompetingOffer[] = Array.from({ length: prng.integer(0, 4) }, () => {
    const byAmazon = prng.chance(0.5);
    return {
      sellerId: `A${prng.text(13, alphabet)}`,
      cents: Math.round(base * (0.93 + prng.next() * 0.2)),
      shippingCents: byAmazon ? 0 : Math.round(6_500 * marketplace.perRand),
      byAmazon,
      feedbackCount: prng.integer(12, 9_000),
      feedbackPercent: prng.integer(84, 99),
      featured: false,
    };
  });
  for (const seller of world.sellers)
    for (const listing of seller.listings(marketplace.id).values()) {
      if (listing.asin !== asin || listing.priceCents <= 0) continue;
      offers.push({
        sellerId: seller.sellerId,
        sku: listing.sku,
        cents: listing.priceCents,
        shippingCents: 0,
        byAmazon: listing.fulfilledBy === 'AMAZON',
        feedbackCount: 420,
        feedbackPercent: 97,
        featured: false,
      });
    }
  offers.sort(
    (a, b) => a.cents + a.shippingCents - (b.cents + b.shippingCents) || (a.sellerId < b.sellerId ? -1 : 1),
  );
  const winner = offers.find((offer) => offer.feedbackPercent >= 90) ?? offers[0];
  if (winner !== undefined) winner.featured = true;
  return offers;
}
