import { accountId, type MarketplaceId, sku } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { toCatalogItem } from '../catalog/catalog-mapping.js';
import { toFbaLevels, toSellerLevel } from '../inventory/inventory-mapping.js';
import { pricePatch, quantityPatch, toListing, toListingChange } from '../listings/listing-mapping.js';
import { instant, utc } from './instant.js';
import { moneyOf } from './money-of.js';

const marketplaceId = 'AE08WJ6YKNBMC' as MarketplaceId;
const subject = { accountId: accountId('acme-za'), marketplaceId };
const observedAt = new Date('2026-11-20T10:00:00Z');

describe('money', () => {
  it.each([
    [1299.9, 'ZAR', '1299.9'],
    [0, 'ZAR', '0'],
    ['12.50', 'ZAR', '12.50'],
    [1e21, 'ZAR', '1000000000000000000000'],
    [1e-7, 'ZAR', '0.0000001'],
  ])('reads %p %s', (amount, currency, text) => {
    expect(moneyOf(amount, currency)).toEqual({ amount: text, currency });
  });

  it.each([
    [undefined, 'ZAR'],
    [1, undefined],
    [Number.NaN, 'ZAR'],
    ['a lot', 'ZAR'],
    [1, 'R'],
  ])('takes %p %p for none', (amount, currency) => expect(moneyOf(amount, currency)).toBeUndefined());
});

describe('dates', () => {
  it('come out in UTC and one form', () => {
    expect(utc('2026-11-01T08:00:00+02:00')).toBe('2026-11-01T06:00:00.000Z');
    expect(utc('2026-11-01T08:00:00-07')).toBe('2026-11-01T15:00:00.000Z');
    expect([utc(''), utc(undefined), utc('soon')]).toEqual([undefined, undefined, undefined]);
    expect(() => instant(new Date('soon'), 'updatedSince')).toThrow(
      expect.objectContaining({ field: 'updatedSince' }),
    );
  });
});

describe('a catalogue item', () => {
  it('is what the marketplace has, with one picture of each kind, the main one first', () => {
    const item = toCatalogItem(
      {
        asin: 'B000000001',
        summaries: [
          { marketplaceId: 'OTHER', itemName: 'Elsewhere' },
          { marketplaceId, itemName: 'A mug', brand: 'Muggy' },
        ],
        identifiers: [
          { marketplaceId, identifiers: [{ identifierType: 'EAN', identifier: '6001234567890' }] },
        ],
        images: [
          {
            marketplaceId,
            images: [
              { variant: 'PT01', link: 'side', width: 500, height: 1 },
              { variant: 'MAIN', link: 'small', width: 75, height: 1 },
              { variant: 'MAIN', link: 'large', width: 500, height: 1 },
            ],
          },
        ],
        productTypes: [{ marketplaceId, productType: 'DRINKING_CUP' }],
        salesRanks: [
          {
            marketplaceId,
            displayGroupRanks: [{ websiteDisplayGroup: 'kitchen', title: 'Kitchen', rank: 12 }],
          },
        ],
      },
      subject,
    );
    expect(item).toEqual({
      accountId: 'acme-za',
      marketplaceId,
      productId: 'B000000001',
      title: 'A mug',
      brand: 'Muggy',
      productType: 'DRINKING_CUP',
      identifiers: [{ type: 'EAN', value: '6001234567890' }],
      imageUrls: ['large', 'side'],
      salesRanks: [{ category: 'Kitchen', rank: 12 }],
    });
  });

  it('may know nothing but its number', () => {
    expect(toCatalogItem({ asin: 'B000000001' }, subject)).toMatchObject({
      identifiers: [],
      imageUrls: [],
      salesRanks: [],
    });
  });
});

