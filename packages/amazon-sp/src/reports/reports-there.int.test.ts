import { describe, expect, it } from '@jest/globals';
import { hastyTimings as timings } from '../../testing/hasty-timings.js';
import { ago, orders, ReportRig } from '../../testing/report-rig.js';

const ledger = 'GET_LEDGER_SUMMARY_VIEW_DATA';
const rig = new ReportRig();

describe('a report that was made already', () => {
  it('will do when it is young enough and covers the span', async () => {
    const { reports } = rig;
    const wide = await reports.run({ reportType: orders, from: ago(19), to: ago(3) }, { timings });
    const narrow = { reportType: orders, from: ago(18), to: ago(4) };
    const reused = await reports.run(narrow, { timings, reuse: { maxAgeMinutes: 60 } });
    expect([reused.result, reused.provenance]).toEqual([wide.result, 'reused']);
    const old = await reports.run(narrow, { timings, reuse: { maxAgeMinutes: 1e-6 } });
    expect(old.provenance).toBe('asked');
    expect(rig.created).toBe(2);
    expect((await reports.find({ ...narrow, maxAgeMinutes: 60 }))?.result).toEqual(old.result);
  });

  it('will not do with other options, which only we know; nor with another span where it sums', async () => {
    const { reports } = rig;
    await rig.sandbox.setReport(ledger, { content: Buffer.from('"Date"\t"MSKU"\r\n"11/01/2026"\t"A"\r\n') });
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
    expect(rig.created).toBe(3);
  });
});

describe('a report that Amazon makes by itself', () => {
  const reportType = 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2';

  it('is taken where there is one that is young enough, and never asked for', async () => {
    await rig.sandbox.setReport(reportType, {
      content: Buffer.from(
        'settlement-id\ttransaction-type\tamount-type\tamount\r\n7\tOrder\tItemPrice\t1.234,50\r\n7\tRefund\tItemPrice\t-12,90\r\n',
      ),
    });
    const run = await rig.reports.run({ reportType }, { timings, reuse: { maxAgeMinutes: 90 * 1_440 } });
    expect([run.provenance, rig.created]).toEqual(['reused', 0]);
    const rows = await Array.fromAsync(run.rows());
    const amounts: (string | null | undefined)[] = rows.map(({ amount }) => amount);
    expect(amounts).toEqual(['1234.50', '-12.90']);
    const none = rig.reports.run({ reportType }, { timings, reuse: { maxAgeMinutes: 1e-6 } });
    await expect(none).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('for acme-za'),
    });
    await expect(rig.reports.run({ reportType }, { timings })).rejects.toMatchObject({ field: 'reportType' });
  });
});

describe('reports that there are', () => {
  it('are listed, page by page, and had by their id', async () => {
    const { reports } = rig;
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
    const error = rig.reports.get('123');
    await expect(error).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('123'),
    });
  });

  it('have no rows before they are done', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'IN_PROGRESS', count: 1 });
    const { reportId } = await rig.open.connector.api('reports').createReport({
      body: { reportType: orders, marketplaceIds: ['AE08WJ6YKNBMC'] },
    });
    const run = await rig.reports.get(reportId);
    expect(() => run.rows()).toThrow(/has no document: it is IN_/);
  });
});

describe('report schedules', () => {
  it('are set up, looked at and cancelled; setting one up again replaces it', async () => {
    const { schedules } = rig.reports;
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
    const { schedules } = rig.reports;
    await expect(schedules.create({ reportType: orders, period: 'P1D' })).rejects.toThrow(
      'cannot be scheduled',
    );
    await expect(schedules.list([])).rejects.toThrow('Amazon takes 1 to 10');
  });

  it('make reports, which are found and never taken for lost ones', async () => {
    const { reports } = rig;
    const reportType = 'GET_ORDER_REPORT_DATA_SHIPPING';
    await rig.sandbox.setReport(reportType, {
      content: Buffer.from('<e><OrderReport><AmazonOrderID>902-1</AmazonOrderID></OrderReport></e>'),
      contentType: 'text/xml;charset=UTF-8',
    });
    const startAt = new Date(Date.now() - 1_000);
    const scheduleId = await reports.schedules.create({ reportType, period: 'P1D', startAt });
    rig.sandbox.finishWork();
    const found = await reports.find({ reportType });
    expect(found?.report.scheduleId).toBe(scheduleId);
    expect(await Array.fromAsync(found?.rows() ?? [])).toEqual([{ AmazonOrderID: '902-1' }]);
    await reports.schedules.cancel(scheduleId);
  });
});
