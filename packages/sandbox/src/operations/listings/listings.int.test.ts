import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire, type WireAnswer } from '../../testing/wire.js';

const marketplaceIds = 'AE08WJ6YKNBMC';
const sku = 'TEA-00000';

describe('Listings', () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let base: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 0, skus: 60, rateLimits: false });
    wire = new Wire(sandbox);
    base = `/listings/2021-08-01/items/${sandbox.credentials.sellerId}`;
  });
  afterAll(() => sandbox.close());

  const read = async (name: string) =>
    (
      await wire.get(`${base}/${name}`, {
        marketplaceIds,
        includedData: 'summaries,offers,fulfillmentAvailability,attributes,issues',
      })
    ).json;
  const patch = (patches: unknown, query: Record<string, string> = {}, name = sku): Promise<WireAnswer> =>
    wire.call({
      method: 'PATCH',
      path: `${base}/${name}`,
      query: { marketplaceIds, ...query },
      body: { productType: 'TEA', patches },
    });
  const price = (amount: unknown, currency = 'ZAR') => ({
    op: 'replace',
    path: '/attributes/purchasable_offer',
    value: [
      { marketplace_id: marketplaceIds, currency, our_price: [{ schedule: [{ value_with_tax: amount }] }] },
    ],
  });
  const quantity = (amount: unknown, channel = 'DEFAULT') => ({
    op: 'replace',
    path: '/attributes/fulfillment_availability',
    value: [{ fulfillment_channel_code: channel, quantity: amount }],
  });

  it('pages through a thousand results of a search and no more, and tells how many there are', async () => {
    await using many = await startSandbox({ orders: 0, skus: 1_010, rateLimits: false });
    const caller = new Wire(many);
    const path = `/listings/2021-08-01/items/${many.credentials.sellerId}`;
    const query = { marketplaceIds, pageSize: 20 };
    let page = (await caller.get(path, query)).json;
    let items: number = page.items.length;
    while (page.pagination?.nextToken !== undefined) {
      page = (await caller.get(path, { ...query, pageToken: page.pagination.nextToken })).json;
      items += page.items.length;
    }
    expect([items, page.numberOfResults]).toEqual([1_000, 1_010]);
  });

  it('finds a SKU with a comma only when it is asked for alone, and its parts with it', async () => {
    const name = `${sku},X`;
    const put = await wire.call({
      method: 'PUT',
      path: `${base}/${encodeURIComponent(name)}`,
      query: { marketplaceIds },
      body: {
        productType: 'TEA',
        requirements: 'LISTING_PRODUCT_ONLY',
        attributes: { item_name: [{ value: 'Tea' }] },
      },
    });
    expect(put.json.status).toBe('ACCEPTED');
    const find = async (identifiers: string) =>
      (await wire.get(base, { marketplaceIds, identifiers, identifiersType: 'SKU' })).json.items
        .map((item: { sku: string }) => item.sku)
        .sort();
    expect(await find(name)).toEqual([sku, name]);
    expect(await find(`Y,${name}`)).toEqual([sku]);
    await wire.call({
      method: 'DELETE',
      path: `${base}/${encodeURIComponent(name)}`,
      query: { marketplaceIds },
    });
  });

  it('changes price and quantity for real', async () => {
    const answer = await patch([price(123.45), quantity(17)]);
    expect(answer.json).toMatchObject({
      sku,
      status: 'ACCEPTED',
      submissionId: expect.any(String),
      issues: [],
    });
    expect(await read(sku)).toMatchObject({
      offers: [{ price: { amount: '123.45', currencyCode: 'ZAR' } }],
      fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 17 }],
      summaries: [{ status: ['BUYABLE', 'DISCOVERABLE'] }],
      attributes: { purchasable_offer: [{ our_price: [{ schedule: [{ value_with_tax: 123.45 }] }] }] },
    });
    await patch([quantity(0)]);
    expect((await read(sku)).summaries[0].status).toEqual(['DISCOVERABLE']);
  });

  it('changes nothing for a preview', async () => {
    const before = await read(sku);
    const answer = await patch([price(9)], {
      mode: 'VALIDATION_PREVIEW',
      includedData: 'issues,identifiers',
    });
    expect(answer.json).toMatchObject({ status: 'VALID', identifiers: [{ marketplaceId: marketplaceIds }] });
    expect(await read(sku)).toEqual(before);
  });

  it.each([
    ['a negative quantity', [quantity(-1)], 'fulfillment_availability'],
    ['a broken quantity', [quantity(1.5)], 'fulfillment_availability'],
    ['an unknown channel', [quantity(1, 'MOON')], 'fulfillment_availability'],
    ["a quantity for Amazon's own stock", [quantity(1, 'AMAZON_EU')], 'fulfillment_availability'],
    ['a price of nothing', [price(0)], 'purchasable_offer'],
    ['a price as text', [price('9.99')], 'purchasable_offer'],
    ['another currency', [price(9, 'USD')], 'purchasable_offer'],
    ['one good and one bad change', [price(55), quantity(-1)], 'fulfillment_availability'],
  ])('reports %s as an issue and changes nothing', async (_what, patches, attribute) => {
    const before = await read(sku);
    const { status, json } = await patch(patches);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'INVALID',
      issues: [{ severity: 'ERROR', attributeNames: [attribute] }],
    });
    expect(await read(sku)).toEqual(before);
  });

  it('reports an unknown SKU', async () => {
    expect((await patch([price(9)], {}, 'NO-SUCH')).json).toMatchObject({
      status: 'INVALID',
      issues: [{ code: '13013' }],
    });
    const missing = await wire.get(`${base}/NO-SUCH`, { marketplaceIds });
    expect([missing.status, missing.json.errors[0].code]).toEqual([404, 'NotFound']);
  });

  it.each([
    ['no patches', []],
    ['a path outside the attributes', [{ op: 'replace', path: '/price', value: [] }]],
    ['an operation that is none', [{ op: 'set', path: '/attributes/item_name', value: [] }]],
  ])('refuses %s with 400', async (_what, patches) => {
    expect((await patch(patches)).status).toBe(400);
  });

  it('merges into the entry with the same selectors and keeps the rest', async () => {
    await patch([price(80)]);
    const value = [
      {
        marketplace_id: marketplaceIds,
        currency: 'ZAR',
        our_price: [{ schedule: [{ value_with_tax: 90 }] }],
      },
    ];
    await patch([{ op: 'merge', path: '/attributes/purchasable_offer', value }]);
    const { purchasable_offer } = (await read(sku)).attributes;
    expect(purchasable_offer).toEqual([expect.objectContaining({ audience: 'ALL', ...value[0] })]);
  });

  it('puts a new listing, whose SKU may have a slash, and deletes it', async () => {
    const path = `${base}/${encodeURIComponent('NEW/1')}`;
    const attributes = {
      item_name: [{ value: 'Baobab powder', marketplace_id: marketplaceIds }],
      condition_type: [{ value: 'new_new' }],
      purchasable_offer: price(150).value,
      fulfillment_availability: quantity(3).value,
    };
    const put = (body: unknown) => wire.call({ method: 'PUT', path, query: { marketplaceIds }, body });
    const { item_name: _, ...nameless } = attributes;
    const bad = await put({ productType: 'TEA', attributes: nameless });
    expect(bad.json).toMatchObject({
      status: 'INVALID',
      issues: [{ code: '90220', attributeNames: ['item_name'] }],
    });
    expect((await wire.get(path, { marketplaceIds })).status).toBe(404);
    expect((await put({ productType: 'TEA', attributes })).json.status).toBe('ACCEPTED');
    expect(await read(encodeURIComponent('NEW/1'))).toMatchObject({
      sku: 'NEW/1',
      summaries: [{ itemName: 'Baobab powder', productType: 'TEA' }],
      fulfillmentAvailability: [{ quantity: 3 }],
    });
    const gone = await wire.call({ method: 'DELETE', path, query: { marketplaceIds } });
    expect(gone.json.status).toBe('ACCEPTED');
    expect((await wire.get(path, { marketplaceIds })).status).toBe(404);
  });

  it('searches by identifiers, status, issues and time, in the order that is asked for', async () => {
    const all = await wire.get(base, { marketplaceIds, pageSize: 20, sortBy: 'sku', sortOrder: 'ASC' });
    expect(all.json.numberOfResults).toBe(60);
    const skus = all.json.items.map((item: { sku: string }) => item.sku);
    expect(skus).toEqual([...skus].sort());
    const next = await wire.get(base, {
      marketplaceIds,
      pageSize: 20,
      sortBy: 'sku',
      sortOrder: 'ASC',
      pageToken: all.json.pagination.nextToken,
    });
    expect(next.json.items[0].sku > skus[19]).toBe(true);
    const one = await wire.get(base, { marketplaceIds, identifiers: `${sku},NO`, identifiersType: 'SKU' });
    expect(one.json.items.map((item: { sku: string }) => item.sku)).toEqual([sku]);
    const buyable = await wire.get(base, { marketplaceIds, withStatus: 'BUYABLE' });
    const not = await wire.get(base, { marketplaceIds, withoutStatus: 'BUYABLE' });
    expect(buyable.json.numberOfResults + not.json.numberOfResults).toBe(60);
    const lastUpdatedAfter = new Date().toISOString();
    await patch([price(61)]);
    const recent = await wire.get(base, { marketplaceIds, lastUpdatedAfter });
    expect(recent.json.items.map((item: { sku: string }) => item.sku)).toEqual([sku]);
    expect((await wire.get(base, { marketplaceIds, identifiers: sku })).status).toBe(400);
  });
});
