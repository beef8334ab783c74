import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { isErrorOf, ManualClock, NetworkError, RateLimitError } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SectionContext } from '../pipeline/section-context.js';
import type { Journal } from '../workflow/journal.js';
import type { Terms } from '../workflow/terms.js';
import { defaultTimings } from '../workflow/timings.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { AmazonReport } from './report-lookup.js';
import { ReportOwnership } from './report-ownership.js';
import { kindKey, visibleKey } from './report-spec.js';
import type { ReportState } from './report-state.js';
import { reportWorkflow } from './report-workflow.js';

const spec = { reportType: 'GET_AFN_INVENTORY_DATA', marketplaceIds: ['AE08WJ6YKNBMC'], restricted: false };
const clock = new ManualClock(Date.parse('2026-11-21T08:00:00Z'));
let backend: FluxoriBackend;
let ownership: ReportOwnership;
let journal: Journal<ReportState> & { state: ReportState | undefined };

/** Amazon, whose list shows reports late, and whose answers to requests get lost. */
class LateAmazon {
  readonly made: AmazonReport[] = [];
  requests = 0;
  lists = 0;
  /** What becomes of each request: carried out or not, and its answer is lost; or it is answered. */
  fates: ('made, lost' | 'lost' | 'refused' | 'answered')[] = [];
  listedAfterMs = 0;

  createReport = async () => {
    this.requests++;
    const fate = this.fates.shift() ?? 'answered';
    if (fate === 'refused')
      throw new RateLimitError('later', { retryAt: new Date(clock.now() + 60_000) } as never);
    const reportId = String(this.made.length + 1);
    if (fate !== 'lost') {
      const createdTime = new Date(clock.now()).toISOString();
      this.made.push({ ...spec, reportId, createdTime, processingStatus: 'DONE' } as AmazonReport);
    }
    if (fate !== 'answered') throw new NetworkError('lost', { host: 'amazon:443', outcome: 'unknown' });
    return { reportId };
  };
  getReports = async () => {
    this.lists++;
    const shown = this.made.filter((one) => clock.now() - Date.parse(one.createdTime) >= this.listedAfterMs);
    return { reports: shown };
  };
  getReport = async ({ reportId }: { reportId: string }) =>
    this.made.find((one) => one.reportId === reportId);
}

let amazon: LateAmazon;

beforeEach(async () => {
  amazon = new LateAmazon();
  backend = await openBackend('memory:', { clock });
  ownership = new ReportOwnership({ ...backend, room: 'A@eu' });
  journal = {
    state: undefined,
    async save(state) {
      this.state = state;
    },
  };
});
afterEach(() => backend.close());

function run() {
  const context = {
    api: () => amazon,
    clock,
    config: { accountId: 'acme-za', sellerId: 'A', region: 'eu' },
  } as unknown as SectionContext;
  const terms: Terms = {
    signal: new AbortController().signal,
    call: (work) => work({}),
    wait: async ({ until }) => clock.advance(Math.max(0, until.getTime() - clock.now())),
    progress: async () => {},
  };
  const documents = { getDocumentContent: () => Promise.reject(new Error('none')) };
  return runWorkflow(
    reportWorkflow(
      { spec, id: 'job-1', requestable: true },
      { context, ownership, documents, timings: defaultTimings },
    ),
    { journal, terms },
  );
}

describe('a report whose request was not answered', () => {
  it('is found by a look within seconds when the list shows it at once', async () => {
    amazon.fates = ['made, lost'];
    const began = clock.now();
    const { report, provenance } = await run();
    expect([report.reportId, provenance, amazon.requests, amazon.lists]).toEqual([
      '1',
      'found-after-lost-answer',
      1,
      1,
    ]);
    expect(clock.now() - began).toBeLessThan(10_000 + defaultTimings.firstPollMs);
  });

  it.each([20_000, 80_000])('is found although the list shows it %d ms late', async (lateMs) => {
    amazon.fates = ['made, lost'];
    amazon.listedAfterMs = lateMs;
    const { report, provenance } = await run();
    expect([report.reportId, provenance, amazon.requests]).toEqual(['1', 'found-after-lost-answer', 1]);
    expect(amazon.lists).toBeLessThanOrEqual(3);
  });

  it('is looked for after the last of five lost answers, too', async () => {
    amazon.fates = ['lost', 'lost', 'lost', 'lost', 'made, lost'];
    const { report } = await run();
    expect([report.reportId, amazon.requests]).toEqual(['1', 5]);
  });

  it('is given up when five were lost and none was made', async () => {
    amazon.fates = ['lost', 'lost', 'lost', 'lost', 'lost'];
    await expect(run()).rejects.toMatchObject({ code: 'REPORT_LOST' });
    expect(amazon.made).toEqual([]);
    expect(journal.state).toMatchObject({ step: 'intend', intent: { id: 'job-1#2' }, lost: 0 });
  });

  it('keeps others careful while a limit holds up the next request', async () => {
    amazon.fates = ['made, lost', 'refused'];
    amazon.listedAfterMs = 600_000;
    const failure = await run().catch((error: unknown) => error);
    expect(isErrorOf(failure, 'RateLimitError')).toBe(true);
    const state = journal.state as Extract<ReportState, { step: 'intend' }>;
    const other = { ...state.intent, id: 'job-2#1', options: 'others' };
    expect(await ownership.isAmbiguous(other)).toBe(true);
  });

  it('without dates does not take the one that somebody else asked for with dates and does not know yet', async () => {
    const dated = { ...spec, from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
    const theirs = { id: 'job-2#1', kind: kindKey(dated), visible: visibleKey(dated), options: '', spec: '' };
    await ownership.open(theirs);
    amazon.made.push({
      ...{
        ...spec,
        reportId: '1',
        processingStatus: 'DONE',
        dataStartTime: dated.from,
        dataEndTime: dated.to,
      },
      createdTime: new Date(clock.now() + 1_000).toISOString(),
    } as AmazonReport);
    amazon.fates = ['lost'];
    const { report } = await run();
    expect([report.reportId, await ownership.asked('1')]).toEqual(['2', undefined]);
    // Whose dates are known tells them apart.
    expect(await ownership.isAmbiguous({ ...theirs, id: 'job-3#1' })).toBe(false);
  });
});