describe('stock', () => {
  it('at Amazon adds up the rows of one SKU, and tells what is reserved, inbound and unsellable', () => {
    const row = (fulfillable: number, updated: string) => ({
      sellerSku: 'MUG-1',
      asin: 'B000000001',
      lastUpdatedTime: updated,
      inventoryDetails: {
        fulfillableQuantity: fulfillable,
        inboundWorkingQuantity: 1,
        inboundShippedQuantity: 2,
        reservedQuantity: { totalReservedQuantity: 3 },
        unfulfillableQuantity: { totalUnfulfillableQuantity: 4 },
      },
    });
    expect(
      toFbaLevels([row(10, '2026-11-01T00:00:00Z'), row(5, '2026-11-02T00:00:00Z'), { sellerSku: '' }], {
        ...subject,
        observedAt,
      }),
    ).toEqual([
      {
        accountId: 'acme-za',
        marketplaceId,
        sku: 'MUG-1',
        fulfilledBy: 'marketplace',
        productId: 'B000000001',
        available: 15,
        reserved: 6,
        inbound: 6,
        unsellable: 8,
        updatedAt: '2026-11-02T00:00:00.000Z',
      },
    ]);
  });

  it('that Amazon gives no time for is as old as the look at it', () => {
    expect(toFbaLevels([{ sellerSku: 'A', totalQuantity: 2 }], { ...subject, observedAt })).toMatchObject([
      { available: 2, updatedAt: observedAt.toISOString() },
    ]);
  });

  it('of the seller is the default channel’s; a listing in Amazon’s warehouses has none', () => {
    const listing = (code: string) => ({
      sku: 'MUG-1',
      fulfillmentAvailability: [{ fulfillmentChannelCode: code, quantity: 4 }],
    });
    expect(toSellerLevel(listing('DEFAULT'), { ...subject, observedAt })).toMatchObject({
      fulfilledBy: 'seller',
      available: 4,
    });
    expect(toSellerLevel(listing('AMAZON_EU'), { ...subject, observedAt })).toBeUndefined();
  });

  it('is wished for by a merge, so that the handling time stays', () => {
    expect(quantityPatch({ sku: sku('A'), marketplaceId, quantity: 3 })).toEqual({
      op: 'merge',
      path: '/attributes/fulfillment_availability',
      value: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }],
    });
  });
});

describe('a listing', () => {
  it('is what the marketplace shows', () => {
    expect(
      toListing(
        {
          sku: 'MUG-1',
          summaries: [
            {
              marketplaceId,
              asin: 'B000000001',
              productType: 'DRINKING_CUP',
              status: ['BUYABLE'],
              itemName: 'A mug',
              createdDate: '2026-01-01T00:00:00Z',
              lastUpdatedDate: '2026-11-01T00:00:00Z',
            },
          ],
          offers: [
            { marketplaceId, offerType: 'B2B', price: { currencyCode: 'ZAR', amount: '90.00' } },
            { marketplaceId, offerType: 'B2C', price: { currencyCode: 'ZAR', amount: '99.00' } },
          ],
          fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 4 }],
          issues: [{ code: '8541', message: 'No picture.', severity: 'WARNING', categories: [] }],
        },
        subject,
      ),
    ).toEqual({
      accountId: 'acme-za',
      marketplaceId,
      sku: 'MUG-1',
      productId: 'B000000001',
      productType: 'DRINKING_CUP',
      title: 'A mug',
      statuses: ['BUYABLE'],
      price: { amount: '99.00', currency: 'ZAR' },
      quantity: 4,
      updatedAt: '2026-11-01T00:00:00.000Z',
      issues: [{ code: '8541', message: 'No picture.', severity: 'warning' }],
    });
  });

  it.each([
    ['ACCEPTED', 'accepted'],
    ['VALID', 'accepted'],
    ['INVALID', 'invalid'],
  ] as const)('whose change is %s counts as %s', (status, ours) => {
    expect(toListingChange({ sku: 'A', status, submissionId: 's' })).toEqual({
      sku: 'A',
      status: ours,
      submissionId: 's',
      issues: [],
    });
  });

  it('gets a price by a merge for all buyers, so that a sale price and a business price stay', () => {
    expect(pricePatch({ sku: sku('A'), marketplaceId, price: { amount: '99.90', currency: 'ZAR' } })).toEqual(
      {
        op: 'merge',
        path: '/attributes/purchasable_offer',
        value: [
          {
            marketplace_id: marketplaceId,
            currency: 'ZAR',
            audience: 'ALL',
            our_price: [{ schedule: [{ value_with_tax: 99.9 }] }],
          },
        ],
      },
    );
  });
});
