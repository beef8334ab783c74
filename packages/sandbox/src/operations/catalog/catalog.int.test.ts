import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const path = '/catalog/2022-04-01/items';
const marketplaceIds = 'AE08WJ6YKNBMC';

describe('The catalogue', () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let some: { asin: string; identifiers: { identifiers: { identifier: string }[] }[] }[];

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 0, skus: 90, rateLimits: false });
    wire = new Wire(sandbox);
    some = (await wire.get(path, { marketplaceIds, keywords: 'rooibos', includedData: 'identifiers' })).json
      .items;
  });
  afterAll(() => sandbox.close());

  it('finds by keywords and turns pages both ways', async () => {
    const query = { marketplaceIds, keywords: 'potjie,cast iron', pageSize: 3 };
    const first = await wire.get(path, query);
    expect(first.json.numberOfResults).toBeGreaterThan(3);
    expect(first.json.items).toHaveLength(3);
    expect(first.json.items[0].summaries[0].itemName).toMatch(/Potjie/);
    expect(first.json.refinements.brands.length).toBeGreaterThan(0);
    const second = await wire.get(path, { ...query, pageToken: first.json.pagination.nextToken });
    const back = await wire.get(path, { ...query, pageToken: second.json.pagination.previousToken });
    expect(back.json.items).toEqual(first.json.items);
    expect(second.json.items[0].asin).not.toBe(first.json.items[0].asin);
  });

  it('finds by ASIN, EAN and SKU', async () => {
    const { asin, identifiers } = some[0] as (typeof some)[0];
    const ean = identifiers[0]?.identifiers[0]?.identifier as string;
    const find = async (query: Record<string, string>) =>
      (await wire.get(path, { marketplaceIds, ...query })).json.items.map(
        (item: { asin: string }) => item.asin,
      );
    expect(await find({ identifiers: `${asin},B000000000`, identifiersType: 'ASIN' })).toEqual([asin]);
    expect(await find({ identifiers: ean, identifiersType: 'EAN' })).toEqual([asin]);
    const { sellerId } = sandbox.credentials;
    expect(await find({ identifiers: 'TEA-00000', identifiersType: 'SKU', sellerId })).toHaveLength(1);
  });

  it('tells by which SKU a product was found, when it was asked by SKU', async () => {
    const { sellerId } = sandbox.credentials;
    const query = { marketplaceIds, includedData: 'identifiers' };
    const bySku = { ...query, identifiers: 'TEA-00000,NONE-1', identifiersType: 'SKU', sellerId };
    const [item, ...others] = (await wire.get(path, bySku)).json.items;
    expect(others).toEqual([]);
    expect(item.identifiers[0].identifiers).toContainEqual({
      identifierType: 'SKU',
      identifier: 'TEA-00000',
    });
    const byAsin = { ...query, identifiers: item.asin, identifiersType: 'ASIN' };
    expect(JSON.stringify((await wire.get(path, byAsin)).json)).not.toContain('TEA-00000');
  });

  it.each([
    ['neither identifiers nor keywords', {}],
    ['both', { identifiers: 'A', identifiersType: 'ASIN', keywords: 'tea' }],
    ['identifiers without their type', { identifiers: 'A' }],
    ['SKUs without the seller', { identifiers: 'A', identifiersType: 'SKU' }],
    ['brands with identifiers', { identifiers: 'A', identifiersType: 'ASIN', brandNames: 'x' }],
    ['a page beyond twenty', { keywords: 'tea', pageSize: 21 }],
  ])('refuses %s', async (_what, query) => {
    expect((await wire.get(path, { marketplaceIds, ...query })).status).toBe(400);
  });

  it('shows one item with the datasets that were asked for, and 404 for one that is not there', async () => {
    const asin = some[0]?.asin;
    const answer = await wire.get(`${path}/${asin}`, {
      marketplaceIds,
      includedData: 'images,salesRanks,productTypes',
    });
    expect(Object.keys(answer.json).sort()).toEqual(['asin', 'images', 'productTypes', 'salesRanks']);
    expect((await wire.get(`${path}/B000000000`, { marketplaceIds })).status).toBe(404);
  });
});
