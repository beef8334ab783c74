import { gunzipSync } from 'node:zlib';
import { ManualClock } from '@fluxori/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Clerk } from '../testing/clerk.js';
import { failureOf, transfer } from '../testing/document-wire.js';

const type = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL';
const restricted = 'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING';
const span = { dataStartTime: '2026-10-01T00:00:00Z', dataEndTime: '2026-11-20T00:00:00Z' };
const epoch = new Date('2026-11-20T00:00:00Z');

describe('Reports', () => {
  const clock = new ManualClock(epoch.getTime());
  let sandbox: Sandbox;
  let clerk: Clerk;

  beforeAll(async () => {
    sandbox = await startSandbox({
      ...{ orders: 60, skus: 10, rateLimits: false, clock, epoch },
      reports: { queueMs: 1_000, progressMs: 4_000 },
    });
    clerk = new Clerk(sandbox);
  });
  beforeEach(() => sandbox.resetCounters());
  afterEach(async () => {
    sandbox.clearOutcomes();
    await sandbox.faults.clear();
  });
  afterAll(() => sandbox.close());

  const create = async (reportType = type, more: object = span): Promise<string> =>
    (await clerk.createReport(reportType, { ...more })).json.reportId;
  const statusOf = async (id: string): Promise<string> => (await clerk.report(id)).processingStatus;

  it('wait, are made, and are there, each at its time', async () => {
    const id = await create();
    expect(await clerk.report(id)).toMatchObject({ processingStatus: 'IN_QUEUE', reportType: type });
    await clock.advance(999);
    expect(await statusOf(id)).toBe('IN_QUEUE');
    await clock.advance(1);
    expect(await clerk.report(id)).toMatchObject({
      processingStatus: 'IN_PROGRESS',
      processingStartTime: new Date(clock.now()).toISOString(),
    });
    await clock.advance(4_000);
    const { processingEndTime, processingStatus, reportDocumentId } = await clerk.report(id);
    expect([processingStatus, processingEndTime]).toEqual(['DONE', new Date(clock.now()).toISOString()]);
    const { json } = await clerk.reportDocument(reportDocumentId);
    expect(json.compressionAlgorithm).toBe('GZIP');
    const [header = '', ...rows] = gunzipSync((await transfer(json.url)).bytes)
      .toString()
      .trim()
      .split('\r\n');
    expect(header.split('\t').slice(0, 2)).toEqual(['amazon-order-id', 'merchant-order-id']);
    expect(new Set(rows.map((row) => row.split('\t')[0])).size).toBe(60);
  });

  it('end as a test wants them to, for the next so many or for one type', async () => {
    sandbox.setOutcome({ of: 'report', status: 'FATAL', document: '{"errorDetails":"no role"}', count: 1 });
    sandbox.setOutcome({ of: 'report', type, status: 'CANCELLED', count: 1 });
    sandbox.setOutcome({ of: 'report', status: 'FATAL', count: 1 });
    const [told, cancelled, silent, well] = [await create(), await create(), await create(), await create()];
    expect(sandbox.outcomes()).toEqual([]);
    sandbox.finishWork();
    expect(await statusOf(cancelled)).toBe('CANCELLED');
    expect(await statusOf(well)).toBe('DONE');
    expect(await clerk.report(silent)).not.toHaveProperty('reportDocumentId');
    const { processingStatus, reportDocumentId } = await clerk.report(told);
    const { url } = (await clerk.reportDocument(reportDocumentId)).json;
    expect([processingStatus, gunzipSync((await transfer(url)).bytes).toString()]).toEqual([
      ...['FATAL', '{"errorDetails":"no role"}'],
    ]);
  });

  it('can be stuck for ever, and take another time than usual', async () => {
    sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    sandbox.setOutcome({ of: 'report', queueMs: 0, progressMs: 50, count: 1 });
    const [stuck, quick] = [await create(), await create()];
    expect(await statusOf(quick)).toBe('IN_PROGRESS');
    await clock.advance(50);
    expect(await statusOf(quick)).toBe('DONE');
    await clock.advance(100_000);
    sandbox.finishWork();
    expect(await statusOf(stuck)).toBe('IN_QUEUE');
    expect(
      (await clerk.wire.call({ method: 'DELETE', path: `/reports/2021-06-30/reports/${stuck}` })).status,
    ).toBe(200);
    expect(await statusOf(stuck)).toBe('CANCELLED');
  });

  it('end CANCELLED where there is no data', async () => {
    const id = await create(type, {
      dataStartTime: '2020-01-01T00:00:00Z',
      dataEndTime: '2020-01-02T00:00:00Z',
    });
    const unknown = await create('GET_AFN_INVENTORY_DATA');
    sandbox.finishWork();
    expect([await statusOf(id), await statusOf(unknown)]).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it('are made although the answer is lost, and can be found again', async () => {
    await clock.advance(10);
    await sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'reports.createReport', count: 1 });
    expect(await failureOf(clerk.createReport(type, span))).toBe('ECONNRESET');
    expect(sandbox.counters().reports.created).toBe(1);
    const found = await clerk.wire.get('/reports/2021-06-30/reports', {
      reportTypes: type,
      createdSince: new Date(clock.now()).toISOString(),
    });
    expect(found.json.reports).toMatchObject([
      { reportType: type, dataStartTime: '2026-10-01T00:00:00.000Z' },
    ]);
    await sandbox.faults.set({ kind: 'drop', when: 'before', operation: 'reports.createReport', count: 1 });
    expect(await failureOf(clerk.createReport(type, span))).toBe('ECONNRESET');
    expect(sandbox.counters().reports).toMatchObject({ created: 1, duplicates: [] });
    await create();
    expect(sandbox.counters().reports).toMatchObject({
      created: 2,
      byType: { [type]: 2 },
      bySeller: { [sandbox.credentials.sellerId]: 2 },
      duplicates: [{ type, ids: [expect.any(String), expect.any(String)] }],
    });
  });

  it('with personal data are given for a restricted data token of that document only', async () => {
    const id = await create(restricted);
    const other = await create(restricted);
    sandbox.finishWork();
    const { reportDocumentId } = await clerk.report(id);
    const path = `/reports/2021-06-30/documents/${reportDocumentId}`;
    expect((await clerk.reportDocument(reportDocumentId)).status).toBe(403);
    const token = await clerk.restrictedToken(path);
    const given = await clerk.reportDocument(reportDocumentId, token);
    expect(given.status).toBe(200);
    const otherId = (await clerk.report(other)).reportDocumentId;
    expect((await clerk.reportDocument(otherId, token)).status).toBe(403);
    const answer = await transfer(given.json.url);
    const text = (given.json.compressionAlgorithm ? gunzipSync(answer.bytes) : answer.bytes).toString();
    const people = sandbox.personalData().filter(({ orderId }) => text.includes(orderId));
    expect(people.length).toBeGreaterThan(0);
    for (const { values } of people) expect(values.some((value) => text.includes(value))).toBe(true);
  });

  it('of a token that names a template, or carries data elements, are refused', async () => {
    const token = (resource: object) =>
      clerk.post('/tokens/2021-03-01/restrictedDataToken', {
        restrictedResources: [{ method: 'GET', ...resource }],
      });
    const template = await token({ path: '/reports/2021-06-30/documents/{reportDocumentId}' });
    const elements = await token({ path: '/reports/2021-06-30/documents/x', dataElements: ['buyerInfo'] });
    expect([template.status, elements.status]).toEqual([400, 400]);
  });

  it('that Amazon makes by itself cannot be asked for, nor those that do not exist', async () => {
    for (const reportType of ['GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2', 'ALL_MY_ORDERS'])
      expect((await clerk.createReport(reportType)).status).toBe(400);
    expect(sandbox.counters().reports.created).toBe(0);
    const settlement = 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2';
    await sandbox.setReport(settlement, { content: 'settlement-id\r\n', compression: 'none' });
    const { json } = await clerk.wire.get('/reports/2021-06-30/reports', { reportTypes: settlement });
    expect(json.reports).toMatchObject([{ processingStatus: 'DONE', reportType: settlement }]);
    const { url } = (await clerk.reportDocument(json.reports[0].reportDocumentId)).json;
    expect((await transfer(url)).bytes.toString()).toBe('settlement-id\r\n');
  });

  it('say what a test gave, of any size and in any charset, until it takes it back', async () => {
    const rows = function* () {
      for (let part = 0; part < 100; part++) yield `TEA-${part}\tcafé\t${part}\r\n`.repeat(3_000);
    };
    const facts = await sandbox.setReport('GET_AFN_INVENTORY_DATA', { content: rows });
    expect(facts.bytes).toBeGreaterThan(4_000_000);
    expect(facts.wireBytes).toBeLessThan(facts.bytes / 3);
    sandbox.setOutcome({ of: 'report', queueMs: 0, progressMs: 0 });
    const answer = await clerk.reportBytes('GET_AFN_INVENTORY_DATA');
    expect(answer.bytes.length).toBe(facts.wireBytes);
    expect(gunzipSync(answer.bytes).length).toBe(facts.bytes);
    const latin = Buffer.from('sku\tname\r\nTEA-1\tcafé\r\n', 'latin1');
    await sandbox.setReport('GET_AFN_INVENTORY_DATA', {
      ...{ content: latin, compression: 'none', contentType: 'text/plain; charset=Cp1252' },
    });
    const plain = await clerk.reportBytes('GET_AFN_INVENTORY_DATA');
    expect([plain.bytes.equals(latin), plain.headers['content-type']]).toEqual([
      true,
      'text/plain; charset=Cp1252',
    ]);
    await sandbox.setReport('GET_AFN_INVENTORY_DATA', undefined);
    expect(await statusOf(await create('GET_AFN_INVENTORY_DATA'))).toBe('CANCELLED');
  });

  it('of listings are in Windows-1252, and in Shift_JIS in Japan', async () => {
    await using japan = await startSandbox({
      ...{
        orders: 2,
        skus: 3,
        marketplaces: ['JP'],
        rateLimits: false,
        reports: { queueMs: 0, progressMs: 0 },
      },
    });
    const there = new Clerk(japan);
    const made = await there.wire.call({
      ...{ method: 'POST', path: '/reports/2021-06-30/reports', region: 'fe' },
      body: {
        reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA',
        marketplaceIds: [japan.credentials.marketplaceId],
      },
    });
    const report = await there.wire.get(`/reports/2021-06-30/reports/${made.json.reportId}`, undefined, {
      region: 'fe',
    });
    const document = await there.wire.get(
      `/reports/2021-06-30/documents/${report.json.reportDocumentId}`,
      undefined,
      { region: 'fe' },
    );
    expect((await transfer(document.json.url)).headers['content-type']).toBe('text/plain;charset=Shift_JIS');
    sandbox.setOutcome({ of: 'report', queueMs: 0, progressMs: 0 });
    const here = await clerk.reportBytes('GET_MERCHANT_LISTINGS_ALL_DATA');
    expect(here.headers['content-type']).toBe('text/plain;charset=windows-1252');
  });
});

