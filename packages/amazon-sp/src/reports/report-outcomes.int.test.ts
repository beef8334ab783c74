import { describe, expect, it } from '@jest/globals';
import { hastyTimings as timings } from '../../testing/hasty-timings.js';
import { ago, orders, ReportRig } from '../../testing/report-rig.js';
import { directTerms } from '../workflow/terms.js';
import type { ReportState } from './report-state.js';

const inventory = 'GET_AFN_INVENTORY_DATA';
const ledger = 'GET_LEDGER_SUMMARY_VIEW_DATA';
const rig = new ReportRig();

describe('the outcome of a report', () => {
  it('without data is an error that says so, or a report without rows', async () => {
    const { reports } = rig;
    const spec = { reportType: 'GET_FBA_REIMBURSEMENTS_DATA', from: ago(21) };
    await expect(reports.run(spec, { timings })).rejects.toMatchObject({
      code: 'REPORT_CANCELLED',
      details: { reason: 'no-data' },
    });
    const run = await reports.run(spec, { timings, noData: 'empty' });
    expect(run.result.processingStatus).toBe('CANCELLED');
    expect(await Array.fromAsync(run.rows())).toEqual([]);
    expect(await run.toFile(rig.file('none.csv'), 'csv')).toEqual({
      path: rig.file('none.csv'),
      bytes: 0,
      rows: 0,
    });
  });

  it('that was asked for again too soon says that', async () => {
    const { reports } = rig;
    await rig.sandbox.setReport(inventory, {
      content: Buffer.from('seller-sku\tasin\r\nA\tB000000001\r\n'),
    });
    await reports.run({ reportType: inventory }, { timings });
    rig.sandbox.setOutcome({ of: 'report', type: inventory, status: 'CANCELLED', count: 1 });
    await expect(reports.run({ reportType: inventory }, { timings })).rejects.toMatchObject({
      code: 'REPORT_CANCELLED',
      details: { reason: 'too-often' },
      remedy: expect.stringContaining('reuse'),
    });
  });

  it('that Amazon cancelled before it began leaves open why', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'CANCELLED', count: 1 });
    const run = rig.reports.run({ reportType: orders, from: ago(17) }, { timings });
    await expect(run).rejects.toMatchObject({ code: 'REPORT_CANCELLED', details: { reason: 'unknown' } });
  });

  it('that was cancelled here says that', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    const { reports } = rig;
    const run = reports.run({ reportType: orders, from: ago(16) }, { timings });
    await reports.cancel(await rig.theOne());
    await expect(run).rejects.toMatchObject({ code: 'REPORT_CANCELLED', details: { reason: 'by-us' } });
  });

  it('that failed tells the reason in its document', async () => {
    const document = JSON.stringify({ errorDetails: 'The date range is too long.' });
    rig.sandbox.setOutcome({ of: 'report', status: 'FATAL', document, count: 1 });
    const run = rig.reports.run({ reportType: orders, from: ago(15) }, { timings });
    await expect(run).rejects.toMatchObject({
      code: 'REPORT_FATAL',
      message: expect.stringContaining('for acme-za: The date range is too long.'),
      details: { reason: 'The date range is too long' },
    });
  });

  it('that failed without a document is told, too; the same call again asks anew', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'FATAL', count: 1 });
    const spec = { reportType: orders, from: ago(14) };
    await expect(rig.reports.run(spec, { timings })).rejects.toMatchObject({
      code: 'REPORT_FATAL',
    });
    expect((await rig.reports.run(spec, { timings })).provenance).toBe('asked');
    expect(rig.created).toBe(2);
  });

  const impatient = { ...timings, stuckAfterMs: 60 };

  it('that is stuck in Amazon’s queue says so; the same call again goes on waiting for it', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    const spec = { reportType: orders, from: ago(13) };
    for (let times = 0; times < 2; times++) {
      await expect(rig.reports.run(spec, { timings: impatient })).rejects.toMatchObject({
        code: 'REPORT_STUCK',
        details: { status: 'IN_QUEUE' },
        remedy: expect.stringContaining('ask-again'),
      });
    }
    expect(rig.created).toBe(1);
  });

  it('that is stuck is cancelled and asked for once anew, if that is wanted', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
    const spec = { reportType: orders, from: ago(12) };
    const run = await rig.reports.run(spec, { timings: impatient, stuck: 'ask-again' });
    expect(run.result.processingStatus).toBe('DONE');
    expect(rig.created).toBe(2);
    const all = await Array.fromAsync(rig.reports.list({ reportTypes: [orders], statuses: ['CANCELLED'] }));
    expect(all[0]?.reportId).not.toBe(run.result.reportId);
  });

  it('that Amazon does not know any more is told, and the next run asks anew', async () => {
    const intent = { id: 'x#1', visible: '', options: '', spec: '' };
    const asked = { intent, asks: 1, lost: 0, reportId: '404', provenance: 'asked', askedAt: 0 } as const;
    const saved: ReportState[] = [];
    const journal = {
      state: { step: 'poll', ...asked } as ReportState,
      save: async (state: ReportState) => void saved.push(state),
    };
    const means = { id: 'x', journal, terms: directTerms(), timings };
    const run = rig.reports.runAs({ reportType: orders, from: ago(3) }, {}, means);
    await expect(run).rejects.toMatchObject({ name: 'NotFoundError', field: 'reportId' });
    expect(saved).toMatchObject([{ step: 'intend', asks: 2, intent: { id: 'x#2' } }]);
  });

  it('that is stuck twice is an error all the same', async () => {
    rig.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 2 });
    const spec = { reportType: orders, from: ago(11) };
    const run = rig.reports.run(spec, { timings: impatient, stuck: 'ask-again' });
    await expect(run).rejects.toMatchObject({ code: 'REPORT_STUCK' });
    expect(rig.created).toBe(2);
  });
});

