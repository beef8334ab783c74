import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { businessPricesOf } from '../../world/business-prices.js';
import { type CompetingOffer, offersOf } from '../../world/offers.js';
import type { Seller } from '../../world/seller.js';
import type { World } from '../../world/world.js';
import { amountOf, landedCents, type PriceSubject, subjectOfAsin, subjectOfSku } from './subject.js';

type Price = NonNullable<ResponseOf<'productPricing', 'v0', 'getPricing'>['payload']>[number];
type Product = NonNullable<Price['Product']>;

interface PriceQuery {
  readonly MarketplaceId: string;
  readonly ItemType: 'Asin' | 'Sku';
  readonly Asins?: readonly string[];
  readonly Skus?: readonly string[];
}

/** The seller's own prices. */
export const getPricing = implement('productPricing', 'v0', 'getPricing', ({ params, seller }) => ({
  payload: identifiersOf(params).map((identifier) =>
    priceOf(seller, params, identifier, (subject) => ({
      Identifiers: identify(seller, subject),
      Offers: ownOffer(subject, params.OfferType),
    })),
  ),
}));

/** What the page features, whoever sells it. */
export const getCompetitivePricing = implement(
  'productPricing',
  'v0',
  'getCompetitivePricing',
  ({ params, seller, world }) => ({
    payload: identifiersOf(params).map((identifier) =>
      priceOf(seller, params, identifier, (subject) => ({
        Identifiers: identify(seller, subject),
        CompetitivePricing: competition(seller, world, subject),
        SalesRankings: ranksOf(world, subject),
      })),
    ),
  }),
);

function identifiersOf(params: PriceQuery): readonly string[] {
  const name = params.ItemType === 'Asin' ? 'Asins' : 'Skus';
  const identifiers = params[name];
  if (identifiers === undefined)
    throw invalidInput(
      'Request has missing or invalid parameters and cannot be parsed.',
      `${name} is required when ItemType is ${params.ItemType}.`,
    );
  return identifiers;
}

/** An identifier that is not known spoils its own entry only. */
function priceOf(
  seller: Seller,
  params: PriceQuery,
  identifier: string,
  product: (subject: PriceSubject) => Product,
): Price {
  const bySku = params.ItemType === 'Sku';
  const subject = (bySku ? subjectOfSku : subjectOfAsin)(seller, params.MarketplaceId, identifier);
  const name = bySku ? { SellerSKU: identifier } : { ASIN: identifier };
  if (subject === undefined) return { status: 'ClientError', ...name };
  return { status: 'Success', ...name, ASIN: subject.asin, Product: product(subject) };
}

function identify(seller: Seller, { marketplace, asin, listing }: PriceSubject): Product['Identifiers'] {
  return {
    MarketplaceASIN: { MarketplaceId: marketplace.id, ASIN: asin },
    ...(listing === undefined
      ? {}
      : {
          SKUIdentifier: { MarketplaceId: marketplace.id, SellerId: seller.sellerId, SellerSKU: listing.sku },
        }),
  };
}

function ownOffer(
  { marketplace, listing }: PriceSubject,
  offerType: 'B2C' | 'B2B' = 'B2C',
): NonNullable<Product['Offers']> {
  if (listing === undefined || listing.priceCents <= 0) return [];
  const price = { CurrencyCode: marketplace.currency, Amount: amountOf(listing.priceCents) };
  return [
    {
      offerType,
      ...(offerType === 'B2B' ? businessPart(marketplace.currency, listing.priceCents) : {}),
      BuyingPrice: {
        ListingPrice: price,
        LandedPrice: price,
        Shipping: { CurrencyCode: marketplace.currency, Amount: 0 },
      },
      RegularPrice: price,
      FulfillmentChannel: listing.fulfilledBy,
      ItemCondition: 'New',
      ItemSubCondition: 'New',
      SellerSKU: listing.sku,
    },
  ];
}

function businessPart(CurrencyCode: string, priceCents: number) {
  const { cents, tiers } = businessPricesOf(priceCents);
  return {
    businessPrice: { CurrencyCode, Amount: amountOf(cents) },
    quantityDiscountPrices: tiers.map((tier) => ({
      quantityTier: tier.units,
      quantityDiscountType: 'QUANTITY_DISCOUNT' as const,
      listingPrice: { CurrencyCode, Amount: amountOf(tier.cents) },
    })),
  };
}

function competition(
  seller: Seller,
  world: World,
  subject: PriceSubject,
): NonNullable<Product['CompetitivePricing']> {
  const offers = offersOf(world, subject.marketplace, subject.asin);
  const featured = offers.find((offer) => offer.featured);
  return {
    CompetitivePrices:
      featured === undefined
        ? []
        : [
            {
              CompetitivePriceId: '1',
              condition: 'New',
              subcondition: 'New',
              belongsToRequester: featured.sellerId === seller.sellerId,
              Price: priceTypeOf(featured, subject),
            },
          ],
    NumberOfOfferListings: [
      { condition: 'New', Count: offers.length },
      { condition: 'Any', Count: offers.length },
    ],
  };
}

export function priceTypeOf(
  offer: CompetingOffer,
  { marketplace }: PriceSubject,
): {
  LandedPrice: { CurrencyCode: string; Amount: number };
  ListingPrice: { CurrencyCode: string; Amount: number };
  Shipping: { CurrencyCode: string; Amount: number };
} {
  const money = (cents: number) => ({ CurrencyCode: marketplace.currency, Amount: amountOf(cents) });
  return {
    LandedPrice: money(landedCents(offer)),
    ListingPrice: money(offer.cents),
    Shipping: money(offer.shippingCents),
  };
}

export function ranksOf(world: World, { asin }: PriceSubject): { ProductCategoryId: string; Rank: number }[] {
  const product = world.catalog.byAsin(asin);
  return product === undefined
    ? []
    : [{ ProductCategoryId: product.line.classificationId, Rank: product.salesRank }];
}
