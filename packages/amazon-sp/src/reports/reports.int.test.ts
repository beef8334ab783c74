import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';

const listings = 'GET_MERCHANT_LISTINGS_ALL_DATA';
const inventory = 'GET_AFN_INVENTORY_DATA';
const orders = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL';
const ledger = 'GET_LEDGER_SUMMARY_VIEW_DATA';
/** A day in UTC; the reports that it is used for go back a month. */
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const timings = hastyTimings;

let open: Sandboxed;
let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-reports-'));
  open = await connectToSandbox({
    sandbox: { ...noWaiting.sandbox, orders: 30, skus: 5, reports: { queueMs: 2, progressMs: 2 } },
    config: noWaiting.connector,
  });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const { sandbox } = open;
  sandbox.clearOutcomes();
  await sandbox.faults.clear();
  sandbox.resetCounters();
});

const created = () => open.sandbox.counters().reports.created;

describe('connector.reports.run', () => {
  it('gives the rows of the report, typed, in its own charset', async () => {
    const text =
      'item-name\tseller-sku\tprice\tquantity\tnew-column\r\nGrün "5l"\tA-1\t129.90\t3\tx\r\n\tA-2\t\t\t\r\n';
    await open.sandbox.setReport(listings, {
      content: Buffer.from(text, 'latin1'),
      contentType: 'text/plain;charset=Cp1252',
    });
    const run = await open.connector.reports.run({ reportType: listings }, { timings });
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
    expect(created()).toBe(1);
  });

  it('fetches nothing before the first row is asked for, and tells what it has read', async () => {
    await open.sandbox.setReport(listings, { content: Buffer.from('seller-sku\r\nA\r\nB\r\nC\r\n') });
    const run = await open.connector.reports.run({ reportType: listings }, { timings });
    open.sandbox.resetCounters();
    const unread = run.rows();
    const rows = run.rows();
    expect(open.sandbox.counters().requests).toBe(0);
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
    await open.sandbox.setReport('GET_MERCHANT_LISTINGS_DATA_LITER', { content: Buffer.from(text) });
    const { toFile } = await open.connector.reports.run(
      { reportType: 'GET_MERCHANT_LISTINGS_DATA_LITER' },
      { timings },
    );
    expect(await toFile(file('a.csv'), 'csv')).toEqual({ path: file('a.csv'), bytes: 34, rows: 2 });
    expect(await readFile(file('a.csv'), 'utf8')).toBe('sellerSku,quantity\r\n"A,1",3\r\nB,4\r\n');
    await toFile(file('a.jsonl'), 'jsonl');
    expect(await readFile(file('a.jsonl'), 'utf8')).toBe(
      '{"sellerSku":"A,1","quantity":3}\n{"sellerSku":"B","quantity":4}\n',
    );
    await toFile(file('a.tsv'), 'tsv');
    expect(await readFile(file('a.tsv'), 'utf8')).toBe('sellerSku\tquantity\nA,1\t3\nB\t4\n');
    expect(await toFile(file('a.txt'), 'raw')).toEqual({ path: file('a.txt'), bytes: text.length });
    expect(await readFile(file('a.txt'), 'utf8')).toBe(text);
  });

  it('reads what Amazon makes of a month of orders', async () => {
    const run = await open.connector.reports.run({ reportType: orders, from: ago(29) }, { timings });
    const ids = new Set(open.sandbox.orderIds());
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
    await open.sandbox.setReport(reportType, {
      content: Buffer.from(JSON.stringify(document)),
      contentType: 'application/json;charset=UTF-8',
    });
    const run = await open.connector.reports.run({ reportType, from: ago(21), to: ago(20) }, { timings });
    expect(await Array.fromAsync(run.rows())).toEqual([
      { at: 'salesAndTrafficByDate', row: { date: '2026-11-01' } },
    ]);
    await expect(Array.fromAsync(run.rows({ check: true }))).rejects.toMatchObject({
      code: 'DOCUMENT_MALFORMED',
      field: 'salesAndTrafficByDate[0]',
    });
  });

  it('goes on with the same report when it was stopped while it waited', async () => {
    open.sandbox.setOutcome({ of: 'report', queueMs: 600_000, count: 1 });
    const stop = new AbortController();
    const spec = { reportType: orders, from: ago(21), to: ago(2) };
    const stopped = open.connector.reports.run(spec, { timings, signal: stop.signal });
    const first = await theOne();
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    open.sandbox.finishWork();
    const run = await open.connector.reports.run(spec, { timings });
    expect(run.result.reportId).toBe(first);
    expect(created()).toBe(1);
    // It has ended: the next call asks anew.
    await open.connector.reports.run(spec, { timings });
    expect(created()).toBe(2);
  });

  it('asks for one report when the same is wanted by several at once, and then for the next', async () => {
    const reportType = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL';
    const spec = { reportType, from: ago(20), to: ago(2) };
    const runs = await Promise.all(
      [open.connector, open.connect()].map(({ reports }) =>
        reports.run(spec, { timings, reuse: { maxAgeMinutes: 5 } }),
      ),
    );
    expect(new Set(runs.map(({ result }) => result.reportId)).size).toBe(1);
    expect(runs.map(({ provenance }) => provenance).sort()).toEqual(['asked', 'reused']);
    expect(created()).toBe(1);
  });
});

