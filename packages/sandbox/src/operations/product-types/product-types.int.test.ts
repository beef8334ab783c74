import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const types = '/definitions/2020-09-01/productTypes';
const restrictions = '/listings/2021-08-01/restrictions';
const marketplaceIds = 'AE08WJ6YKNBMC';

describe('Product types and restrictions', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({
      ...{ orders: 0, rateLimits: false },
      sellers: [{ skus: 12 }, { skus: 40 }],
    });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it('have a schema that lies behind a signed URL, with its MD5', async () => {
    const { json } = await wire.get(`${types}/TEA`, { marketplaceIds });
    expect(json).toMatchObject({ productType: 'TEA', locale: 'en_ZA', requirements: 'LISTING' });
    const schema = await fetch(json.schema.link.resource);
    const bytes = Buffer.from(await schema.arrayBuffer());
    expect(createHash('md5').update(bytes).digest('base64')).toBe(json.schema.checksum);
    const again = await wire.get(`${types}/TEA`, { marketplaceIds });
    expect(again.json.schema.checksum).toBe(json.schema.checksum);
    expect(again.json.schema.link.resource).not.toBe(json.schema.link.resource);
  });

  it('are refused where they do not exist, and for words together with a title', async () => {
    expect((await wire.get(`${types}/NOTHING`, { marketplaceIds })).status).toBe(404);
    const both = await wire.get(types, { marketplaceIds, keywords: 'tea', itemName: 'Tea' });
    expect([both.status, both.json.errors[0].details]).toEqual([
      400,
      'itemName cannot be used with keywords.',
    ]);
  });

  it('keep a seller from brands that want approval, unless he lists the product; food is sold new', async () => {
    const { sellerId } = sandbox.credentials;
    const of = async (asin: string, more: object = {}) =>
      (await wire.get(restrictions, { asin, sellerId, marketplaceIds, ...more })).json.restrictions;
    const own = (
      await wire.get(`/listings/2021-08-01/items/${sellerId}`, {
        ...{ marketplaceIds, pageSize: 20, includedData: 'summaries' },
      })
    ).json.items.map((item: { summaries: { asin: string }[] }) => item.summaries[0]?.asin);
    for (const asin of own) expect(await of(asin, { conditionType: 'new_new' })).toEqual([]);
    const tea = (
      await wire.get('/catalog/2022-04-01/items', { marketplaceIds, keywords: 'rooibos' })
    ).json.items.map((item: { asin: string }) => item.asin)[0];
    const used = await of(tea, { conditionType: 'used_good' });
    expect(used[0].reasons[0].reasonCode).toBe('NOT_ELIGIBLE');
    expect((await of('B0NOWHERE0'))[0].reasons[0].reasonCode).toBe('ASIN_NOT_FOUND');
  });
});
