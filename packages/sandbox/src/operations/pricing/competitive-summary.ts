import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { implement } from '../../operation/implementation.js';
import { findMarketplace } from '../../world/marketplaces.js';
import { type CompetingOffer, offersOf } from '../../world/offers.js';
import { amountOf } from './subject.js';

type Response = ResponseOf<'productPricing', '2022-05-01', 'getCompetitiveSummary'>['responses'][number];
type Offer = NonNullable<Response['body']['lowestPricedOffers']>[number]['offers'][number];

const datasets = ['featuredBuyingOptions', 'referencePrices', 'lowestPricedOffers', 'similarItems'] as const;

const request = z.object({
  requests: z
    .array(
      z.object({
        asin: z.string(),
        marketplaceId: z.string(),
        includedData: z.array(z.enum(datasets)).min(1),
        lowestPricedOffersInputs: z
          .array(
            z.object({
              itemCondition: z.enum(['New', 'Used', 'Collectible', 'Refurbished', 'Club']),
              offerType: z.literal('Consumer'),
            }),
          )
          .max(5)
          .optional(),
        method: z.literal('GET'),
        uri: z.literal('/products/pricing/2022-05-01/items/competitiveSummary'),
      }),
    )
    .min(1)
    .max(20),
});

type Asked = z.output<typeof request>['requests'][number];

export const getCompetitiveSummary = implement(
  'productPricing',
  '2022-05-01',
  'getCompetitiveSummary',
  (call) => ({
    responses: readBody(request, call.params.body).requests.map((asked): Response => {
      const { asin, marketplaceId } = asked;
      const marketplace = findMarketplace(marketplaceId);
      const known = call.world.catalog.byAsin(asin) !== undefined;
      if (marketplace === undefined || !known || !call.seller.marketplaces.includes(marketplace)) {
        const message = known ? 'The marketplace is not valid for this seller.' : 'The ASIN is not valid.';
        return {
          status: { statusCode: 400, reasonPhrase: 'Bad Request' },
          body: { asin, marketplaceId, errors: [{ code: 'INVALID_ARGUMENT', message }] },
        };
      }
      const offers = offersOf(call.world, marketplace, asin);
      const shown = (offer: CompetingOffer) => renderOffer(offer, marketplace.currency);
      return {
        status: { statusCode: 200, reasonPhrase: 'OK' },
        body: { asin, marketplaceId, ...bodyOf(asked, offers, shown) },
      };
    }),
  }),
);

function bodyOf(
  { includedData, lowestPricedOffersInputs }: Asked,
  offers: readonly CompetingOffer[],
  shown: (offer: CompetingOffer) => Offer,
): Partial<Response['body']> {
  const wants = (dataset: (typeof datasets)[number]) => includedData.includes(dataset);
  const featured = offers.find((offer) => offer.featured);
  const inputs = lowestPricedOffersInputs ?? [
    { itemCondition: 'New' as const, offerType: 'Consumer' as const },
  ];
  return {
    ...(wants('featuredBuyingOptions')
      ? {
          featuredBuyingOptions:
            featured === undefined
              ? []
              : [
                  {
                    buyingOptionType: 'New',
                    segmentedFeaturedOffers: [
                      {
                        ...shown(featured),
                        featuredOfferSegments: [
                          {
                            customerMembership: 'DEFAULT',
                            segmentDetails: { glanceViewWeightPercentage: 100 },
                          },
                        ],
                      },
                    ],
                  },
                ],
        }
      : {}),
    ...(wants('lowestPricedOffers')
      ? {
          lowestPricedOffers: inputs.map((lowestPricedOffersInput) => ({
            lowestPricedOffersInput,
            offers: lowestPricedOffersInput.itemCondition === 'New' ? offers.slice(0, 20).map(shown) : [],
          })),
        }
      : {}),
    ...(wants('referencePrices') ? { referencePrices: [] } : {}),
    ...(wants('similarItems') ? { similarItems: [] } : {}),
  };
}

function renderOffer(offer: CompetingOffer, currencyCode: string): Offer {
  return {
    sellerId: offer.sellerId,
    condition: 'New',
    subCondition: 'New',
    fulfillmentType: offer.byAmazon ? 'AFN' : 'MFN',
    listingPrice: { currencyCode, amount: amountOf(offer.cents) },
    shippingOptions: [
      { shippingOptionType: 'DEFAULT', price: { currencyCode, amount: amountOf(offer.shippingCents) } },
    ],
    primeDetails: { eligibility: offer.byAmazon ? 'NATIONAL' : 'NONE' },
  };
}