describe('a report that was made already', () => {
  it('will do when it is young enough and covers the span', async () => {
    const { reports } = open.connector;
    const wide = await reports.run({ reportType: orders, from: ago(19), to: ago(3) }, { timings });
    const narrow = { reportType: orders, from: ago(18), to: ago(4) };
    const reused = await reports.run(narrow, { timings, reuse: { maxAgeMinutes: 60 } });
    expect([reused.result, reused.provenance]).toEqual([wide.result, 'reused']);
    const old = await reports.run(narrow, { timings, reuse: { maxAgeMinutes: 1e-6 } });
    expect(old.provenance).toBe('asked');
    expect(created()).toBe(2);
    expect((await reports.find({ ...narrow, maxAgeMinutes: 60 }))?.result).toEqual(old.result);
  });

  it('will not do with other options, which only we know; nor with another span where it sums', async () => {
    const { reports } = open.connector;
    await open.sandbox.setReport(ledger, { content: Buffer.from('"Date"\t"MSKU"\r\n"11/01/2026"\t"A"\r\n') });
    const spec = { reportType: ledger, from: ago(21), to: ago(12) };
    const wishes = { timings, reuse: { maxAgeMinutes: 60 } };
    const first = await reports.run({ ...spec, options: { aggregateByLocation: 'FC' } }, wishes);
    const other = await reports.run({ ...spec, options: { aggregateByLocation: 'COUNTRY' } }, wishes);
    const shorter = await reports.run(
      { ...spec, options: { aggregateByLocation: 'FC' }, to: ago(13) },
      wishes,
    );
    const again = await reports.run({ ...spec, options: { aggregateByLocation: 'FC' } }, wishes);
    expect([other, shorter].map(({ provenance }) => provenance)).toEqual(['asked', 'asked']);
    expect(again.result).toEqual(first.result);
    expect(created()).toBe(3);
  });
});