describe('a request whose answer is lost', () => {
  const drop = (when: 'before' | 'after', count = 1) =>
    rig.sandbox.faults.set({ kind: 'drop', when, operation: 'reports.createReport', count });

  it('is looked for: there is one report, and it is ours', async () => {
    await drop('after');
    const run = await rig.reports.run({ reportType: orders, from: ago(10) }, { timings });
    expect(run.provenance).toBe('found-after-lost-answer');
    expect(rig.created).toBe(1);
  });

  it('that was not carried out is made again', async () => {
    await drop('before');
    const run = await rig.reports.run({ reportType: orders, from: ago(9) }, { timings });
    expect(run.provenance).toBe('asked');
    expect(rig.created).toBe(1);
  });

  it('that failed on its way at Amazon is looked for, too', async () => {
    await rig.sandbox.faults.set({
      kind: 'error',
      status: 503,
      when: 'after',
      operation: 'reports.createReport',
      count: 1,
    });
    const run = await rig.reports.run({ reportType: orders, from: ago(8) }, { timings });
    expect(run.provenance).toBe('found-after-lost-answer');
    expect(rig.created).toBe(1);
  });

  it('is given up after five times, and says so', async () => {
    await drop('before', 5);
    const run = rig.reports.run({ reportType: orders, from: ago(7) }, { timings });
    await expect(run).rejects.toMatchObject({ code: 'REPORT_LOST' });
    expect(rig.created).toBe(0);
  });

  it('is not taken for that of another process, which asked for the same with the same span', async () => {
    await rig.sandbox.setReport(ledger, { content: Buffer.from('"Date"\t"MSKU"\r\n') });
    await drop('after');
    const spec = { reportType: ledger, from: ago(21), to: ago(6) };
    const runs = await Promise.all(
      ['FC', 'COUNTRY'].map((aggregateByLocation, index) =>
        [rig.open.connector, rig.open.connect()][index]?.reports.run(
          { ...spec, options: { aggregateByLocation } },
          { timings },
        ),
      ),
    );
    expect(new Set(runs.map((run) => run?.result.reportId)).size).toBe(2);
    expect(rig.created).toBe(2);
  });
});
