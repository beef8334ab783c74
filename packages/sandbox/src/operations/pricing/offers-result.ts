import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { businessPricesOf } from '../../world/business-prices.js';
import { type CompetingOffer, offersOf } from '../../world/offers.js';
import type { Seller } from '../../world/seller.js';
import type { World } from '../../world/world.js';
import { priceTypeOf, ranksOf } from './prices.js';
import { amountOf, type PriceSubject } from './subject.js';

export type OffersResult = NonNullable<ResponseOf<'productPricing', 'v0', 'getItemOffers'>['payload']>;

/** Amazon shows the twenty cheapest. */
const shownOffers = 20;

/** For whom prices are asked. */
export type CustomerType = 'Consumer' | 'Business';

/** The offers of one product in one condition. The sandbox sells everything new. */
export function offersResultOf(
  world: World,
  seller: Seller,
  subject: PriceSubject,
  condition: string,
  askedBySku: boolean,
  customer: CustomerType = 'Consumer',
): OffersResult {
  const all = condition === 'New' ? offersOf(world, subject.marketplace, subject.asin) : [];
  const offers =
    customer === 'Business' ? all.map((one) => ({ ...one, cents: businessPricesOf(one.cents).cents })) : all;
  const identity =
    askedBySku && subject.listing !== undefined ? { SKU: subject.listing.sku } : { ASIN: subject.asin };
  return {
    marketplaceId: subject.marketplace.id,
    ...identity,
    ItemCondition: condition,
    status: offers.length === 0 ? 'NoBuyableOffers' : 'Success',
    Identifier: {
      MarketplaceId: subject.marketplace.id,
      ...('SKU' in identity ? { SellerSKU: identity.SKU } : { ASIN: subject.asin }),
      ItemCondition: condition,
    },
    Summary: summaryOf(world, subject, offers),
    Offers: offers.slice(0, shownOffers).map((offer, at) => ({
      ...detailOf(seller, subject, offer),
      ...(customer === 'Business' ? businessDetail(subject, all[at] as CompetingOffer) : {}),
    })),
  };
}

function summaryOf(
  world: World,
  subject: PriceSubject,
  offers: readonly CompetingOffer[],
): OffersResult['Summary'] {
  const byChannel = [true, false].flatMap((byAmazon) => {
    const some = offers.filter((offer) => offer.byAmazon === byAmazon);
    const channel = byAmazon ? 'Amazon' : 'Merchant';
    return some.length === 0 ? [] : [{ channel, some }];
  });
  const featured = offers.find((offer) => offer.featured);
  const counts = byChannel.map(({ channel, some }) => ({
    condition: 'new',
    fulfillmentChannel: channel,
    OfferCount: some.length,
  }));
  return {
    TotalOfferCount: offers.length,
    ...(offers.length === 0
      ? {}
      : {
          NumberOfOffers: counts,
          LowestPrices: byChannel.map(({ channel, some }) => ({
            condition: 'new',
            fulfillmentChannel: channel,
            ...priceTypeOf(some[0] as CompetingOffer, subject),
          })),
          BuyBoxEligibleOffers: counts,
        }),
    ...(featured === undefined
      ? {}
      : {
          BuyBoxPrices: [
            { condition: 'New', sellerId: featured.sellerId, ...priceTypeOf(featured, subject) },
          ],
        }),
    SalesRankings: ranksOf(world, subject),
  };
}

function businessDetail(
  { marketplace }: PriceSubject,
  { cents }: CompetingOffer,
): Partial<OffersResult['Offers'][number]> {
  return {
    offerType: 'B2B',
    quantityDiscountPrices: businessPricesOf(cents).tiers.map((tier) => ({
      quantityTier: tier.units,
      quantityDiscountType: 'QUANTITY_DISCOUNT',
      listingPrice: { CurrencyCode: marketplace.currency, Amount: amountOf(tier.cents) },
    })),
  };
}

function detailOf(
  seller: Seller,
  { marketplace }: PriceSubject,
  offer: CompetingOffer,
): OffersResult['Offers'][number] {
  return {
    MyOffer: offer.sellerId === seller.sellerId,
    SubCondition: 'new',
    SellerId: offer.sellerId,
    SellerFeedbackRating: {
      FeedbackCount: offer.feedbackCount,
      SellerPositiveFeedbackRating: offer.feedbackPercent,
    },
    ShippingTime: { minimumHours: 24, maximumHours: 48, availabilityType: 'NOW' },
    ListingPrice: { CurrencyCode: marketplace.currency, Amount: amountOf(offer.cents) },
    Shipping: { CurrencyCode: marketplace.currency, Amount: amountOf(offer.shippingCents) },
    ShipsFrom: { Country: marketplace.countryCode },
    IsFulfilledByAmazon: offer.byAmazon,
    IsBuyBoxWinner: offer.featured,
    IsFeaturedMerchant: offer.feedbackPercent >= 90,
    PrimeInformation: { IsPrime: offer.byAmazon, IsNationalPrime: offer.byAmazon },
  };
}