describe('the outcome of a report', () => {
  it('without data is an error that says so, or a report without rows', async () => {
    const { reports } = open.connector;
    const spec = { reportType: 'GET_FBA_REIMBURSEMENTS_DATA', from: ago(21) };
    await expect(reports.run(spec, { timings })).rejects.toMatchObject({
      code: 'REPORT_CANCELLED',
      details: { reason: 'no-data' },
    });
    const run = await reports.run(spec, { timings, noData: 'empty' });
    expect(run.result.processingStatus).toBe('CANCELLED');
    expect(await Array.fromAsync(run.rows())).toEqual([]);
    expect(await run.toFile(file('none.csv'), 'csv')).toEqual({ path: file('none.csv'), bytes: 0, rows: 0 });
  });

  it('that was asked for again too soon says that', async () => {
    const { reports } = open.connector;
    await open.sandbox.setReport(inventory, {
      content: Buffer.from('seller-sku\tasin\r\nA\tB000000001\r\n'),
    });
    await reports.run({ reportType: inventory }, { timings });
    open.sandbox.setOutcome({ of: 'report', type: inventory, status: 'CANCELLED', count: 1 });
    await expect(reports.run({ reportType: inventory }, { timings })).rejects.toMatchObject({
      code: 'REPORT_CANCELLED',
      details: { reason: 'too-often' },
      remedy: expect.stringContaining('reuse'),
    });
  });

  it('that Amazon cancelled before it began leaves open why', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'CANCELLED', count: 1 });
    const run = open.connector.reports.run({ reportType: orders, from: ago(17) }, { timings });
    await expect(run).rejects.toMatchObject({ code: 'REPORT_CANCELLED', details: { reason: 'unknown' } });
  });

  it('that was cancelled here says that', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    const { reports } = open.connector;
    const run = reports.run({ reportType: orders, from: ago(16) }, { timings });
    await reports.cancel(await theOne());
    await expect(run).rejects.toMatchObject({ code: 'REPORT_CANCELLED', details: { reason: 'by-us' } });
  });

  it('that failed tells the reason in its document', async () => {
    const document = JSON.stringify({ errorDetails: 'The date range is too long.' });
    open.sandbox.setOutcome({ of: 'report', status: 'FATAL', document, count: 1 });
    const run = open.connector.reports.run({ reportType: orders, from: ago(15) }, { timings });
    await expect(run).rejects.toMatchObject({
      code: 'REPORT_FATAL',
      message: expect.stringContaining('for acme-za: The date range is too long.'),
      details: { reason: 'The date range is too long' },
    });
  });

  it('that failed without a document is told, too; the same call again asks anew', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'FATAL', count: 1 });
    const spec = { reportType: orders, from: ago(14) };
    await expect(open.connector.reports.run(spec, { timings })).rejects.toMatchObject({
      code: 'REPORT_FATAL',
    });
    expect((await open.connector.reports.run(spec, { timings })).provenance).toBe('asked');
    expect(created()).toBe(2);
  });

  const impatient = { ...timings, stuckAfterMs: 60 };

  it('that is stuck in Amazon’s queue says so; the same call again goes on waiting for it', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    const spec = { reportType: orders, from: ago(13) };
    for (let times = 0; times < 2; times++) {
      await expect(open.connector.reports.run(spec, { timings: impatient })).rejects.toMatchObject({
        code: 'REPORT_STUCK',
        details: { status: 'IN_QUEUE' },
        remedy: expect.stringContaining('ask-again'),
      });
    }
    expect(created()).toBe(1);
  });

  it('that is stuck is cancelled and asked for once anew, if that is wanted', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    const spec = { reportType: orders, from: ago(12) };
    const run = await open.connector.reports.run(spec, { timings: impatient, stuck: 'ask-again' });
    expect(run.result.processingStatus).toBe('DONE');
    expect(created()).toBe(2);
    const all = await Array.fromAsync(
      open.connector.reports.list({ reportTypes: [orders], statuses: ['CANCELLED'] }),
    );
    expect(all[0]?.reportId).not.toBe(run.result.reportId);
  });

  it('that is stuck twice is an error all the same', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 2 });
    const spec = { reportType: orders, from: ago(11) };
    const run = open.connector.reports.run(spec, { timings: impatient, stuck: 'ask-again' });
    await expect(run).rejects.toMatchObject({ code: 'REPORT_STUCK' });
    expect(created()).toBe(2);
  });
});

describe('a request whose answer is lost', () => {
  const drop = (when: 'before' | 'after', count = 1) =>
    open.sandbox.faults.set({ kind: 'drop', when, operation: 'reports.createReport', count });

  it('is looked for: there is one report, and it is ours', async () => {
    await drop('after');
    const run = await open.connector.reports.run({ reportType: orders, from: ago(10) }, { timings });
    expect(run.provenance).toBe('found-after-lost-answer');
    expect(created()).toBe(1);
  });

  it('that was not carried out is made again', async () => {
    await drop('before');
    const run = await open.connector.reports.run({ reportType: orders, from: ago(9) }, { timings });
    expect(run.provenance).toBe('asked');
    expect(created()).toBe(1);
  });

  it('that failed on its way at Amazon is looked for, too', async () => {
    await open.sandbox.faults.set({
      kind: 'error',
      status: 503,
      when: 'after',
      operation: 'reports.createReport',
      count: 1,
    });
    const run = await open.connector.reports.run({ reportType: orders, from: ago(8) }, { timings });
    expect(run.provenance).toBe('found-after-lost-answer');
    expect(created()).toBe(1);
  });

  it('is given up after five times, and says so', async () => {
    await drop('before', 5);
    const run = open.connector.reports.run({ reportType: orders, from: ago(7) }, { timings });
    await expect(run).rejects.toMatchObject({ code: 'REPORT_LOST' });
    expect(created()).toBe(0);
  });

  it('is not taken for that of another process, which asked for the same with the same span', async () => {
    await open.sandbox.setReport(ledger, { content: Buffer.from('"Date"\t"MSKU"\r\n') });
    await drop('after');
    const spec = { reportType: ledger, from: ago(21), to: ago(6) };
    const runs = await Promise.all(
      ['FC', 'COUNTRY'].map((aggregateByLocation, index) =>
        [open.connector, open.connect()][index]?.reports.run(
          { ...spec, options: { aggregateByLocation } },
          { timings },
        ),
      ),
    );
    expect(new Set(runs.map((run) => run?.result.reportId)).size).toBe(2);
    expect(created()).toBe(2);
  });
});

