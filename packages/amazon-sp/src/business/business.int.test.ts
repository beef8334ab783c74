import { type BusinessOffer, compareMoney, money, type Sku, sku } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { businessOffers } from '../jobs/business-offers.js';
import { toOutcome, unitPrice } from './business-mapping.js';

const unknownAsin = 'B0NOSUCHAS';
let open: Sandboxed;
let listed: { sku: Sku; productId: string }[];

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 45 },
  });
  listed = [];
  for await (const one of open.connector.listings.list())
    if (one.productId !== undefined) listed.push({ sku: one.sku, productId: one.productId });
  expect(listed.length).toBeGreaterThan(40);
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const business = () => open.connector.business;
const requests = (operationId: string) =>
  open.sandbox.counters().operations[`productPricing@v0.${operationId}`]?.requests ?? 0;

describe('offers to businesses', () => {
  it('cost less than those to consumers, and less still for many', async () => {
    const [first] = listed as [(typeof listed)[number]];
    const [outcome] = await business().offers([first.productId]);
    const own = outcome?.offers?.offers.find((one) => one.own) as BusinessOffer;
    const consumer = (await open.connector.prices.offers(first.productId)).find((one) => one.own);
    expect(own.quantityPrices.map(({ units }) => units)).toEqual([10, 50]);
    expect(compareMoney(own.price, consumer?.listingPrice as never)).toBeLessThan(0);
    expect(compareMoney(unitPrice(own, 10), own.price)).toBeLessThan(0);
    expect(compareMoney(unitPrice(own, 500), unitPrice(own, 49))).toBeLessThan(0);
    expect(unitPrice(own, 9)).toEqual(own.price);
    expect(outcome?.offers).toMatchObject({
      ...{ accountId: 'acme-za', marketplaceId: 'AE08WJ6YKNBMC', productId: first.productId },
      total: expect.any(Number),
    });
  });

  it('come in the order of the products, twenty in a call, whatever Amazon refuses of them', async () => {
    const ids = listed.slice(0, 24).map(({ productId }) => productId);
    const asked = [...ids.slice(0, 3), unknownAsin, ...ids.slice(3), ids[0] as string];
    const outcomes = await business().offers(asked);
    expect(outcomes.map(({ productId }) => productId)).toEqual(asked);
    expect(outcomes[3]).toMatchObject({
      problem: { code: 'InvalidInput', message: expect.stringContaining(unknownAsin), retryable: false },
    });
    expect(outcomes.filter(({ offers }) => offers !== undefined)).toHaveLength(asked.length - 1);
    expect(requests('getItemOffersBatch')).toBe(2);
  });

  it('can be asked for by the seller’s own SKU', async () => {
    const [first] = listed as [(typeof listed)[number]];
    const [known, missing] = await business().offersBySku([first.sku, sku('A/B ,C')]);
    expect(known).toMatchObject({ sku: first.sku, offers: { sku: first.sku } });
    expect(missing).toMatchObject({ sku: 'A/B ,C', problem: { code: 'InvalidInput' } });
  });

  it('are what the seller asks, by SKU', async () => {
    const skus = listed.slice(0, 2).map((one) => one.sku);
    const prices = await business().ownPrices([...skus, sku('NO-SUCH')]);
    expect(prices.map((one) => one.sku)).toEqual(skus);
    expect(prices[0]).toMatchObject({
      price: { currency: 'ZAR' },
      quantityPrices: [{ units: 10 }, { units: 50 }],
    });
  });

  it('are not asked for with what is no ASIN', async () => {
    await expect(business().offers(['TEA-00001'])).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'productIds[0]',
      remedy: expect.stringContaining('offersBySku'),
    });
    expect(requests('getItemOffersBatch')).toBe(0);
  });

  it.each([
    ['left out', undefined, { code: 'NoAnswer', retryable: true }],
    ['throttled', { status: { statusCode: 429 }, body: {} }, { code: 'Status429', retryable: true }],
    ['failed at Amazon', { status: { statusCode: 500 }, body: {} }, { code: 'Status500', retryable: true }],
  ])('that were %s in a batch say so', (_, answer, problem) => {
    const subject = { accountId: open.connector.accountId, marketplaceId: 'M' as never, observedAt: '' };
    expect(toOutcome({ productId: 'B0' }, answer as never, subject)).toMatchObject({
      productId: 'B0',
      problem,
    });
  });

  it('leave out what is for consumers only', () => {
    const price = { CurrencyCode: 'ZAR', Amount: 10 };
    const offer = {
      SubCondition: 'new',
      ShippingTime: {},
      ListingPrice: price,
      Shipping: price,
      IsFulfilledByAmazon: false,
    };
    const Offers = [
      { ...offer, offerType: 'B2C' },
      { ...offer, offerType: 'B2B' },
    ];
    const subject = { accountId: open.connector.accountId, marketplaceId: 'M' as never, observedAt: '' };
    const answer = { body: { payload: { ASIN: 'B0', Offers, Summary: { TotalOfferCount: 2 } } } };
    expect(toOutcome({ productId: 'B0' }, answer as never, subject).offers).toMatchObject({
      total: 2,
      offers: [{ price: money('10', 'ZAR'), fulfilledBy: 'seller' }],
    });
  });
});

describe('business.offers', () => {
  it('keeps the offers of all products, goes on where it died, and names what Amazon refuses', async () => {
    const productIds = [...listed.slice(0, 41).map((one) => one.productId), unknownAsin];
    let died = 0;
    const job = businessOffers({ connector: async () => open.connector });
    const result = await runJob(job, {
      backend: open.backend,
      payload: { productIds },
      afterCheckpoint: (n) => {
        if (n !== 1 && n !== 4) return;
        died += 1;
        throw new Crash();
      },
    });
    expect(died).toBe(2);
    expect(result).toMatchObject({
      products: 41,
      problems: [{ productId: unknownAsin, code: 'InvalidInput' }],
    });
    const { records } = open.backend;
    expect(await records.count('business-offers')).toBe(41);
    expect(await records.list('business-offers', { limit: 1 })).toMatchObject([
      { offers: expect.any(Array) },
    ]);
    expect(requests('getItemOffersBatch')).toBe(3);
  });
});
