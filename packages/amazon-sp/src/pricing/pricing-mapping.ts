import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { type CompetitivePrice, type MarketplaceId, sku } from '@fluxori/core';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

type AmazonPrice = NonNullable<
  ResponseOf<'productPricing', 'v0', 'getCompetitivePricing'>['payload']
>[number];
type AmazonOffers = NonNullable<ResponseOf<'productPricing', 'v0', 'getItemOffers'>['payload']>;
type AmazonSummary = ResponseOf<
  'productPricing',
  '2022-05-01',
  'getCompetitiveSummary'
>['responses'][number]['body'];

/** Prices of one product, from v0's competitive pricing. The price ids 1 and 2 stand for the featured offers, new and used. */
export function fromCompetitivePricing(price: AmazonPrice, marketplaceId: MarketplaceId): CompetitivePrice[] {
  const asin = price.ASIN ?? price.Product?.Identifiers.MarketplaceASIN.ASIN;
  if (asin === undefined) return [];
  return (price.Product?.CompetitivePricing?.CompetitivePrices ?? []).flatMap((one) => {
    const listingPrice = moneyOf(one.Price.ListingPrice.Amount, one.Price.ListingPrice.CurrencyCode);
    if (listingPrice === undefined) return [];
    return withoutUndefined({
      marketplaceId,
      productId: asin,
      sku: price.SellerSKU ? sku(price.SellerSKU) : undefined,
      listingPrice,
      shipping: moneyOf(one.Price.Shipping?.Amount, one.Price.Shipping?.CurrencyCode),
      condition: one.condition,
      own: one.belongsToRequester ?? false,
      featured: one.CompetitivePriceId === '1' || one.CompetitivePriceId === '2',
    });
  });
}

/** The lowest offers of one product, from v0's offers. */
export function fromOffers(offers: AmazonOffers): CompetitivePrice[] {
  const { ASIN: asin } = offers;
  if (asin === undefined) return [];
  return offers.Offers.flatMap((offer) => {
    const listingPrice = moneyOf(offer.ListingPrice.Amount, offer.ListingPrice.CurrencyCode);
    if (listingPrice === undefined) return [];
    return withoutUndefined({
      marketplaceId: offers.marketplaceId as MarketplaceId,
      productId: asin,
      listingPrice,
      shipping: moneyOf(offer.Shipping.Amount, offer.Shipping.CurrencyCode),
      condition: offer.SubCondition,
      own: offer.MyOffer ?? false,
      featured: offer.IsBuyBoxWinner ?? false,
    });
  });
}

/** Featured and lowest offers of one product, from 2022-05-01's competitive summary. */
export function fromSummary(summary: AmazonSummary, own: { sellerId: string }): CompetitivePrice[] {
  const featured = (summary.featuredBuyingOptions ?? []).flatMap(({ segmentedFeaturedOffers }) =>
    segmentedFeaturedOffers.map((offer) => ({ offer, featured: true })),
  );
  const lowest = (summary.lowestPricedOffers ?? []).flatMap(({ offers }) =>
    offers.map((offer) => ({ offer, featured: false })),
  );
  return [...featured, ...lowest].flatMap(({ offer, featured }) => {
    const listingPrice = moneyOf(offer.listingPrice.amount, offer.listingPrice.currencyCode);
    if (listingPrice === undefined) return [];
    const [shipping] = offer.shippingOptions ?? [];
    return withoutUndefined({
      marketplaceId: summary.marketplaceId as MarketplaceId,
      productId: summary.asin,
      listingPrice,
      shipping: moneyOf(shipping?.price.amount, shipping?.price.currencyCode),
      condition: offer.condition,
      own: offer.sellerId === own.sellerId,
      featured,
    });
  });
}