describe('The admin URL', () => {
  it('gives reports their contents, plans outcomes and ends what is under way', async () => {
    await using sandbox = await startSandbox({ orders: 1, skus: 1, rateLimits: false });
    const clerk = new Clerk(sandbox);
    const { wire } = clerk;
    const given = await wire.admin('PUT', '/reports/GET_AFN_INVENTORY_DATA', {
      text: 'sku\r\n',
      compression: 'none',
    });
    expect([given.status, given.json.bytes]).toEqual([200, 5]);
    const set = await wire.admin('POST', '/outcomes', { of: 'report', status: 'FATAL', skip: 1, count: 1 });
    expect((await wire.admin('GET', '/outcomes')).json).toMatchObject([{ id: set.json.id, hits: 0 }]);
    const ids: string[] = [];
    for (let made = 0; made < 2; made++)
      ids.push((await clerk.createReport('GET_AFN_INVENTORY_DATA')).json.reportId);
    expect((await wire.admin('POST', '/work/finish', { id: ids[0] })).status).toBe(200);
    expect((await clerk.report(ids[0] as string)).processingStatus).toBe('DONE');
    expect((await clerk.report(ids[1] as string)).processingStatus).not.toBe('FATAL');
    await wire.admin('POST', '/work/finish');
    expect((await clerk.report(ids[1] as string)).processingStatus).toBe('FATAL');
    expect((await wire.admin('DELETE', '/reports/GET_AFN_INVENTORY_DATA')).status).toBe(200);
    expect((await wire.admin('DELETE', '/outcomes')).status).toBe(200);
    for (const [path, body] of [
      ['/reports/nonsense', { text: '' }],
      ['/reports/GET_AFN_INVENTORY_DATA', { text: '', base64: '' }],
    ] as const)
      expect((await wire.admin('PUT', path, body)).status).toBe(400);
    expect((await wire.admin('POST', '/outcomes', { of: 'meteor' })).status).toBe(400);
  });
});