describe('reports that there are', () => {
  it('are listed, page by page, and had by their id', async () => {
    const { reports } = open.connector;
    const made = await reports.run({ reportType: orders, from: ago(6) }, { timings });
    const listed = await Array.fromAsync(reports.list({ reportTypes: [orders], statuses: ['DONE'] }));
    const one = listed.find(({ reportId }) => reportId === made.result.reportId);
    expect(one).toEqual(made.report);
    const again = await reports.get(made.result.reportId);
    expect(again.result).toEqual(made.result);
    expect(await Array.fromAsync(again.rows())).toEqual(await Array.fromAsync(made.rows()));
    expect(() => reports.list({ reportTypes: [] })).toThrow('1 to 10 types');
  });

  it('are not there: the error names the report', async () => {
    const error = open.connector.reports.get('123');
    await expect(error).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('123'),
    });
  });

  it('have no rows before they are done', async () => {
    open.sandbox.setOutcome({ of: 'report', status: 'IN_PROGRESS', count: 1 });
    const { reportId } = await open.connector.api('reports').createReport({
      body: { reportType: orders, marketplaceIds: ['AE08WJ6YKNBMC'] },
    });
    const run = await open.connector.reports.get(reportId);
    expect(() => run.rows()).toThrow(/has no document: it is IN_/);
  });
});

describe('personal data in a report', () => {
  const reportType = 'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING';

  it('is fetched with a restricted data token, and written to no plain file', async () => {
    await open.sandbox.setReport(reportType, {
      content: Buffer.from('order-id\torder-item-id\tsku\tbuyer-name\r\n902-1\t7\tA\tThandi\r\n'),
    });
    const run = await open.connector.reports.run({ reportType }, { timings });
    expect(await Array.fromAsync(run.rows())).toMatchObject([{ orderId: '902-1', buyerName: 'Thandi' }]);
    const fetched = open.sandbox
      .counters()
      .distinct.filter(({ operation }) => operation.includes('getReportDocument'));
    expect(fetched.map(({ auth }) => auth)).toEqual(['rdt']);
    await expect(run.toFile(file('people.csv'), 'csv')).rejects.toMatchObject({ field: 'output' });
  });
});

describe('report schedules', () => {
  it('are set up, looked at and cancelled; setting one up again replaces it', async () => {
    const { schedules } = open.connector.reports;
    const reportType = 'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING';
    const startAt = new Date(Date.now() + 3_600_000);
    const first = await schedules.create({ reportType, period: 'PT1H', startAt });
    const scheduleId = await schedules.create({ reportType, period: 'P1D', startAt });
    expect(await schedules.list([reportType])).toEqual([
      { scheduleId, reportType, marketplaceIds: ['AE08WJ6YKNBMC'], period: 'P1D', nextAt: startAt },
    ]);
    expect(scheduleId).not.toBe(first);
    expect((await schedules.get(scheduleId)).period).toBe('P1D');
    await schedules.cancel(scheduleId);
    expect(await schedules.list([reportType])).toEqual([]);
  });

  it('are refused for what Amazon does not schedule, and for nothing', async () => {
    const { schedules } = open.connector.reports;
    await expect(schedules.create({ reportType: orders, period: 'P1D' })).rejects.toThrow(
      'cannot be scheduled',
    );
    await expect(schedules.list([])).rejects.toThrow('Amazon takes 1 to 10');
  });

  it('make reports, which are found and never taken for lost ones', async () => {
    const { reports } = open.connector;
    const reportType = 'GET_ORDER_REPORT_DATA_SHIPPING';
    await open.sandbox.setReport(reportType, {
      content: Buffer.from('<e><OrderReport><AmazonOrderID>902-1</AmazonOrderID></OrderReport></e>'),
      contentType: 'text/xml;charset=UTF-8',
    });
    const startAt = new Date(Date.now() - 1_000);
    const scheduleId = await reports.schedules.create({ reportType, period: 'P1D', startAt });
    open.sandbox.finishWork();
    const found = await reports.find({ reportType });
    expect(found?.report.scheduleId).toBe(scheduleId);
    expect(await Array.fromAsync(found?.rows() ?? [])).toEqual([{ AmazonOrderID: '902-1' }]);
    await reports.schedules.cancel(scheduleId);
  });
});

/** The id of the one report that was asked for in this test, once it is. */
async function theOne(): Promise<string> {
  for (;;) {
    const made = await open.connector
      .api('reports')
      .getReports({ reportTypes: [orders], processingStatuses: ['IN_QUEUE'] });
    const [first] = made.reports.sort((a, b) => b.createdTime.localeCompare(a.createdTime));
    if (created() === 1 && first !== undefined) return first.reportId;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
