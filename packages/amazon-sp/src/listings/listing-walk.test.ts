import { describe, expect, it } from '@jest/globals';
import type { AmazonListing } from './listing-mapping.js';
import { afterPage, beginWalk, type ListingWalk, mostPaged } from './listing-walk.js';

const marketplaceId = 'AE08WJ6YKNBMC';
const params = { sellerId: 'S', marketplaceIds: [marketplaceId], pageSize: 20 };

function listing(number: number, createdDate: string): AmazonListing {
  return {
    sku: `SKU-${number}`,
    summaries: [{ marketplaceId, productType: 'P', status: [], createdDate, lastUpdatedDate: createdDate }],
  };
}

/** Amazon, as it answers: in order of creation, from `createdAfter` on, and never beyond the thousandth result. */
function amazon(all: readonly AmazonListing[], { params: { createdAfter, pageToken } }: ListingWalk) {
  const created = (one: AmazonListing) => one.summaries?.[0]?.createdDate ?? '';
  const found = all
    .filter((one) => createdAfter === undefined || created(one) >= createdAfter)
    .slice(0, mostPaged);
  const start = Number(pageToken ?? 0);
  const end = start + 20;
  return { items: found.slice(start, end), nextToken: end < found.length ? String(end) : undefined };
}

function walkAll(all: readonly AmazonListing[]): string[] {
  const skus: string[] = [];
  let walk: ListingWalk | undefined = beginWalk(params);
  for (let pages = 0; walk !== undefined; pages++) {
    expect(pages).toBeLessThan(1_000);
    const { items, nextToken } = amazon(all, walk);
    const { fresh, next } = afterPage(walk, items, nextToken);
    skus.push(...fresh.map(({ sku }) => sku));
    walk = next;
  }
  return skus;
}

const at = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString();

describe('a walk over all listings', () => {
  it.each([0, 1, 20, 999, 1_000, 1_001, 2_345])('brings %d listings, each once', (count) => {
    const all = Array.from({ length: count }, (_, number) => listing(number, at(number)));
    expect(walkAll(all)).toEqual(all.map(({ sku }) => sku));
  });

  it('brings each once also when many share the moment at which Amazon stops paging', () => {
    const all = Array.from({ length: 1_500 }, (_, number) => listing(number, at(Math.floor(number / 300))));
    const skus = walkAll(all);
    expect(new Set(skus).size).toBe(1_500);
    expect(skus).toHaveLength(1_500);
  });

  it('says what to do instead when it cannot go on, rather than leaving listings out', () => {
    const all = Array.from({ length: 1_500 }, (_, number) => listing(number, at(0)));
    expect(() => walkAll(all)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('More than 1000'),
        remedy: expect.stringContaining('GET_MERCHANT_LISTINGS_ALL_DATA'),
      }),
    );
  });
});
