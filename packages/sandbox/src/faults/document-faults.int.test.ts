import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Clerk } from '../testing/clerk.js';
import { failureOf, transfer } from '../testing/document-wire.js';

const reportType = 'GET_FLAT_FILE_OPEN_LISTINGS_DATA';
const contentType = 'text/tab-separated-values; charset=UTF-8';
const content = Buffer.alloc(300_000, 'sku\tprice\n');

describe('Faults of documents', () => {
  let sandbox: Sandbox;
  let clerk: Clerk;
  let url: string;

  beforeAll(async () => {
    sandbox = await startSandbox({
      ...{ orders: 5, skus: 5, rateLimits: false, reports: { queueMs: 0, progressMs: 0 } },
    });
    clerk = new Clerk(sandbox);
    await sandbox.setReport(reportType, { content, compression: 'none' });
    const { reportId } = (await clerk.createReport(reportType)).json;
    const { reportDocumentId } = await clerk.report(reportId);
    url = (await clerk.reportDocument(reportDocumentId)).json.url;
  });
  beforeEach(() => sandbox.resetCounters());
  afterEach(() => sandbox.faults.clear());
  afterAll(() => sandbox.close());

  const rest = (from: number) => transfer(url, { headers: { range: `bytes=${from}-` } });

  it('cut a download after some bytes, which the other side then has', async () => {
    await sandbox.faults.set({
      ...{ kind: 'reset-mid-body', afterBytes: 100_000, operation: 'documents.get', count: 1 },
    });
    const cut = await transfer(url);
    expect([cut.status, cut.bytes.length, cut.broken]).toEqual([200, 100_000, 'ECONNRESET']);
    const more = await rest(100_000);
    expect([more.status, Buffer.concat([cut.bytes, more.bytes]).equals(content)]).toEqual([206, true]);
    expect(sandbox.counters().documents).toMatchObject({
      downloads: [
        { from: 0, to: 100_000, cut: true, status: 200 },
        { from: 100_000, to: 300_000, cut: false, status: 206 },
      ],
      ...{ bytesSent: 300_000, bytesSentAgain: 0 },
    });
  });

  it('end it too early, as if it had never been longer', async () => {
    await sandbox.faults.set({ kind: 'truncate', toBytes: 1_000, count: 1 });
    const short = await transfer(url);
    expect([short.bytes.length, short.headers['content-length'], short.broken]).toEqual([
      1_000,
      '1000',
      undefined,
    ]);
    expect((await transfer(url)).bytes.length).toBe(300_000);
  });

  it('change one byte of it, also within a range', async () => {
    await sandbox.faults.set({ kind: 'damage', atByte: 150_000 });
    for (const [from, answer] of [
      [0, await transfer(url)],
      [140_000, await rest(140_000)],
    ] as const) {
      const different = [...answer.bytes.keys()].filter((at) => answer.bytes[at] !== content[from + at]);
      expect(different).toEqual([150_000 - from]);
    }
  });

  it('send the whole although a part was asked for, or another document', async () => {
    await sandbox.faults.set({ kind: 'ignore-range', count: 1 });
    const whole = await rest(200_000);
    expect([whole.status, whole.bytes.length]).toEqual([200, 300_000]);
    const { headers } = await transfer(url);
    await sandbox.faults.set({ kind: 'change-document', count: 1 });
    const other = await transfer(url, {
      headers: { range: 'bytes=10-', 'if-range': headers.etag as string },
    });
    expect([other.status, other.headers.etag === headers.etag]).toEqual([200, false]);
  });

  it('announce more than comes', async () => {
    await sandbox.faults.set({ kind: 'wrong-length', byBytes: 7, count: 1 });
    const short = await transfer(url);
    expect([short.headers['content-length'], short.bytes.length]).toEqual(['300007', 300_000]);
    expect(short.broken).toBe('ECONNRESET');
  });

  it('send it slowly, or stop in the middle until the other side goes', async () => {
    await sandbox.faults.set({
      kind: 'bandwidth',
      bytesPerSecond: 2_000_000,
      operation: 'documents.get',
      count: 1,
    });
    const started = performance.now();
    expect((await transfer(url)).bytes.length).toBe(300_000);
    expect(performance.now() - started).toBeGreaterThan(100);
    await sandbox.faults.set({ kind: 'stall', afterBytes: 50_000, count: 1 });
    const response = await fetch(url);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let got = 0;
    while (got < 50_000) got += (await reader.read()).value?.length ?? 0;
    const silence = await Promise.race([
      reader.read().then(() => 'more came'),
      new Promise((resolve) => setTimeout(() => resolve('silence'), 60)),
    ]);
    expect([got, silence]).toEqual([50_000, 'silence']);
    await reader.cancel();
    while (sandbox.counters().documents.downloads.length < 2)
      await new Promise((wait) => setTimeout(wait, 5));
    expect(sandbox.counters().documents.downloads[1]).toMatchObject({ to: 50_000, cut: true });
  });

  it('stop in the middle also for one who leaves before, while it comes slowly', async () => {
    await sandbox.faults.set({ kind: 'bandwidth', bytesPerSecond: 4, operation: 'documents.get', count: 1 });
    await sandbox.faults.set({ kind: 'stall', afterBytes: 1, count: 1 });
    const reader = ((await fetch(url)).body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value?.length).toBe(1);
    await reader.cancel();
    while (sandbox.counters().documents.downloads.length < 1)
      await new Promise((wait) => setTimeout(wait, 5));
    expect(sandbox.counters().documents.downloads).toMatchObject([{ from: 0, to: 1, cut: true }]);
  });

  it('say GZIP of what is plain, and nothing of what is packed', async () => {
    await sandbox.setReport(reportType, { content: 'packed' });
    const { reportId } = (await clerk.createReport(reportType)).json;
    const packed = (await clerk.report(reportId)).reportDocumentId;
    await sandbox.faults.set({ kind: 'wrong-label' });
    const said = (await clerk.reportDocument(packed)).json;
    expect(said.compressionAlgorithm).toBeUndefined();
    expect(gunzipSync((await transfer(said.url)).bytes).toString()).toBe('packed');
    await sandbox.setReport(reportType, { content: 'plain', compression: 'none' });
    const second = (await clerk.createReport(reportType)).json.reportId;
    const plain = (await clerk.report(second)).reportDocumentId;
    expect((await clerk.reportDocument(plain)).json.compressionAlgorithm).toBe('GZIP');
  });

  it('lose the answer of an upload that was kept, or do not let it arrive', async () => {
    const upload = async () => {
      const document = await clerk.feedDocument(contentType);
      const body = { method: 'PUT', headers: { 'content-type': contentType }, body: 'sku\n' };
      return { document, outcome: await failureOf(transfer(document.url, body)) };
    };
    await sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'documents.put', count: 1 });
    const lost = await upload();
    expect(lost.outcome).toBe('ECONNRESET');
    await sandbox.faults.set({ kind: 'drop', when: 'before', operation: 'documents.put', count: 1 });
    expect((await upload()).outcome).toBe('ECONNRESET');
    expect(sandbox.counters().documents.uploads).toMatchObject([
      { documentId: lost.document.feedDocumentId, bytes: 4, cut: true },
    ]);
  });

  it('answer with S3’s errors, and take the host away', async () => {
    await sandbox.faults.set({ kind: 'error', status: 503, operation: 'documents.*', count: 1 });
    const slow = await transfer(url);
    expect([slow.status, slow.bytes.toString()]).toEqual([
      503,
      expect.stringContaining('<Code>SlowDown</Code>'),
    ]);
    const id = await sandbox.faults.set({ kind: 'outage', hosts: ['documents'] });
    // A kept connection is reset, a new one refused.
    expect(await failureOf(transfer(url))).toMatch(/^ECONN(RESET|REFUSED)$/);
    expect((await clerk.wire.get('/sellers/v1/account')).status).toBe(200);
    await sandbox.faults.clear(id);
    expect((await transfer(url)).status).toBe(200);
  });
});
