import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const MarketplaceId = 'AE08WJ6YKNBMC';
const v0 = '/products/pricing/v0';

describe('Product pricing', () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let asin: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 0, skus: 30, sellers: 2, rateLimits: false });
    wire = new Wire(sandbox);
    const { json } = await wire.get(`${v0}/price`, { MarketplaceId, ItemType: 'Sku', Skus: 'TEA-00000' });
    asin = json.payload[0].ASIN;
  });
  afterAll(() => sandbox.close());

  it("gives the seller's own prices by SKU and by ASIN, one bad identifier spoiling only its own entry", async () => {
    const bySku = await wire.get(`${v0}/price`, { MarketplaceId, ItemType: 'Sku', Skus: 'TEA-00000,NO' });
    expect(bySku.json.payload).toMatchObject([
      {
        status: 'Success',
        SellerSKU: 'TEA-00000',
        Product: {
          Offers: [{ SellerSKU: 'TEA-00000', BuyingPrice: { ListingPrice: { CurrencyCode: 'ZAR' } } }],
        },
      },
      { status: 'ClientError', SellerSKU: 'NO' },
    ]);
    const byAsin = await wire.get(`${v0}/price`, { MarketplaceId, ItemType: 'Asin', Asins: asin });
    expect(byAsin.json.payload[0].Product.Offers).toEqual(bySku.json.payload[0].Product.Offers);
    expect((await wire.get(`${v0}/price`, { MarketplaceId, ItemType: 'Asin', Skus: 'X' })).status).toBe(400);
  });

  it('features the same offer in the competitive price, the offers, and the summary', async () => {
    const competitive = await wire.get(`${v0}/competitivePrice`, {
      MarketplaceId,
      ItemType: 'Asin',
      Asins: asin,
    });
    const price = competitive.json.payload[0].Product.CompetitivePricing.CompetitivePrices[0].Price;
    const offers = await wire.get(`${v0}/items/${asin}/offers`, { MarketplaceId, ItemCondition: 'New' });
    const { Summary, Offers } = offers.json.payload;
    expect(Summary.BuyBoxPrices[0]).toMatchObject(price);
    expect(Summary.TotalOfferCount).toBe(Offers.length);
    expect(Offers.filter((one: { IsBuyBoxWinner: boolean }) => one.IsBuyBoxWinner)).toHaveLength(1);
    expect(Offers.filter((one: { MyOffer: boolean }) => one.MyOffer)).toHaveLength(1);
    const uri = '/products/pricing/2022-05-01/items/competitiveSummary';
    const summary = await wire.call({
      method: 'POST',
      path: `/batches${uri}`,
      body: {
        requests: [
          {
            asin,
            marketplaceId: MarketplaceId,
            includedData: ['featuredBuyingOptions', 'lowestPricedOffers'],
            method: 'GET',
            uri,
          },
        ],
      },
    });
    const { featuredBuyingOptions, lowestPricedOffers } = summary.json.responses[0].body;
    expect(featuredBuyingOptions[0].segmentedFeaturedOffers[0].listingPrice.amount).toBe(
      price.ListingPrice.Amount,
    );
    expect(lowestPricedOffers[0].offers).toHaveLength(Offers.length);
  });

  it('follows a change of price', async () => {
    const path = `/listings/2021-08-01/items/${sandbox.credentials.sellerId}/TEA-00000`;
    const value = [
      {
        marketplace_id: MarketplaceId,
        currency: 'ZAR',
        our_price: [{ schedule: [{ value_with_tax: 1.5 }] }],
      },
    ];
    await wire.call({
      method: 'PATCH',
      path,
      query: { marketplaceIds: MarketplaceId },
      body: {
        productType: 'TEA',
        patches: [{ op: 'replace', path: '/attributes/purchasable_offer', value }],
      },
    });
    const { json } = await wire.get(`${v0}/competitivePrice`, {
      MarketplaceId,
      ItemType: 'Sku',
      Skus: 'TEA-00000',
    });
    expect(json.payload[0].Product.CompetitivePricing.CompetitivePrices[0]).toMatchObject({
      belongsToRequester: true,
      Price: { ListingPrice: { Amount: 1.5 } },
    });
  });

  it('answers each request of a batch by itself', async () => {
    const request = (uri: string, more = {}) => ({
      uri,
      method: 'GET',
      MarketplaceId,
      ItemCondition: 'New',
      ...more,
    });
    const { json } = await wire.call({
      method: 'POST',
      path: '/batches/products/pricing/v0/itemOffers',
      body: {
        requests: [
          request(`${v0}/items/${asin}/offers`),
          request(`${v0}/items/B000000000/offers`),
          request('/x'),
        ],
      },
    });
    expect(json.responses.map((one: { status: { statusCode: number } }) => one.status.statusCode)).toEqual([
      200, 400, 400,
    ]);
    expect(json.responses[0].body.payload.ASIN).toBe(asin);
    const bySku = await wire.call({
      method: 'POST',
      path: '/batches/products/pricing/v0/listingOffers',
      body: {
        requests: [
          request(`${v0}/listings/TEA-00000/offers`),
          request(`${v0}/listings/TEA-00000/offers`, { MarketplaceId: 'ATVPDKIKX0DER' }),
        ],
      },
    });
    expect(
      bySku.json.responses.map((one: { status: { statusCode: number } }) => one.status.statusCode),
    ).toEqual([200, 403]);
    const tooMany = Array.from({ length: 21 }, () => request(`${v0}/items/${asin}/offers`));
    expect(
      (
        await wire.call({
          method: 'POST',
          path: '/batches/products/pricing/v0/itemOffers',
          body: { requests: tooMany },
        })
      ).status,
    ).toBe(400);
  });

  it('expects a featured price below the best rival', async () => {
    const uri = '/products/pricing/2022-05-01/offer/featuredOfferExpectedPrice';
    const request = (sku: string) => ({ marketplaceId: MarketplaceId, sku, uri, method: 'GET' });
    const { json } = await wire.call({
      method: 'POST',
      path: `/batches${uri}`,
      body: { requests: [request('TEA-00000'), request('NO')] },
    });
    expect(json.responses[0].body.featuredOfferExpectedPriceResults[0]).toMatchObject({
      resultStatus: 'VALID_FOEP',
    });
    expect(json.responses[1].status.statusCode).toBe(400);
  });

  it('estimates fees', async () => {
    const FeesEstimateRequest = {
      MarketplaceId,
      Identifier: 'x',
      IsAmazonFulfilled: true,
      PriceToEstimateFees: { ListingPrice: { CurrencyCode: 'ZAR', Amount: 100 } },
    };
    const one = await wire.call({
      method: 'POST',
      path: `/products/fees/v0/listings/TEA-00000/feesEstimate`,
      body: { FeesEstimateRequest },
    });
    expect(one.json.payload.FeesEstimateResult.FeesEstimate.TotalFeesEstimate).toEqual({
      CurrencyCode: 'ZAR',
      Amount: 57,
    });
    const many = await wire.call({
      method: 'POST',
      path: '/products/fees/v0/feesEstimate',
      body: [
        { IdType: 'ASIN', IdValue: asin, FeesEstimateRequest },
        { IdType: 'ASIN', IdValue: 'NO', FeesEstimateRequest },
      ],
    });
    expect(many.json.map((each: { Status: string }) => each.Status)).toEqual(['Success', 'ClientError']);
  });
});
