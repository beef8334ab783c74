import type { MarketplaceId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { fromCompetitivePricing, fromOffers, fromSummary } from './pricing-mapping.js';

const marketplaceId = 'AE08WJ6YKNBMC' as MarketplaceId;

describe('prices', () => {
  it('of competitive pricing tell the featured offer and one’s own', () => {
    const price = (id: string, own: boolean) => ({
      CompetitivePriceId: id,
      Price: {
        ListingPrice: { Amount: 99.9, CurrencyCode: 'ZAR' },
        Shipping: { Amount: 0, CurrencyCode: 'ZAR' },
      },
      condition: 'New',
      belongsToRequester: own,
    });
    const prices = fromCompetitivePricing(
      {
        status: 'Success',
        ASIN: 'B000000001',
        Product: {
          Identifiers: { MarketplaceASIN: { MarketplaceId: marketplaceId, ASIN: 'B000000001' } },
          CompetitivePricing: {
            CompetitivePrices: [price('1', true), price('3', false)],
            NumberOfOfferListings: [],
          },
        },
      },
      marketplaceId,
    );
    expect(prices).toEqual([
      {
        marketplaceId,
        productId: 'B000000001',
        listingPrice: { amount: '99.9', currency: 'ZAR' },
        shipping: { amount: '0', currency: 'ZAR' },
        condition: 'New',
        own: true,
        featured: true,
      },
      expect.objectContaining({ own: false, featured: false }),
    ]);
    expect(fromCompetitivePricing({ status: 'ClientError', ASIN: 'B1' }, marketplaceId)).toEqual([]);
  });

  it('of offers and of the competitive summary come out alike', () => {
    const offers = fromOffers({
      marketplaceId,
      ASIN: 'B000000001',
      ItemCondition: 'New',
      status: 'Success',
      Identifier: { MarketplaceId: marketplaceId, ItemCondition: 'New' },
      Summary: { TotalOfferCount: 1 },
      Offers: [
        {
          SubCondition: 'new',
          MyOffer: true,
          IsBuyBoxWinner: true,
          IsFulfilledByAmazon: false,
          ShippingTime: {},
          SellerFeedbackRating: { FeedbackCount: 1 },
          ListingPrice: { Amount: 10, CurrencyCode: 'ZAR' },
          Shipping: { Amount: 5, CurrencyCode: 'ZAR' },
        },
      ],
    });
    const summary = fromSummary(
      {
        asin: 'B000000001',
        marketplaceId,
        featuredBuyingOptions: [
          {
            buyingOptionType: 'New',
            segmentedFeaturedOffers: [
              {
                sellerId: 'ME',
                condition: 'New',
                fulfillmentType: 'MFN',
                listingPrice: { amount: 10, currencyCode: 'ZAR' },
                shippingOptions: [
                  { shippingOptionType: 'DEFAULT', price: { amount: 5, currencyCode: 'ZAR' } },
                ],
                featuredOfferSegments: [],
              },
            ],
          },
        ],
      },
      { sellerId: 'ME' },
    );
    const common = {
      productId: 'B000000001',
      listingPrice: { amount: '10', currency: 'ZAR' },
      shipping: { amount: '5', currency: 'ZAR' },
      own: true,
      featured: true,
    };
    expect(offers).toEqual([expect.objectContaining(common)]);
    expect(summary).toEqual([expect.objectContaining(common)]);
  });
});
