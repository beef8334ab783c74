import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isErrorOf } from '@fluxori/core';
import { type ContentStore, openContentStore } from '@fluxori/documents';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { amazonJobs, type ProductTypesRefreshResult } from '../index.js';

let open: Sandboxed;
let folder: string;
let contents: ContentStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-product-types-'));
  contents = await openContentStore(`file:${folder}`);
  open = await connectToSandbox({
    contents,
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, orders: 0, skus: 12 },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await contents?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => open.sandbox.resetCounters());

const downloads = () => open.sandbox.counters().documents.downloads.length;

describe('product types', () => {
  it('are found by words, by the title of a product, or all at once', async () => {
    const { productTypes } = open.connector;
    const names = async (query: object) =>
      (await productTypes.search(query)).productTypes.map(({ name }) => name);
    expect(await names({ keywords: ['coffee'] })).toEqual(['COFFEE']);
    expect(await names({ itemName: 'Cast iron pot no. 3' })).toContain('COOKING_POT');
    expect((await names({})).length).toBeGreaterThan(8);
    await expect(productTypes.search({ keywords: ['tea'], itemName: 'Tea' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('have a schema, which is downloaded once for all processes', async () => {
    const first = await open.connector.productTypes.schema('COOKING_POT');
    expect(first.definition).toMatchObject({ productType: 'COOKING_POT', requirements: 'LISTING' });
    expect(first.schema).toMatchObject({
      $comment: 'Amazon product type definition schema',
      required: expect.arrayContaining(['item_name']),
    });
    expect(downloads()).toBe(1);
    const again = await open.connector.productTypes.schema('COOKING_POT');
    expect(again.schema).toEqual(first.schema);
    expect(again.schema).not.toBe(first.schema);
    // As another process: nothing in memory, all in the store.
    const elsewhere = open.connect();
    expect((await elsewhere.productTypes.schema('COOKING_POT')).schema).toEqual(first.schema);
    expect(downloads()).toBe(1);
  });

  it('have another schema for each wish', async () => {
    const { productTypes } = open.connector;
    const { schema: own } = await productTypes.schema('TEA', { forSeller: true });
    const { schema: all } = await productTypes.schema('TEA', {
      requirements: 'LISTING_OFFER_ONLY',
      requirementsEnforced: 'NOT_ENFORCED',
    });
    expect(JSON.stringify(own)).toContain('"enum":["');
    expect(all).not.toHaveProperty('required');
    expect(downloads()).toBe(2);
  });

  it('fetch a schema anew when its copy went bad', async () => {
    const { schema } = await open.connector.productTypes.schema('GRILL');
    const copies: string[] = [];
    for await (const { name } of contents.list('schemas/')) copies.push(name);
    for (const name of copies) await spoil(name);
    expect((await open.connect().productTypes.schema('GRILL')).schema).toEqual(schema);
    expect(downloads()).toBe(2);
    expect((await open.connect().productTypes.schema('GRILL')).schema).toEqual(schema);
    expect(downloads()).toBe(2);
  });

  it('refuse a schema that was changed on the way, naming its product type', async () => {
    const fresh = open.connect();
    const get = fresh.productTypes.get.bind(fresh.productTypes);
    fresh.productTypes.get = async (...args) => {
      const { schema, ...rest } = await get(...args);
      return { ...rest, schema: { ...schema, checksum: 'AAAAAAAAAAAAAAAAAAAAAA==' } };
    };
    const error = await fresh.productTypes.schema('BLANKET').catch((one: unknown) => one);
    expect(isErrorOf(error, 'DocumentError') && [error.code, error.retryable]).toEqual([
      'DOCUMENT_DAMAGED',
      true,
    ]);
    expect(String(error)).toMatch(/The schema of BLANKET for acme-za is not what its checksum says/);
  });

  it('name a product type that does not exist, and how to find the right one', async () => {
    const error = await open.connector.productTypes.get('COOKING_PT').catch((one: unknown) => one);
    expect(isErrorOf(error, 'NotFoundError') && [error.field, error.remedy]).toEqual([
      'productType',
      'Look for it with productTypes.search.',
    ]);
    expect(String(error)).toMatch(/amazon\.co\.za has no product type COOKING_PT/i);
  });
});

/** Other bytes under the same name. */
async function spoil(name: string): Promise<void> {
  await contents.write(name, Readable.from([Buffer.from('{"spoilt":true}')]));
}

describe('the job productTypes.refresh', () => {
  const run = (payload: object, rest: object = {}) => {
    const jobs = amazonJobs({ connector: async () => open.connector });
    const job = jobs.find(({ name }) => name === 'productTypes.refresh') as (typeof jobs)[number];
    return runJob(job, { backend: open.backend, payload, ...rest }) as Promise<ProductTypesRefreshResult>;
  };

  it('tells what is new, then what has changed, and what is missing', async () => {
    const productTypes = ['BLANKET', 'COFFEE', 'COFFEE', 'NOTHING'];
    expect(await run({ productTypes })).toMatchObject({
      ...{ definitions: 2, changed: ['BLANKET', 'COFFEE'], missing: ['NOTHING'], inserted: 2 },
    });
    expect(await run({ productTypes })).toMatchObject({ definitions: 2, changed: [], missing: ['NOTHING'] });
    // Another set of requirements is another definition.
    expect(await run({ productTypes, requirements: 'LISTING_OFFER_ONLY' })).toMatchObject({
      changed: ['BLANKET', 'COFFEE'],
    });
    const [record] = await open.backend.records.list('product-type', { limit: 1 });
    expect(record).toMatchObject({
      ...{ accountId: 'acme-za', marketplaceId: 'AE08WJ6YKNBMC', displayName: expect.any(String) },
      propertyGroups: { offer: expect.arrayContaining(['purchasable_offer']) },
    });
  });

  it('asks nothing twice that was answered before a crash', async () => {
    let crashed = false;
    const result = await run(
      { productTypes: ['SAUCE', 'JERKY', 'TOY_FIGURE'] },
      {
        afterCheckpoint: (n: number) => {
          if (n !== 3 || crashed) return;
          crashed = true;
          throw new Crash();
        },
      },
    );
    expect(crashed).toBe(true);
    expect(result.changed).toEqual(['SAUCE', 'JERKY', 'TOY_FIGURE']);
    const asked = open.sandbox
      .counters()
      .distinct.filter(({ operation }) => operation.includes('getDefinitionsProductType'));
    expect(asked.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it.each([
    [{ productTypes: [] }, /at least one product type/],
    [{ productTypes: ['cooking pot'] }, /COOKING_POT/],
    [{ productTypes: ['TEA'], requirements: 'ALL' }, /LISTING/],
  ])('refuses the payload %j before it is queued', async (payload, text) => {
    await expect(run(payload)).rejects.toThrow(text);
  });
});
