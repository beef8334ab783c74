import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { ManualClock } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Clerk } from '../testing/clerk.js';
import { s3Code, sha256, transfer } from '../testing/document-wire.js';

const contentType = 'application/json; charset=UTF-8';
const reportType = 'GET_FLAT_FILE_OPEN_LISTINGS_DATA';
const report = Array.from({ length: 4_000 }, (_, i) => `TEA-${i}\t${i}\r\n`).join('');

describe('The host of the documents', () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 20));
  let sandbox: Sandbox;
  let clerk: Clerk;

  beforeAll(async () => {
    sandbox = await startSandbox({
      ...{ orders: 5, skus: 5, rateLimits: false, clock },
      reports: { queueMs: 0, progressMs: 0 },
      documents: { maxUploadBytes: 200_000 },
    });
    await sandbox.setReport(reportType, { content: report, contentType: 'text/plain;charset=UTF-8' });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    // A token of its own for each, since the clock moves on.
    clerk = new Clerk(sandbox);
    sandbox.resetCounters();
  });

  const put = (url: string, headers: Record<string, string> = { 'content-type': contentType }, body = '{}') =>
    transfer(url, { method: 'PUT', headers, body });

  async function reportUrl(): Promise<string> {
    const { reportId } = (await clerk.createReport(reportType)).json;
    const { reportDocumentId } = await clerk.report(reportId);
    return (await clerk.reportDocument(reportDocumentId)).json.url;
  }

  it('takes an upload with exactly the content type that was signed, as often as it comes', async () => {
    const { url, feedDocumentId } = await clerk.feedDocument(contentType);
    expect(url).toContain('X-Amz-Expires=300');
    expect((await put(url, { 'content-type': contentType }, '{"old":1}')).status).toBe(200);
    const answer = await put(url, { 'content-type': contentType }, '{"new":1}');
    expect(answer).toMatchObject({ status: 200, headers: { etag: expect.any(String) } });
    const { documents } = sandbox.counters();
    expect(documents.created).toBe(1);
    expect(documents.uploads.map(({ documentId, sha256: digest }) => [documentId, digest])).toEqual([
      [feedDocumentId, sha256('{"old":1}')],
      [feedDocumentId, sha256('{"new":1}')],
    ]);
  });

  it.each([
    ['another case', 'application/json; charset=utf-8'],
    ['no charset', 'application/json'],
    ['nothing', ''],
  ])('refuses an upload whose content type has %s', async (_what, sent) => {
    const { url } = await clerk.feedDocument(contentType);
    const answer = await put(url, sent === '' ? {} : { 'content-type': sent });
    expect([answer.status, s3Code(answer)]).toEqual([403, 'SignatureDoesNotMatch']);
    expect(answer.headers['content-type']).toBe('application/xml');
    expect(sandbox.counters().documents).toMatchObject({
      uploads: [],
      refused: { SignatureDoesNotMatch: 1 },
    });
  });

  it('refuses what was not signed: a changed URL, another method, Amazon’s own headers', async () => {
    const { url } = await clerk.feedDocument(contentType);
    const changed = new URL(url);
    changed.searchParams.set('X-Amz-Expires', '3000');
    expect(s3Code(await put(changed.href))).toBe('SignatureDoesNotMatch');
    expect(s3Code(await transfer(url))).toBe('SignatureDoesNotMatch');
    expect(s3Code(await put(url.split('?')[0] as string))).toBe('AccessDenied');
    const withToken = await put(url, { 'content-type': contentType, 'x-amz-access-token': 'Atza|1' });
    expect([withToken.status, s3Code(withToken)]).toEqual([403, 'AccessDenied']);
    const withAuth = await put(url, { 'content-type': contentType, authorization: 'Bearer 1' });
    expect([withAuth.status, s3Code(withAuth)]).toEqual([400, 'InvalidArgument']);
    expect(withAuth.bytes.toString()).not.toContain('Bearer 1');
    expect(sandbox.counters().documents).toMatchObject({ withCredentials: 2, uploads: [] });
  });

  it('lets a URL expire after five minutes, and gives another one', async () => {
    const url = await reportUrl();
    await clock.advance(299_999);
    expect((await transfer(url)).status).toBe(200);
    await clock.advance(1);
    const late = await transfer(url);
    expect([late.status, s3Code(late)]).toEqual([403, 'AccessDenied']);
    expect(late.bytes.toString()).toContain('<Message>Request has expired</Message>');
    const { url: upload } = await clerk.feedDocument(contentType);
    await clock.advance(300_000);
    expect(s3Code(await put(upload))).toBe('AccessDenied');
    expect((await transfer(await reportUrl())).status).toBe(200);
  });

  it('expires all URLs at once when a test wants it', async () => {
    const url = await reportUrl();
    await sandbox.faults.set({ kind: 'expire-urls' });
    expect((await transfer(url)).status).toBe(403);
    expect((await transfer(await reportUrl())).status).toBe(200);
  });

  it('gives a part of a document, if it is still the same', async () => {
    const url = await reportUrl();
    const whole = await transfer(url);
    expect(gunzipSync(whole.bytes).toString()).toBe(report);
    expect(whole.headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-type': 'text/plain;charset=UTF-8',
      'content-length': String(whole.bytes.length),
    });
    const total = whole.bytes.length;
    const etag = whole.headers.etag as string;
    const rest = await transfer(url, { headers: { range: 'bytes=1000-', 'if-range': etag } });
    expect([rest.status, rest.headers['content-range']]).toEqual([206, `bytes 1000-${total - 1}/${total}`]);
    expect(rest.bytes.equals(whole.bytes.subarray(1_000))).toBe(true);
    const tail = await transfer(url, { headers: { range: 'bytes=-10' } });
    expect(tail.bytes.equals(whole.bytes.subarray(-10))).toBe(true);
    const middle = await transfer(url, { headers: { range: 'bytes=5-9' } });
    expect(middle.bytes.equals(whole.bytes.subarray(5, 10))).toBe(true);
    expect((await transfer(url, { headers: { range: 'bytes=0-', 'if-range': '"other"' } })).status).toBe(200);
    const beyond = await transfer(url, { headers: { range: `bytes=${total}-` } });
    expect([beyond.status, s3Code(beyond), beyond.headers['content-range']]).toEqual([
      ...[416, 'InvalidRange', `bytes */${total}`],
    ]);
    expect((await transfer(url, { headers: { 'if-match': '"other"' } })).status).toBe(412);
    const { documents } = sandbox.counters();
    expect(documents.downloads.map(({ from, to, cut }) => [from, to, cut])).toEqual([
      [0, total, false],
      [1_000, total, false],
      [total - 10, total, false],
      [5, 10, false],
      [0, total, false],
    ]);
    expect(documents).toMatchObject({ bytesSent: 3 * total - 985, bytesSentAgain: 2 * total - 985 });
  });

  it('says in the answer’s Content-Encoding that it is compressed only when it was asked to', async () => {
    const { reportId } = (await clerk.createReport(reportType)).json;
    const { reportDocumentId } = await clerk.report(reportId);
    const path = `/reports/2021-06-30/documents/${reportDocumentId}`;
    const plain = await clerk.wire.get(path);
    expect(plain.json.compressionAlgorithm).toBe('GZIP');
    expect((await transfer(plain.json.url)).headers['content-encoding']).toBe('identity');
    const told = await clerk.wire.get(path, { enableContentEncodingUrlHeader: true });
    const answer = await transfer(told.json.url);
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.bytes).toString()).toBe(report);
  });

  it('wants the length of an upload beforehand, and none that is too large', async () => {
    const { url } = await clerk.feedDocument(contentType);
    const chunked = await transfer(url, {
      method: 'PUT',
      headers: { 'content-type': contentType, 'transfer-encoding': 'chunked' },
    });
    expect([chunked.status, s3Code(chunked)]).toEqual([501, 'NotImplemented']);
    const large = await put(url, { 'content-type': contentType }, 'x'.repeat(200_001));
    expect([large.status, s3Code(large)]).toEqual([400, 'EntityTooLarge']);
    const wrong = await put(url, { 'content-type': contentType, 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' });
    expect([wrong.status, s3Code(wrong)]).toEqual([400, 'BadDigest']);
  });

  it('keeps an upload of which no feed is made for two days', async () => {
    const used = await clerk.uploaded('{}', contentType);
    const unused = await clerk.uploaded('{}', contentType);
    const { feedId } = (await clerk.createFeed('JSON_LISTINGS_FEED', used)).json;
    expect(feedId).toEqual(expect.any(String));
    await clock.advance(2 * 86_400_000);
    clerk = new Clerk(sandbox);
    const late = await clerk.createFeed('JSON_LISTINGS_FEED', unused);
    expect([late.status, late.text]).toEqual([400, expect.stringContaining('has expired')]);
    expect((await clerk.wire.get(`/feeds/2021-06-30/documents/${used}`)).status).toBe(200);
    expect((await clerk.wire.get(`/feeds/2021-06-30/documents/${unused}`)).status).toBe(404);
  });

  it('takes what createUploadDestination announced, with its MD5', async () => {
    const body = 'an attachment';
    const md5 = createHash('md5').update(body).digest('base64');
    const answer = await clerk.wire.call({
      method: 'POST',
      path: '/uploads/2020-11-01/uploadDestinations/messaging%2Fv1%2Forders',
      query: {
        marketplaceIds: sandbox.credentials.marketplaceId,
        contentMD5: md5,
        contentType: 'text/plain',
      },
    });
    const { headers, url } = answer.json.payload;
    expect((await put(url, headers, body)).status).toBe(200);
    expect(s3Code(await put(url, headers, 'something else'))).toBe('BadDigest');
  });
});
