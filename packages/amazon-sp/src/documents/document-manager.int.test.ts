import { createHash } from 'node:crypto';
import { readFile, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { addresses, DocumentSuite, day, failureOf, listings, table } from '../../testing/document-suite.js';
import type { AmazonSPConnector } from '../connector.js';

const suite = new DocumentSuite();

describe('a document for a feed', () => {
  const json = 'application/json; charset=UTF-8';

  it('is sent with exactly its content type and no header of Amazon’s, and can be read back', async () => {
    const content = '{"messages":[]}';
    const documentId = await suite.connector.documents.createDocument(json);
    await suite.connector.documents.uploadDocumentContent(documentId, content);
    expect(suite.rig.sandbox.counters().documents).toMatchObject({
      ...{ created: 1, withCredentials: 0, refused: {} },
      uploads: [{ documentId, bytes: content.length }],
    });
    expect(Buffer.from(await suite.connector.documents.getDocumentContent(documentId)).toString()).toBe(
      content,
    );
    const metadata = await suite.connector.documents.metadata(documentId);
    expect(metadata).toMatchObject({ documentId, contentType: json, uploaded: { bytes: content.length } });
    expect((metadata?.unusedUntil?.getTime() ?? 0) - (metadata?.knownSince.getTime() ?? 0)).toBe(2 * day);
  });

  it.each<[string, () => Parameters<AmazonSPConnector['documents']['uploadDocumentContent']>[1]]>([
    ['text', () => table],
    ['bytes', () => Buffer.from(table)],
    ['a stream', () => Readable.from([table.slice(0, 999), table.slice(999)])],
    ['what can be opened again', () => ({ open: () => Readable.from([table]), bytes: table.length })],
  ])('is kept of %s before it is sent, and sent of the copy', async (_, content) => {
    const documentId = await suite.connector.documents.createDocument('text/plain; charset=UTF-8');
    await suite.connector.documents.uploadDocumentContent(documentId, content(), { keep: true });
    const sha256 = createHash('sha256').update(table).digest('hex');
    expect(suite.rig.sandbox.counters().documents.uploads).toMatchObject([{ documentId, sha256 }]);
    expect(await suite.connector.documents.metadata(documentId)).toMatchObject({
      kept: { sha256 },
      uploaded: { sha256 },
    });
    await suite.rig.sandbox.faults.set({ kind: 'outage' });
    expect(Buffer.from(await suite.connector.documents.getDocumentContent(documentId)).toString()).toBe(
      table,
    );
  });

  it('is kept of a file; one that cannot be read is told, and nothing is sent', async () => {
    const documentId = await suite.connector.documents.createDocument('text/plain; charset=UTF-8');
    const upload = (file: string) =>
      suite.connector.documents.uploadDocumentContent(documentId, { file }, { keep: true });
    expect(await failureOf(upload('/nowhere/feed.txt'))).toMatchObject({ field: 'file' });
    expect(suite.rig.sandbox.counters().documents.uploads).toEqual([]);
    const file = fileURLToPath(import.meta.url);
    await upload(file);
    const sent = Buffer.from(await suite.connector.documents.getDocumentContent(documentId));
    expect(sent.equals(await readFile(file))).toBe(true);
  });

  it('with personal data is kept sealed only', async () => {
    const documentId = await suite.connector.documents.createDocument('text/plain; charset=UTF-8');
    await suite.connector.documents.uploadDocumentContent(documentId, table, {
      keep: true,
      restricted: true,
    });
    expect(await suite.rig.onDisk('contents')).toEqual([]);
    expect(await suite.connector.documents.metadata(documentId)).toMatchObject({
      ...{ restricted: true, kept: { store: 'sealedContents' } },
    });
  });

  it('is uploaded by another process than the one that made it, on the same backend', async () => {
    const documentId = await suite.connector.documents.createDocument(json);
    await suite.rig.connect().documents.uploadDocumentContent(documentId, '{}');
    expect(suite.rig.sandbox.counters().documents.uploads).toHaveLength(1);
  });

  it('whose URL has ended, or that was not made here, is refused before anything is sent', async () => {
    const documentId = await suite.connector.documents.createDocument(json);
    suite.nowMs += 5 * 60_000;
    const ended = await failureOf(suite.connector.documents.uploadDocumentContent(documentId, '{}'));
    expect(ended).toMatchObject({ code: 'DOCUMENT_URL_EXPIRED', retryable: true });
    const strange = await failureOf(
      suite.connector.documents.uploadDocumentContent('amzn1.tortuga.4.eu.x', '{}'),
    );
    expect(strange.code).toBe('DOCUMENT_NOT_FOUND');
    expect(strange.remedy).toContain('createDocument');
    expect(suite.rig.sandbox.counters().documents.uploads).toEqual([]);
  });
});

describe('deleting and sweeping', () => {
  it('deletes the copy and all that is known; twice does no harm', async () => {
    const ref = await suite.rig.report(listings, table);
    await suite.read(ref);
    await suite.connector.documents.deleteDocument(ref.documentId);
    await suite.connector.documents.deleteDocument(ref.documentId);
    expect(await suite.connector.documents.metadata(ref.documentId)).toBeUndefined();
    expect(await suite.rig.onDisk()).toEqual([]);
    expect(await Array.fromAsync(suite.connector.documents.list())).toEqual([]);
    expect(await suite.rig.backend.keyValues.keys('sp-api/document')).toEqual([]);
  });

  it('does not forget a copy that it cannot delete', async () => {
    const ref = await suite.rig.report(addresses, table);
    await suite.read(ref);
    const { documents } = suite.rig.connect({ sealedContents: undefined });
    expect(await failureOf(documents.deleteDocument(ref.documentId))).toMatchObject({
      field: 'sealedContents',
    });
    await documents.sweep(new Date(suite.nowMs + 40 * day));
    expect(await suite.connector.documents.metadata(ref.documentId)).toBeDefined();
  });

  it('sweeps what has outlived its retention, restricted documents by their own', async () => {
    const config = { retention: { documentsDays: 90, restrictedDocumentsDays: 10 } };
    const { documents } = suite.rig.connect({}, config);
    const plain = await suite.rig.report(listings, table);
    const personal = await suite.rig.report(addresses, table);
    await text((await documents.openDocument(plain, { keep: true })).bytes);
    await text((await documents.openDocument(personal, { keep: true })).bytes);
    expect(await documents.sweep(new Date(suite.nowMs + 9 * day))).toMatchObject({ documents: 0, copies: 0 });
    expect(await documents.sweep(new Date(suite.nowMs + 11 * day))).toMatchObject({
      documents: 1,
      copies: 1,
    });
    expect(await suite.rig.onDisk('sealed')).toEqual([]);
    const left = await Array.fromAsync(documents.list());
    expect(left.map(({ documentId }) => documentId)).toEqual([plain.documentId]);
    const swept = await documents.sweep(new Date(suite.nowMs + 91 * day));
    expect(swept).toMatchObject({ documents: 1, copies: 1 });
    expect(swept.bytes).toBeGreaterThan(1_000);
    expect(await suite.rig.onDisk()).toEqual([]);
  });

  it('sweeps copies that nothing points to, damaged ones too, and leaves those of others', async () => {
    const kept = await suite.rig.report(listings, table);
    await suite.read(kept);
    const write = (name: string) => suite.rig.contents.write(name, Readable.from(['left over']));
    await write('documents/acme-za/dangling');
    await write('documents/acme-za/broken');
    await write('documents/another-account/theirs');
    await write('feeds/acme-za/given-up');
    const broken = (await suite.rig.onDisk()).find(({ path }) => path.includes('broken'));
    await truncate(broken?.path ?? '', 5);
    // What was written just now may be about to be recorded.
    expect(await suite.connector.documents.sweep()).toMatchObject({ documents: 0, copies: 1 });
    expect(await suite.connector.documents.sweep(new Date(suite.nowMs + 2 * 60 * 60_000))).toMatchObject({
      copies: 1,
    });
    expect(await suite.connector.documents.sweep(new Date(suite.nowMs + 29 * day))).toMatchObject({
      copies: 0,
    });
    expect(await suite.read(kept)).toBe(table);
    expect(suite.asked().downloads).toBe(1);
    expect(await suite.connector.documents.sweep(new Date(suite.nowMs + 31 * day))).toMatchObject({
      documents: 1,
      copies: 2,
    });
    const names = (await Array.fromAsync(suite.rig.contents.list())).map(({ name }) => name);
    expect(names).toEqual(['documents/another-account/theirs']);
    await suite.rig.contents.delete('documents/another-account/theirs');
  });

  it('lists by kind and by whether there is a copy', async () => {
    const kept = await suite.rig.report(listings, table);
    await suite.read(kept);
    const made = await suite.connector.documents.createDocument('text/plain; charset=UTF-8');
    const idsOf = async (query: Parameters<AmazonSPConnector['documents']['list']>[0]) =>
      (await Array.fromAsync(suite.connector.documents.list(query))).map(({ documentId }) => documentId);
    expect(new Set(await idsOf({}))).toEqual(new Set([kept.documentId, made]));
    expect(await idsOf({ kind: 'report' })).toEqual([kept.documentId]);
    expect(await idsOf({ kept: false })).toEqual([made]);
    expect(await idsOf({ kept: true, kind: 'feedResult' })).toEqual([]);
  });
});
