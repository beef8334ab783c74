import type { ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type AccountId,
  type BusinessOffer,
  type BusinessOffers,
  compareMoney,
  type MarketplaceId,
  type Money,
  type QuantityPrice,
  type Sku,
  sku,
} from '@fluxori/core';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

type BatchAnswer = NonNullable<ResponseOf<'productPricing', 'v0', 'getItemOffersBatch'>['responses']>[number];
export type OffersAnswer = Pick<BatchAnswer, 'status' | 'body'>;
type AmazonOffer = NonNullable<BatchAnswer['body']['payload']>['Offers'][number];
type AmazonPrice = NonNullable<ResponseOf<'productPricing', 'v0', 'getPricing'>['payload']>[number];
type AmazonOwnOffer = NonNullable<NonNullable<AmazonPrice['Product']>['Offers']>[number];

/** What came of one question: the offers, or why there are none. */
export interface BusinessOutcome {
  readonly productId?: string;
  readonly sku?: Sku;
  readonly offers?: BusinessOffers;
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    /** Asking again later may help: the fault is Amazon's. */
    readonly retryable: boolean;
  };
}

/** What the seller himself asks of businesses. */
export interface OwnBusinessPrice {
  readonly marketplaceId: MarketplaceId;
  readonly sku: Sku;
  readonly productId?: string;
  /** Of one unit; absent when there is no price for businesses. */
  readonly price?: Money;
  readonly quantityPrices: readonly QuantityPrice[];
}

interface Subject {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly observedAt: string;
}

/** One answer of a batch. */
export function toOutcome(
  asked: Pick<BusinessOutcome, 'productId' | 'sku'>,
  answer: OffersAnswer | undefined,
  subject: Subject,
): BusinessOutcome {
  const status = answer?.status?.statusCode ?? 200;
  const { payload, errors } = answer?.body ?? {};
  if (payload === undefined || status >= 300) {
    const [first] = errors ?? [];
    const left =
      answer === undefined ? 'Amazon left this product out of its answer.' : 'Amazon gives no offers.';
    return {
      ...asked,
      problem: {
        code: first?.code ?? (answer === undefined ? 'NoAnswer' : `Status${status}`),
        message: [first?.message ?? left, first?.details].filter(Boolean).join(' '),
        retryable: answer === undefined || status === 429 || status >= 500,
      },
    };
  }
  const offers = withoutUndefined({
    ...subject,
    productId: payload.ASIN ?? asked.productId,
    sku: payload.SKU ? sku(payload.SKU) : asked.sku,
    total: payload.Summary?.TotalOfferCount ?? payload.Offers.length,
    offers: payload.Offers.flatMap(toOffer),
  });
  return { ...asked, offers };
}

/** An offer whose price cannot be read is none; neither is one that is for consumers only. */
function toOffer(offer: AmazonOffer): BusinessOffer[] {
  const price = moneyOf(offer.ListingPrice.Amount, offer.ListingPrice.CurrencyCode);
  if (price === undefined || offer.offerType === 'B2C') return [];
  return [
    withoutUndefined({
      sellerId: offer.SellerId,
      price,
      shipping: moneyOf(offer.Shipping?.Amount, offer.Shipping?.CurrencyCode),
      quantityPrices: quantityPrices(offer.quantityDiscountPrices),
      condition: offer.SubCondition,
      fulfilledBy: offer.IsFulfilledByAmazon ? 'marketplace' : 'seller',
      own: offer.MyOffer ?? false,
      featured: offer.IsBuyBoxWinner ?? false,
    }),
  ];
}

export function toOwnPrices(from: AmazonPrice, marketplaceId: MarketplaceId): OwnBusinessPrice[] {
  return (from.Product?.Offers ?? []).map((offer) =>
    withoutUndefined({
      marketplaceId,
      sku: sku(offer.SellerSKU),
      productId: from.ASIN,
      price: ownPrice(offer),
      quantityPrices: quantityPrices(offer.quantityDiscountPrices),
    }),
  );
}

/** Amazon writes it apart beside a price for consumers, and in its place where only the offer for businesses was asked for. */
function ownPrice({ businessPrice, offerType, BuyingPrice }: AmazonOwnOffer): Money | undefined {
  const apart = moneyOf(businessPrice?.Amount, businessPrice?.CurrencyCode);
  if (apart !== undefined || offerType !== 'B2B') return apart;
  return moneyOf(BuyingPrice.ListingPrice.Amount, BuyingPrice.ListingPrice.CurrencyCode);
}

function quantityPrices(from: AmazonOffer['quantityDiscountPrices'] = []): QuantityPrice[] {
  return from
    .flatMap(({ quantityTier, listingPrice }) => {
      const price = moneyOf(listingPrice.Amount, listingPrice.CurrencyCode);
      return price === undefined ? [] : [{ units: quantityTier, price }];
    })
    .sort((a, b) => a.units - b.units);
}

/** What one of so many units costs: the price of the highest tier that is reached. */
export function unitPrice({ price, quantityPrices: tiers }: BusinessOffer, units: number): Money {
  const reached = tiers.filter((tier) => tier.units <= units).map((tier) => tier.price);
  return reached.reduce((least, one) => (compareMoney(one, least) < 0 ? one : least), price);
}
