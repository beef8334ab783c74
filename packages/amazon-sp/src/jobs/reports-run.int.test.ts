import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Sealer, sealKeysFrom } from '@fluxori/backend';
import {
  accountId,
  type Clock,
  ConnectorFactory,
  isErrorOf,
  type JsonValue,
  ManualClock,
} from '@fluxori/core';
import { FolderContentStore, SealedContentStore } from '@fluxori/documents';
import { OperationQueues } from '@fluxori/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  connectToSandbox,
  noWaiting,
  type Sandboxed,
  sandboxConfig,
  swiftBackend,
} from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { type AmazonSPConnector, amazonSp } from '../index.js';
import { reportsRun } from './reports-run.js';

const listings = 'GET_MERCHANT_LISTINGS_DATA_LITER';
const performance = 'GET_SALES_AND_TRAFFIC_REPORT';
const shipping = 'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING';
const source = 'seller-sku\tquantity\r\nA\t3\r\nB\t4\r\n';
const jsonl = '{"sellerSku":"A","quantity":3}\n{"sellerSku":"B","quantity":4}\n';
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

let open: Sandboxed;
let connector: AmazonSPConnector;
let folder: string;
let contents: FolderContentStore;
let sealed: SealedContentStore;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-reports-run-'));
  open = await connectToSandbox({
    sandbox: { ...noWaiting.sandbox, orders: 3, skus: 3, reports: { queueMs: 2, progressMs: 2 } },
    backend: swiftBackend,
  });
  contents = new FolderContentStore({ folder: file('plain') });
  const key = createHash('sha256').update('key').digest('base64url');
  sealed = new SealedContentStore({
    store: new FolderContentStore({ folder: file('sealed') }),
    sealing: new Sealer(sealKeysFrom(key)),
  });
  connector = withStores({ contents, sealedContents: sealed });
  await open.sandbox.setReport(listings, { content: Buffer.from(source) });
});
afterAll(async () => {
  await connector.close();
  await contents.close();
  await sealed.close();
  await open[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  open.sandbox.clearOutcomes();
  open.sandbox.resetCounters();
});

function withStores(stores: { contents?: FolderContentStore; sealedContents?: SealedContentStore }) {
  const config = { ...sandboxConfig(open.sandbox), ...noWaiting.connector };
  return new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', config, { backend: open.backend, ...stores });
}

const jobOf = (by: AmazonSPConnector, clock?: Clock) =>
  reportsRun({ connector: async () => by, timings: hastyTimings, ...(clock && { clock }) });

/** As the queue would run it, from its beginning. */
function run(payload: JsonValue, by: AmazonSPConnector = connector): Promise<unknown> {
  return runJob(jobOf(by), { backend: open.backend, payload });
}

describe('the job reports.run', () => {
  it('keeps the document as Amazon had it, and tells where the report is', async () => {
    const given = await open.sandbox.setReport(listings, { content: Buffer.from(source) });
    const result = await run({ reportType: listings });
    expect(result).toEqual({
      reportId: expect.any(String),
      reportType: listings,
      processingStatus: 'DONE',
      documentId: expect.any(String),
      provenance: 'asked',
      copied: true,
      document: { bytes: given.wireBytes, sha256: given.wireSha256 },
    });
    // The copy is read: no token, no download.
    open.sandbox.resetCounters();
    const report = await connector.reports.get((result as { reportId: string }).reportId);
    expect(await Array.fromAsync(report.rows())).toHaveLength(2);
    const { operations, documents } = open.sandbox.counters();
    expect(operations['reports.getReportDocument']).toBeUndefined();
    expect(documents.downloads).toEqual([]);
  });

  it('writes rows to a file, or to the content store under a name', async () => {
    const toFile = await run({ reportType: listings, output: { file: file('a.csv'), as: 'csv' } });
    expect(toFile).toMatchObject({ rows: 2, output: { file: file('a.csv'), as: 'csv', bytes: 30 } });
    expect(await readFile(file('a.csv'), 'utf8')).toBe('sellerSku,quantity\r\nA,3\r\nB,4\r\n');
    const toStore = await run({ reportType: listings, output: { content: 'out/b.jsonl', as: 'jsonl' } });
    const bytes = jsonl.length;
    expect(toStore).toMatchObject({
      rows: 2,
      output: { content: 'out/b.jsonl', as: 'jsonl', bytes, sha256: sha256(jsonl) },
    });
    expect(await text(await contents.read('out/b.jsonl'))).toBe(jsonl);
    const raw = await run({ reportType: listings, output: { content: 'out/c.txt', as: 'raw' } });
    expect(raw).toMatchObject({ output: { sha256: sha256(source) } });
    expect(raw).not.toHaveProperty('rows');
  });

  it('keeps personal data sealed: neither the copy nor the rows can be read from the disk', async () => {
    await open.sandbox.setReport(shipping, {
      content: Buffer.from('order-id\torder-item-id\tsku\tbuyer-name\r\n902-1\t7\tA\tThandi Mokoena\r\n'),
    });
    const result = await run({ reportType: shipping, output: { content: 'people.jsonl', as: 'jsonl' } });
    expect(result).toMatchObject({ rows: 1, copied: true });
    expect(await text(await sealed.read('people.jsonl'))).toContain('Thandi Mokoena');
    const files = await readdir(file('sealed'), { recursive: true, withFileTypes: true });
    const kept = files.filter((one) => one.isFile());
    expect(kept.length).toBeGreaterThanOrEqual(2);
    for (const one of kept)
      expect(await readFile(join(one.parentPath, one.name), 'latin1')).not.toContain('Thandi');
    expect(JSON.stringify(result)).not.toContain('Thandi');
  });

  it('says what is missing when there is no store for it', async () => {
    await using bare = withStores({});
    const spec = { reportType: listings };
    expect(await run(spec, bare)).toMatchObject({ processingStatus: 'DONE', copied: false });
    const missing = run({ ...spec, output: { content: 'x.csv', as: 'csv' } }, bare);
    await expect(missing).rejects.toMatchObject({
      name: 'ConfigurationError',
      remedy: expect.stringContaining('write to a file'),
    });
    const sealing = run({ reportType: shipping, output: { content: 'x.csv', as: 'csv' } }, bare);
    await expect(sealing).rejects.toMatchObject({ remedy: expect.stringContaining('sealedContents') });
  });

  it('writes an empty file where no data is no error', async () => {
    const spec = { reportType: 'GET_FBA_REIMBURSEMENTS_DATA', from: '2026-11-01' };
    const output = { content: 'none.csv', as: 'csv' };
    const result = await run({ ...spec, noData: 'empty', output });
    expect(result).toMatchObject({
      processingStatus: 'CANCELLED',
      copied: false,
      rows: 0,
      output: { bytes: 0 },
    });
    await expect(run({ ...spec, output })).rejects.toMatchObject({ code: 'REPORT_CANCELLED' });
  });

  it.each([1, 2, 3, 4, 5])('asks once, also when it dies just before or after record %d', async (record) => {
    await open.sandbox.setReport(performance, { content: Buffer.from('{"salesAndTrafficByDate":[]}') });
    for (const [index, when] of (['beforeCheckpoint', 'afterCheckpoint'] as const).entries()) {
      open.sandbox.resetCounters();
      // A span of its own: all jobs have one id here.
      const payload = { reportType: performance, last: { days: 2 * record + index } };
      let died = 0;
      const crash = (n: number) => {
        if (n !== record || died > 0) return;
        died += 1;
        throw new Crash();
      };
      const result = await runJob(jobOf(connector), { backend: open.backend, payload, [when]: crash });
      expect([died, open.sandbox.counters().reports.created]).toEqual([1, 1]);
      // The third record is that of the answer.
      const lost = record === 3 && when === 'beforeCheckpoint';
      const provenance = lost ? 'found-after-lost-answer' : 'asked';
      expect(result).toMatchObject({ processingStatus: 'DONE', provenance, copied: true });
    }
  });

  it('covers the whole days before it began, also when it goes on another day', async () => {
    const clock = new ManualClock(Date.parse('2026-11-21T23:59:59Z'));
    const job = jobOf(connector, clock);
    await open.sandbox.setReport(performance, { content: Buffer.from('{"salesAndTrafficByDate":[]}') });
    const span = { reportType: performance, last: { days: 7, lagDays: 2 } };
    const result = await runJob(job, {
      ...{ backend: open.backend, payload: span },
      // Before anything was asked, it dies, and is taken up in the year after.
      async afterCheckpoint(n) {
        if (n > 1) return;
        await clock.advance(50 * 86_400_000);
        throw new Crash();
      },
    });
    const { from, to } = (await connector.reports.get((result as { reportId: string }).reportId)).report;
    expect([from, to]).toEqual([new Date('2026-11-13T00:00:00Z'), new Date('2026-11-19T23:59:59Z')]);
  });

  it.each<[string, JsonValue, RegExp]>([
    ['an unknown type', { reportType: 'GET_NOTHING' }, /not known here/],
    ['a retired type', { reportType: 'GET_V2_SETTLEMENT_REPORT_DATA_XML' }, /FLAT_FILE_V2/],
    [
      'a path that depends on who does it',
      { reportType: listings, output: { file: 'a.csv', as: 'csv' } },
      /absolute path/,
    ],
    ['a name that no store takes', { reportType: listings, output: { content: '../a', as: 'csv' } }, /name/],
    ['a format that is none', { reportType: listings, output: { content: 'a', as: 'xlsx' } }, /as/],
    [
      'personal data in a plain file',
      { reportType: shipping, output: { file: '/tmp/a.csv', as: 'csv' } },
      /personal data/,
    ],
    [
      'two ways to say the span',
      { reportType: listings, from: '2026-11-01', last: { days: 1 } },
      /either last/,
    ],
    ['a time without a zone', { reportType: listings, from: '2026-11-01T08:00:00' }, /offset/],
  ])('refuses %s when it is put in', (_, payload, says) => {
    const parsed = reportsRun({ connector: async () => connector }).payload.safeParse(payload);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toMatch(says);
  });

  it('refuses what only the account can tell before it asks, as an error of the job', async () => {
    const error = await run({ reportType: 'GET_VAT_TRANSACTION_DATA', from: '2026-10-01' }).catch(
      (one: unknown) => one,
    );
    expect(isErrorOf(error, 'ValidationError') && error.field).toBe('marketplaceIds');
    expect(open.sandbox.counters().reports.created).toBe(0);
  });
});

describe('a job that waits for its report', () => {
  it('goes on at once when it is woken, long before its next look', async () => {
    open.sandbox.setOutcome({ of: 'report', queueMs: 3_600_000, count: 1 });
    await using queues = new OperationQueues({
      jobs: [
        reportsRun({
          connector: async () => connector,
          timings: { ...hastyTimings, firstPollMs: 3_600_000, longestPollMs: 3_600_000 },
        }),
      ],
      backend: open.backend,
    });
    await queues.start();
    const account = accountId('acme-za');
    // The store says so a moment earlier, when the job itself may still find that it was woken.
    const parked = new Promise<readonly string[]>((resolve) => {
      queues.on('parked', ({ wakeOn }) => wakeOn && resolve(wakeOn));
    });
    const { jobId } = await queues.add('reports.run', {
      accountId: account,
      payload: { reportType: listings },
    });
    const [key = ''] = await parked;
    expect(key).toMatch(/^report:\d+$/);
    open.sandbox.finishWork();
    expect(await queues.wake(account, key)).toBe(true);
    expect(await queues.waitFor(jobId)).toMatchObject({ reportId: key.slice(7), processingStatus: 'DONE' });
    expect(open.sandbox.counters().operations['reports.getReport']?.requests).toBe(1);
  });
});
