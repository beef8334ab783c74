import { gunzipSync } from 'node:zlib';
import { ManualClock } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Clerk } from '../testing/clerk.js';
import { failureOf } from '../testing/document-wire.js';

const marketplaceId = 'AE08WJ6YKNBMC';
const dataset = 'analytics_salesAndTraffic_2024_04_24';

function bySku(fields: string, more = ''): string {
  const args = `startDate: "2026-10-25", endDate: "2026-11-19", aggregateBy: SKU, marketplaceIds: ["${marketplaceId}"]`;
  return `query { ${dataset} { salesAndTrafficByAsin(${args}${more}) { ${fields} } } }`;
}

describe('Data Kiosk', () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 20));
  let sandbox: Sandbox;
  let clerk: Clerk;

  beforeAll(async () => {
    sandbox = await startSandbox({
      ...{ orders: 200, skus: 12, rateLimits: false, clock, epoch: new Date(clock.now()) },
      dataKiosk: { queueMs: 1_000, progressMs: 1_000, pageRows: 5 },
    });
    clerk = new Clerk(sandbox);
  });
  afterAll(() => sandbox.close());

  const create = async (query: string, more = {}): Promise<string> =>
    (await clerk.createQuery(query, more)).json.queryId;
  async function rowsOf(documentId: string): Promise<Record<string, unknown>[]> {
    const { bytes, headers } = await clerk.queryDocument(documentId);
    expect(headers['content-encoding']).toBe('gzip');
    const lines = gunzipSync(bytes).toString().trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('answers a query with the fields that were asked for, page by page, each at its time', async () => {
    const query = bySku('sku sales { unitsOrdered orderedProductSales { amount currencyCode } }');
    const skus: unknown[] = [];
    let paginationToken: string | undefined;
    for (let page = 0; page < 10; page++) {
      const id = await create(query, paginationToken === undefined ? {} : { paginationToken });
      expect((await clerk.query(id)).processingStatus).toBe('IN_QUEUE');
      await clock.advance(1_000);
      expect((await clerk.query(id)).processingStatus).toBe('IN_PROGRESS');
      await clock.advance(1_000);
      const done = await clerk.query(id);
      expect(done.processingStatus).toBe('DONE');
      const rows = await rowsOf(done.dataDocumentId);
      expect(Object.keys(rows[0] as object)).toEqual(['sku', 'sales']);
      skus.push(...rows.map((row) => row.sku));
      paginationToken = done.pagination?.nextToken;
      if (paginationToken === undefined) break;
    }
    expect(skus.length).toBeGreaterThan(5);
    expect(new Set(skus).size).toBe(skus.length);
  });

  it('refuses what it does not understand, and says why', async () => {
    for (const [query, reason] of [
      ['query {', 'query:'],
      ['query { analytics_nothing { a } }', 'there is no dataset'],
      [`query { ${dataset} { salesAndTrafficByAsin(startDate: "2026-10-25") { sku } } }`, 'needs'],
      [bySku('colour'), 'colour does not exist'],
      [bySku('sales'), 'must have a selection'],
      ['query { analytics_salesAndTraffic_2023_11_15 { a { b } } }', dataset],
    ] as const) {
      const answer = await clerk.createQuery(query);
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(reason)]);
    }
    const foreign = await clerk.createQuery(bySku('asin: childAsin'), { paginationToken: 'none' });
    expect(foreign.status).toBe(400);
  });

  it('ends a query as a test wants it, with a document that says why', async () => {
    sandbox.setOutcome({ of: 'query', status: 'FATAL', document: '{"errors":["too large"]}', count: 1 });
    sandbox.setOutcome({ of: 'query', status: 'IN_PROGRESS', count: 1 });
    const [fatal, stuck] = [await create(bySku('sku')), await create(bySku('sku'))];
    sandbox.finishWork();
    const { errorDocumentId, processingStatus, ...rest } = await clerk.query(fatal);
    expect([processingStatus, rest.dataDocumentId]).toEqual(['FATAL', undefined]);
    expect(await rowsOf(errorDocumentId)).toEqual([{ errors: ['too large'] }]);
    expect((await clerk.query(stuck)).processingStatus).toBe('IN_PROGRESS');
  });

  it('has no document for a query without data', async () => {
    const id = await create(bySku('sku').replaceAll('2026-1', '2020-1'));
    sandbox.finishWork();
    const done = await clerk.query(id);
    expect([done.processingStatus, done.dataDocumentId]).toEqual(['DONE', undefined]);
  });

  it('makes a query although the answer is lost, lists it, and lets it be cancelled', async () => {
    sandbox.resetCounters();
    await sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'dataKiosk.createQuery', count: 1 });
    expect(await failureOf(clerk.createQuery(bySku('parentAsin')))).toBe('ECONNRESET');
    expect(sandbox.counters().queries).toMatchObject({
      created: 1,
      byType: { [dataset]: 1 },
      duplicates: [],
    });
    const { json } = await clerk.wire.get('/dataKiosk/2023-11-15/queries', {
      processingStatuses: 'IN_QUEUE',
    });
    expect(json.queries).toMatchObject([{ query: bySku('parentAsin') }]);
    const path = `/dataKiosk/2023-11-15/queries/${json.queries[0].queryId}`;
    expect((await clerk.wire.call({ method: 'DELETE', path })).status).toBe(204);
    expect((await clerk.query(json.queries[0].queryId)).processingStatus).toBe('CANCELLED');
    expect((await clerk.wire.call({ method: 'DELETE', path })).status).toBe(400);
    await create(bySku('parentAsin'));
    expect(sandbox.counters().queries.duplicates).toHaveLength(1);
  });
});
