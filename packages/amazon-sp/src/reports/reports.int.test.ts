import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { hastyTimings as timings } from '../../testing/hasty-timings.js';
import { ago, orders, ReportRig } from '../../testing/report-rig.js';

const listings = 'GET_MERCHANT_LISTINGS_ALL_DATA';
const rig = new ReportRig();

describe('connector.reports.run', () => {
  it('gives the rows of the report, typed, in its own charset', async () => {
    const text =
      'item-name\tseller-sku\tprice\tquantity\tnew-column\r\nGrün "5l"\tA-1\t129.90\t3\tx\r\n\tA-2\t\t\t\r\n';
    await rig.sandbox.setReport(listings, {
      content: Buffer.from(text, 'latin1'),
      contentType: 'text/plain;charset=Cp1252',
    });
    const run = await rig.reports.run({ reportType: listings }, { timings });
    expect(run.result).toEqual({
      reportId: expect.stringMatching(/^\d+$/),
      reportType: listings,
      processingStatus: 'DONE',
      documentId: expect.stringContaining('amzn1.'),
    });
    expect(run.provenance).toBe('asked');
    expect(run.report.marketplaceIds).toEqual(['AE08WJ6YKNBMC']);
    const rows = await Array.fromAsync(run.rows());
    const price: string | null | undefined = rows[0]?.price;
    expect(price).toBe('129.90');
    expect(rows).toEqual([
      { itemName: 'Grün "5l"', sellerSku: 'A-1', price: '129.90', quantity: 3, 'new-column': 'x' },
      { itemName: '', sellerSku: 'A-2', price: null, quantity: null, 'new-column': '' },
    ]);
    expect(await Array.fromAsync(run.rows())).toHaveLength(2);
    expect(rig.created).toBe(1);
  });

  it('fetches nothing before the first row is asked for, and tells what it has read', async () => {
    await rig.sandbox.setReport(listings, { content: Buffer.from('seller-sku\r\nA\r\nB\r\nC\r\n') });
    const run = await rig.reports.run({ reportType: listings }, { timings });
    rig.sandbox.resetCounters();
    const unread = run.rows();
    const rows = run.rows();
    expect(rig.sandbox.counters().requests).toBe(0);
    for await (const { sellerSku } of rows) if (sellerSku === 'B') break;
    expect(await rows.facts).toMatchObject({ complete: false });
    await expect(Array.fromAsync(rows)).rejects.toThrow('read once');
    const batches = run.rows();
    expect((await Array.fromAsync(batches.batches())).flat()).toHaveLength(3);
    expect(await batches.facts).toMatchObject({ rows: 3, complete: true });
    await unread[Symbol.asyncIterator]().return?.();
    expect(await unread.facts).toMatchObject({ rows: 0, complete: false });
  });

  it('writes it to a file as it is wanted, or as it is', async () => {
    const text = 'seller-sku\tquantity\r\nA,1\t3\r\nB\t4\r\n';
    await rig.sandbox.setReport('GET_MERCHANT_LISTINGS_DATA_LITER', { content: Buffer.from(text) });
    const { toFile } = await rig.reports.run({ reportType: 'GET_MERCHANT_LISTINGS_DATA_LITER' }, { timings });
    expect(await toFile(rig.file('a.csv'), 'csv')).toEqual({ path: rig.file('a.csv'), bytes: 34, rows: 2 });
    expect(await readFile(rig.file('a.csv'), 'utf8')).toBe('sellerSku,quantity\r\n"A,1",3\r\nB,4\r\n');
    await toFile(rig.file('a.jsonl'), 'jsonl');
    expect(await readFile(rig.file('a.jsonl'), 'utf8')).toBe(
      '{"sellerSku":"A,1","quantity":3}\n{"sellerSku":"B","quantity":4}\n',
    );
    await toFile(rig.file('a.tsv'), 'tsv');
    expect(await readFile(rig.file('a.tsv'), 'utf8')).toBe('sellerSku\tquantity\nA,1\t3\nB\t4\n');
    expect(await toFile(rig.file('a.txt'), 'raw')).toEqual({ path: rig.file('a.txt'), bytes: text.length });
    expect(await readFile(rig.file('a.txt'), 'utf8')).toBe(text);
  });

  it('reads what Amazon makes of a month of orders', async () => {
    const run = await rig.reports.run({ reportType: orders, from: ago(29) }, { timings });
    const ids = new Set(rig.sandbox.orderIds());
    let rows = 0;
    for await (const { amazonOrderId, purchaseDate, itemPrice } of run.rows()) {
      rows += 1;
      expect(ids).toContain(amazonOrderId);
      expect(purchaseDate?.getTime()).toBeGreaterThanOrEqual(Date.parse(ago(29)));
      if (itemPrice) expect(itemPrice).toMatch(/^\d+\.\d\d$/);
    }
    expect(rows).toBeGreaterThan(10);
  });

  it('tells of which array a row of JSON is, and checks it against Amazon’s schema when asked', async () => {
    const reportType = 'GET_SALES_AND_TRAFFIC_REPORT';
    const document = {
      reportSpecification: {},
      salesAndTrafficByDate: [{ date: '2026-11-01' }],
      salesAndTrafficByAsin: [],
    };
    await rig.sandbox.setReport(reportType, {
      content: Buffer.from(JSON.stringify(document)),
      contentType: 'application/json;charset=UTF-8',
    });
    const run = await rig.reports.run({ reportType, from: ago(21), to: ago(20) }, { timings });
    expect(await Array.fromAsync(run.rows())).toEqual([
      { at: 'salesAndTrafficByDate', row: { date: '2026-11-01' } },
    ]);
    await expect(Array.fromAsync(run.rows({ check: true }))).rejects.toMatchObject({
      code: 'DOCUMENT_MALFORMED',
      field: 'salesAndTrafficByDate[0]',
    });
  });

  it('goes on with the same report when it was stopped while it waited', async () => {
    rig.sandbox.setOutcome({ of: 'report', queueMs: 600_000, count: 1 });
    const stop = new AbortController();
    const spec = { reportType: orders, from: ago(21), to: ago(2) };
    const stopped = rig.reports.run(spec, { timings, signal: stop.signal });
    const first = await rig.theOne();
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    rig.sandbox.finishWork();
    const run = await rig.reports.run(spec, { timings });
    expect(run.result.reportId).toBe(first);
    expect(rig.created).toBe(1);
    // It has ended: the next call asks anew.
    await rig.reports.run(spec, { timings });
    expect(rig.created).toBe(2);
  });

  it('asks for one report when the same is wanted by several at once, and then for the next', async () => {
    const reportType = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL';
    const spec = { reportType, from: ago(20), to: ago(2) };
    const runs = await Promise.all(
      [rig.open.connector, rig.open.connect()].map(({ reports }) =>
        reports.run(spec, { timings, reuse: { maxAgeMinutes: 5 } }),
      ),
    );
    expect(new Set(runs.map(({ result }) => result.reportId)).size).toBe(1);
    expect(runs.map(({ provenance }) => provenance).sort()).toEqual(['asked', 'reused']);
    expect(rig.created).toBe(1);
  });
});

describe('personal data in a report', () => {
  const reportType = 'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING';

  it('is fetched with a restricted data token, and written to no plain file', async () => {
    await rig.sandbox.setReport(reportType, {
      content: Buffer.from('order-id\torder-item-id\tsku\tbuyer-name\r\n902-1\t7\tA\tThandi\r\n'),
    });
    const run = await rig.reports.run({ reportType }, { timings });
    expect(await Array.fromAsync(run.rows())).toMatchObject([{ orderId: '902-1', buyerName: 'Thandi' }]);
    const fetched = rig.sandbox
      .counters()
      .distinct.filter(({ operation }) => operation.includes('getReportDocument'));
    expect(fetched.map(({ auth }) => auth)).toEqual(['rdt']);
    await expect(run.toFile(rig.file('people.csv'), 'csv')).rejects.toMatchObject({ field: 'output' });
  });
});
