import { type ListingEligibility, RateLimitError } from '@fluxori/core';
import type { JobContext } from '@fluxori/queue';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { runJob } from '../../testing/run-job.js';
import { amazonJobs, type RestrictionsCheckResult } from '../index.js';

let open: Sandboxed;
/** Products that the seller does not list, and one that he does. */
let others: string[];
let listed: string;

beforeAll(async () => {
  open = await connectToSandbox({
    config: { ...noWaiting.connector, accountId: 'acme-za' },
    sandbox: {
      ...noWaiting.sandbox,
      marketplaces: ['ZA', 'DE'],
      sellers: [{ skus: 12 }, { skus: 60 }],
      orders: 0,
    },
  });
  const own = new Set<string>();
  for await (const { productId } of open.connector.listings.list({})) own.add(productId as string);
  listed = [...own][0] as string;
  others = [];
  for await (const { productId } of open.connector.catalog.search({ keywords: ['a', 'e', 'o'] }))
    if (!own.has(productId)) others.push(productId);
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});

describe('restrictions', () => {
  it('tell in each marketplace whether a product may be listed, and what to do about it', async () => {
    const { restrictions } = open.connector;
    expect(await restrictions.mayList(listed, { condition: 'new_new' })).toBe(true);
    const answers = await Promise.all(
      others.map((one) => restrictions.eligibility(one, { condition: 'new_new' })),
    );
    const places = answers.flat();
    expect(places).toHaveLength(2 * others.length);
    expect(new Set(places.map(({ marketplaceId }) => marketplaceId)).size).toBe(2);
    const hindered = places.filter(({ mayList }) => !mayList);
    expect(hindered.length).toBeGreaterThan(0);
    expect(hindered.length).toBeLessThan(places.length);
    for (const { hindrances, condition, accountId } of hindered) {
      expect([accountId, condition]).toEqual(['acme-za', 'new_new']);
      expect(hindrances).toEqual([
        {
          ...{ condition: 'new_new', code: 'APPROVAL_REQUIRED', message: expect.any(String) },
          links: [{ url: expect.stringContaining('https://sellercentral.'), title: expect.any(String) }],
        },
      ]);
    }
  });

  it('name a product that Amazon does not have, in every marketplace', async () => {
    const places = await open.connector.restrictions.eligibility('B0NOWHERE0');
    expect(places.map(({ mayList, hindrances }) => [mayList, hindrances[0]?.code])).toEqual([
      [false, 'ASIN_NOT_FOUND'],
      [false, 'ASIN_NOT_FOUND'],
    ]);
    expect(await open.connector.restrictions.mayList('B0NOWHERE0')).toBe(false);
  });
});

describe('the job restrictions.check', () => {
  const job = () =>
    amazonJobs({ connector: async () => open.connector }).find(({ name }) => name === 'restrictions.check');
  const run = (payload: object) =>
    runJob(job() as never, { backend: open.backend, payload }) as Promise<RestrictionsCheckResult>;
  const asked = () => open.sandbox.counters().distinct.reduce((sum, { count }) => sum + count, 0);

  it('keeps an answer for each product and marketplace, and tells who may not be listed and why', async () => {
    const productIds = [...others, listed, 'B0NOWHERE0', listed];
    const result = await run({ productIds });
    expect(result.products).toBe(others.length + 2);
    expect(result.allowed + result.hindered.length).toBe(result.products);
    expect(result.inserted).toBe(2 * result.products);
    expect(result.hindered.find(({ productId }) => productId === 'B0NOWHERE0')?.codes).toEqual([
      'ASIN_NOT_FOUND',
    ]);
    const records = (await open.backend.records.list('listing-eligibility', {
      limit: 1_000,
    })) as ListingEligibility[];
    const hindered = new Set(records.filter(({ mayList }) => !mayList).map(({ productId }) => productId));
    expect(result.hindered.map(({ productId }) => productId).sort()).toEqual([...hindered].sort());
  });

  it('asks nothing twice, although it has to wait for its turn after each three questions', async () => {
    const productIds = others.slice(0, 20);
    let calls = 0;
    const impatient = job() as NonNullable<ReturnType<typeof job>>;
    open.sandbox.resetCounters();
    const result = (await runJob(
      {
        ...impatient,
        run: (ctx: JobContext) =>
          impatient.run({
            ...ctx,
            call: async (work) => {
              if (++calls % 4 === 0) throw new RateLimitError('Not yet.', { retryAt: new Date() });
              return ctx.call(work);
            },
          } as JobContext),
      } as typeof impatient,
      { backend: open.backend, payload: { productIds } },
    )) as RestrictionsCheckResult;
    expect(result.products).toBe(20);
    expect(result.inserted + result.updated + result.unchanged).toBe(40);
    expect(asked()).toBe(20);
  });

  it.each([
    [{ productIds: [] }, /at least one product/],
    [{ productIds: ['X'] }, /ten letters and digits/],
    [{ productIds: ['B00EXAMPLE'], condition: 'new' }, /new_new/],
    [{ productIds: ['B00EXAMPLE'], marketplaceIds: ['Atlantis'] }, /Atlantis/],
  ])('refuses the payload %j before it is queued', async (payload, text) => {
    await expect(run(payload)).rejects.toThrow(text);
  });
});
