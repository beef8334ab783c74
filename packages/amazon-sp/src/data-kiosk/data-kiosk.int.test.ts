import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isErrorOf, type MarketplaceId } from '@fluxori/core';
import { type ContentStore, openContentStore } from '@fluxori/documents';
import type { JobContext } from '@fluxori/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { hastyTimings as timings } from '../../testing/hasty-timings.js';
import { runJob } from '../../testing/run-job.js';
import {
  amazonJobs,
  type DataKioskRunResult,
  type SalesAndTrafficByDate,
  salesAndTrafficByAsin,
  salesAndTrafficByDate,
} from '../index.js';

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const span = {
  startDate: day(20),
  endDate: day(1),
  marketplaceIds: ['AE08WJ6YKNBMC' as MarketplaceId],
};
const dataset = 'analytics_salesAndTraffic_2024_04_24';

let open: Sandboxed;
let folder: string;
let contents: ContentStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-kiosk-'));
  contents = await openContentStore(`file:${join(folder, 'contents')}`);
  open = await connectToSandbox({
    contents,
    config: noWaiting.connector,
    sandbox: {
      ...noWaiting.sandbox,
      ...{ orders: 400, skus: 20, dataKiosk: { queueMs: 2, progressMs: 2, pageRows: 8 } },
    },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await contents?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  open.sandbox.clearOutcomes();
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const created = () => open.sandbox.counters().queries.created;

describe('connector.dataKiosk.run', () => {
  it('gives typed rows of all pages, one query for each page', async () => {
    const run = await open.connector.dataKiosk.run(salesAndTrafficByDate(span), { timings });
    const rows: SalesAndTrafficByDate[] = await Array.fromAsync(run.rows());
    expect(run.pages.length).toBe(Math.ceil(rows.length / 8));
    expect(run.pages.length).toBeGreaterThan(1);
    expect([created(), run.more]).toEqual([run.pages.length, false]);
    expect(new Set(rows.map(({ startDate }) => startDate)).size).toBe(rows.length);
    const [first] = rows;
    const amount: number | undefined = first?.sales.orderedProductSales.amount;
    expect(amount).toBeGreaterThan(0);
    expect(first).toMatchObject({
      ...{ marketplaceId: 'AE08WJ6YKNBMC', startDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
      sales: { orderedProductSales: { currencyCode: 'ZAR' }, unitsOrdered: expect.any(Number) },
      traffic: { sessions: expect.any(Number) },
    });
    // Read again from the copies, in batches: nothing is fetched twice.
    const before = open.sandbox.counters().documents.downloads.length;
    expect(before).toBe(run.pages.length);
    const again = run.rows();
    expect((await Array.fromAsync(again.batches())).flat()).toEqual(rows);
    expect(await again.facts).toMatchObject({ rows: rows.length, complete: true, content: 'rows' });
    expect(open.sandbox.counters().documents.downloads.length).toBe(before);
  });

  it('asks for no more pages than are wanted, and says that there are more', async () => {
    const run = await open.connector.dataKiosk.run(salesAndTrafficByDate(span), { timings, maxPages: 1 });
    expect([run.pages.length, run.more, created()]).toEqual([1, true, 1]);
    expect(await Array.fromAsync(run.rows())).toHaveLength(8);
    const found = await open.connector.dataKiosk.get(run.pages[0]?.queryId as string);
    expect(found).toMatchObject({ processingStatus: 'DONE', nextToken: expect.any(String) });
  });

  it('takes any query, and writes its rows to a file', async () => {
    const query = `{ ${dataset} { salesAndTrafficByAsin(startDate: "${span.startDate}", endDate: "${span.endDate}", marketplaceIds: ["AE08WJ6YKNBMC"], aggregateBy: SKU) { sku sales { unitsOrdered } } } }`;
    const run = await open.connector.dataKiosk.run<{ sku: string; sales: { unitsOrdered: number } }>(query, {
      timings,
    });
    const path = join(folder, 'units.jsonl');
    const { rows } = await run.toFile(path, 'jsonl');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(rows);
    expect(JSON.parse(lines[0] as string)).toEqual({
      sku: expect.any(String),
      sales: { unitsOrdered: expect.any(Number) },
    });
  });

  it('gives no rows where there was no data', async () => {
    const none = { ...span, startDate: '2015-01-01', endDate: '2015-01-02' };
    const run = await open.connector.dataKiosk.run(salesAndTrafficByAsin(none), { timings });
    expect(run.pages).toEqual([{ queryId: expect.any(String) }]);
    const rows = run.rows();
    expect(await Array.fromAsync(rows)).toEqual([]);
    expect(await rows.facts).toMatchObject({ rows: 0, complete: true, content: 'empty' });
  });

  it('finds the query whose answer was lost, on the first page and on the next', async () => {
    await open.sandbox.faults.set({
      kind: 'drop',
      when: 'after',
      operation: 'dataKiosk.createQuery',
      count: 2,
    });
    const run = await open.connector.dataKiosk.run(salesAndTrafficByDate({ ...span, endDate: day(2) }), {
      timings,
      maxPages: 2,
    });
    expect([run.pages.length, created()]).toEqual([2, 2]);
    expect(await Array.fromAsync(run.rows())).toHaveLength(16);
    expect(open.sandbox.counters().queries.duplicates).toEqual([]);
  });

  it('asks again for a query that certainly did not arrive', async () => {
    await open.sandbox.faults.set({
      kind: 'drop',
      when: 'before',
      operation: 'dataKiosk.createQuery',
      count: 1,
    });
    const run = await open.connector.dataKiosk.run(salesAndTrafficByAsin({ ...span, endDate: day(3) }), {
      timings,
      maxPages: 1,
    });
    expect([run.pages.length, created()]).toEqual([1, 1]);
  });

  it('goes on with the same query when the same call is made again after a crash', async () => {
    const query = salesAndTrafficByAsin({ ...span, endDate: day(4) });
    open.sandbox.setOutcome({ of: 'query', status: 'IN_PROGRESS', count: 1 });
    const broken = new AbortController();
    const first = open.connector.dataKiosk.run(query, {
      timings,
      maxPages: 1,
      signal: broken.signal,
      onProgress: ({ label }) => label === 'IN_PROGRESS' && broken.abort(new Error('power cut')),
    });
    await expect(first).rejects.toThrow('power cut');
    const elsewhere = open.connect();
    const stuck = await elsewhere.dataKiosk
      .run(query, { timings: { ...timings, stuckAfterMs: 1 }, maxPages: 1 })
      .catch((error: unknown) => error);
    expect(isErrorOf(stuck, 'RemoteError') && stuck.code).toBe('QUERY_STUCK');
    expect(created()).toBe(1);
  });

  it.each([
    [{ status: 'CANCELLED' }, 'QUERY_CANCELLED', /was cancelled, by Amazon or by somebody else/],
    [
      { status: 'FATAL', document: '{"errorDetails":"startDate is too long ago."}' },
      'QUERY_FATAL',
      /could not answer the query \d+ \(analytics_salesAndTraffic_2024_04_24, salesAndTrafficByAsin\) for acme-za: startDate is too long ago\.$/,
    ],
    [{ status: 'FATAL' }, 'QUERY_FATAL', /without a reason/],
    [{ status: 'IN_QUEUE' }, 'QUERY_STUCK', /has been IN_QUEUE for/],
  ] as const)('explains what became of a query that ends as %j', async (outcome, code, said) => {
    open.sandbox.setOutcome({ of: 'query', count: 1, ...outcome });
    const query = salesAndTrafficByAsin({ ...span, endDate: day(5) });
    const error = await open.connector.dataKiosk
      .run(query, { timings: { ...timings, stuckAfterMs: 30 } })
      .catch((one: unknown) => one);
    expect(isErrorOf(error, 'RemoteError') && [error.code, error.retryable, error.account]).toEqual([
      code,
      false,
      'acme-za',
    ]);
    expect((error as Error).message).toMatch(said);
    if (outcome.status === 'IN_QUEUE') return;
    // Asked again, it is another query.
    const run = await open.connector.dataKiosk.run(query, { timings });
    expect(run.pages.length).toBeGreaterThan(0);
  });

  it('refuses a query that Amazon would refuse, and sends nothing', async () => {
    await expect(open.connector.dataKiosk.run('query { a { b { c } }')).rejects.toMatchObject({
      field: 'query',
      name: 'ValidationError',
    });
    expect(open.sandbox.counters().requests).toBe(0);
  });

  it('writes no personal data to a plain file, and keeps none in the open', async () => {
    const query = salesAndTrafficByAsin({ ...span, endDate: day(6) });
    const run = await open.connector.dataKiosk.run(query, { timings, restricted: true, maxPages: 1 });
    await expect(run.toFile(join(folder, 'x.csv'), 'csv')).rejects.toMatchObject({ field: 'output' });
    const copies = (await Array.fromAsync(contents.list())).length;
    expect((await Array.fromAsync(run.rows())).length).toBeGreaterThan(0);
    expect(await Array.fromAsync(contents.list())).toHaveLength(copies);
  });
});

describe('queries at Amazon', () => {
  it('are listed over all pages, can be cancelled, and are named when they do not exist', async () => {
    const { dataKiosk, api } = open.connector;
    open.sandbox.setOutcome({ of: 'query', status: 'IN_QUEUE', count: 1 });
    const { queryId } = await api('dataKiosk').createQuery({
      body: { query: salesAndTrafficByAsin({ ...span, endDate: day(7) }).query },
    });
    await dataKiosk.cancel(queryId);
    expect(await dataKiosk.get(queryId)).toMatchObject({ queryId, processingStatus: 'CANCELLED' });
    const all = await Array.fromAsync(dataKiosk.list());
    expect(all.find((one) => one.queryId === queryId)?.createdAt).toBeInstanceOf(Date);
    const done = await Array.fromAsync(dataKiosk.list({ statuses: ['DONE'] }));
    expect(done.length).toBeGreaterThan(3);
    expect(done.every(({ processingStatus }) => processingStatus === 'DONE')).toBe(true);
    const unknown = { name: 'NotFoundError', field: 'queryId' };
    await expect(dataKiosk.get('1')).rejects.toMatchObject(unknown);
    await expect(dataKiosk.cancel('1')).rejects.toMatchObject(unknown);
  });
});

describe('the job datakiosk.run', () => {
  const job = () => {
    const jobs = amazonJobs({ connector: async () => open.connector, timings });
    return jobs.find(({ name }) => name === 'datakiosk.run') as (typeof jobs)[number];
  };
  const run = (payload: object) =>
    runJob(job(), { backend: open.backend, payload }) as Promise<DataKioskRunResult>;

  it('copies the documents and writes the rows of all pages into the content store', async () => {
    const { query } = salesAndTrafficByDate({ ...span, endDate: day(3) });
    const result = await run({ query, output: { content: 'traffic.jsonl', as: 'jsonl' } });
    const lines = (await text(await contents.read('traffic.jsonl'))).trimEnd().split('\n');
    expect(result).toMatchObject({
      ...{ more: false, copied: true, rows: lines.length },
      output: { content: 'traffic.jsonl', as: 'jsonl', bytes: expect.any(Number) },
    });
    expect(result.pages.length).toBe(Math.ceil(lines.length / 8));
    expect(created()).toBe(result.pages.length);
    // Whoever has the result reads the copies.
    const first = open.connector.dataKiosk.answer(result.pages[0] as DataKioskRunResult['pages'][number]);
    const downloads = open.sandbox.counters().documents.downloads.length;
    expect(await Array.fromAsync(first.rows())).toHaveLength(8);
    expect(open.sandbox.counters().documents.downloads.length).toBe(downloads);
  });

  it('parks while Amazon is at work, to be woken by the notification of this very query', async () => {
    const { query } = salesAndTrafficByAsin({ ...span, endDate: day(9) });
    const wakeOn: unknown[] = [];
    const watched = {
      ...job(),
      run: (ctx: JobContext) =>
        job().run({
          ...ctx,
          park(order) {
            wakeOn.push(order.wakeOn);
            return ctx.park(order);
          },
        }),
    };
    const result = (await runJob(watched as ReturnType<typeof job>, {
      backend: open.backend,
      payload: { query, maxPages: 1 },
    })) as DataKioskRunResult;
    expect([...new Set(wakeOn)]).toEqual([`query:${result.pages[0]?.queryId}`]);
  });

  it('copies the documents where no output is wanted', async () => {
    const { query } = salesAndTrafficByAsin({ ...span, endDate: day(8) });
    const result = await run({ query, maxPages: 1 });
    expect(result).toMatchObject({ copied: true, pages: [{ documentId: expect.any(String) }] });
    expect(result.rows).toBeUndefined();
  });

  it.each([
    [{}, /write the query/],
    [{ query: 'query {' }, /lacks its \}/],
    [{ query: salesAndTrafficByAsin(span).query, output: { file: 'x.csv', as: 'csv' } }, /absolute path/],
    [{ query: salesAndTrafficByAsin(span).query, output: { content: '../x', as: 'csv' } }, /content/],
    [
      { query: salesAndTrafficByAsin(span).query, restricted: true, output: { file: '/tmp/x', as: 'csv' } },
      /personal data/,
    ],
  ])('refuses the payload %j before it is queued', async (payload, said) => {
    await expect(run(payload)).rejects.toThrow(said);
    expect(created()).toBe(0);
  });
});
