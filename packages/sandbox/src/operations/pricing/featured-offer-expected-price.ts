import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { type CompetingOffer, offersOf } from '../../world/offers.js';
import { amountOf, landedCents, type PriceSubject, subjectOfSku } from './subject.js';

type Response = NonNullable<
  ResponseOf<'productPricing', '2022-05-01', 'getFeaturedOfferExpectedPriceBatch'>['responses']
>[number];
type Body = NonNullable<Response['body']>;
type FeaturedOffer = NonNullable<
  NonNullable<Body['featuredOfferExpectedPriceResults']>[number]['competingFeaturedOffer']
>;

const request = z.object({
  requests: z
    .array(
      z.object({
        marketplaceId: z.string(),
        sku: z.string(),
        uri: z.literal('/products/pricing/2022-05-01/offer/featuredOfferExpectedPrice'),
        method: z.literal('GET'),
      }),
    )
    .min(1)
    .max(40),
});

/** The price at which the seller would be featured: a hundredth of the currency below the cheapest good rival. */
export const getFeaturedOfferExpectedPriceBatch = implement(
  'productPricing',
  '2022-05-01',
  'getFeaturedOfferExpectedPriceBatch',
  (call) => ({
    responses: readBody(request, call.params.body).requests.map(({ marketplaceId, sku }): Response => {
      const headers = { Date: new Date(call.now()).toUTCString(), 'x-amzn-RequestId': call.requestId };
      const subject = subjectOfSku(call.seller, marketplaceId, sku);
      if (subject === undefined)
        return {
          headers,
          status: { statusCode: 400, reasonPhrase: 'Bad Request' },
          request: { marketplaceId, sku },
          body: {
            errors: [
              {
                code: 'INVALID_SKU',
                message: 'The requested SKU does not exist for the provided seller and marketplace.',
              },
            ],
          },
        };
      return {
        headers,
        status: { statusCode: 200, reasonPhrase: 'OK' },
        request: { marketplaceId, sku },
        body: expectation(call, subject, sku),
      };
    }),
  }),
);

function expectation(call: OperationCall<unknown>, subject: PriceSubject, sku: string): Body {
  const { marketplace, asin } = subject;
  const { sellerId } = call.seller;
  const offers = offersOf(call.world, marketplace, asin);
  const rival = offers.find((offer) => offer.sellerId !== sellerId && offer.feedbackPercent >= 90);
  const current = offers.find((offer) => offer.featured);
  const money = (cents: number) => ({ currencyCode: marketplace.currency, amount: amountOf(cents) });
  const shown = (offer: CompetingOffer): FeaturedOffer => ({
    offerIdentifier: {
      asin,
      marketplaceId: marketplace.id,
      sellerId: offer.sellerId,
      fulfillmentType: offer.byAmazon ? 'AFN' : 'MFN',
    },
    condition: 'New',
    price: { listingPrice: money(offer.cents), shippingPrice: money(offer.shippingCents) },
  });
  return {
    offerIdentifier: { asin, sku, marketplaceId: marketplace.id, sellerId },
    featuredOfferExpectedPriceResults: [
      rival === undefined
        ? {
            resultStatus: 'NO_COMPETING_OFFERS',
            ...(current ? { currentFeaturedOffer: shown(current) } : {}),
          }
        : {
            resultStatus: 'VALID_FOEP',
            featuredOfferExpectedPrice: { listingPrice: money(landedCents(rival) - 1) },
            competingFeaturedOffer: shown(rival),
            ...(current ? { currentFeaturedOffer: shown(current) } : {}),
          },
    ],
  };
}
