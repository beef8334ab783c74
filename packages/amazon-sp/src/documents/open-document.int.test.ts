import { createHash } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import { isErrorOf, sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { DocumentSuite, failureOf, listings, table } from '../../testing/document-suite.js';

const suite = new DocumentSuite();

describe('a document that is opened', () => {
  it('comes decompressed, with its content type, its digest on the wire and its size', async () => {
    const ref = await suite.rig.report(listings, table);
    const document = await suite.connector.documents.openDocument(ref);
    expect(document).toMatchObject({ from: 'amazon', contentType: 'text/plain;charset=UTF-8', ref });
    expect(await text(document.bytes)).toBe(table);
    const facts = await document.facts;
    expect(facts).toMatchObject({ bytes: document.totalBytes, drops: 0 });
    expect(facts.bytes).toBeLessThan(table.length / 2);
    expect(suite.rig.sandbox.counters().documents.withCredentials).toBe(0);
    expect(await suite.rig.onDisk()).toEqual([]);
  });

  it('asks for no second URL as long as the first is good, and for one when it has ended', async () => {
    const ref = await suite.rig.report(listings, table);
    expect(await suite.read(ref, false)).toBe(table);
    expect(await suite.read(ref, false)).toBe(table);
    expect(suite.asked()).toEqual({ urls: 1, downloads: 2 });
    suite.nowMs += 5 * 60_000;
    expect(await suite.read(ref, false)).toBe(table);
    expect(suite.asked().urls).toBe(2);
  });

  it('takes a new URL when its host says that the one it has is over', async () => {
    const ref = await suite.rig.report(listings, table);
    expect(await suite.read(ref, false)).toBe(table);
    await suite.rig.sandbox.faults.set({ kind: 'expire-urls' });
    expect(await suite.read(ref, false)).toBe(table);
    expect(suite.asked().urls).toBe(2);
  });

  it('goes on at the byte where its connection broke', async () => {
    const ref = await suite.rig.report(listings, table, false);
    await suite.rig.sandbox.faults.set({
      kind: 'reset-mid-body',
      operation: 'documents.get',
      afterBytes: 9_000,
      count: 2,
    });
    const document = await suite.connector.documents.openDocument(ref);
    expect(await text(document.bytes)).toBe(table);
    expect(await document.facts).toMatchObject({
      drops: 2,
      sha256: createHash('sha256').update(table).digest('hex'),
    });
    expect(suite.rig.sandbox.counters().documents.bytesSentAgain).toBe(0);
  });

  it('tells what ended it to whoever reads it and to whoever waits for its facts', async () => {
    const ref = await suite.rig.report(listings, table);
    await suite.rig.sandbox.faults.set({ kind: 'truncate', toBytes: 3_000 });
    const document = await suite.connector.documents.openDocument(ref);
    expect((await failureOf(text(document.bytes))).code).toBe('DOCUMENT_TRUNCATED');
    expect((await failureOf(document.facts)).code).toBe('DOCUMENT_TRUNCATED');
  });

  it('is given up at once when aborted while another process, which may be dead, holds its record', async () => {
    const ref = await suite.rig.report(listings, table);
    const { accountId } = suite.connector.config;
    const held = Promise.withResolvers<void>();
    const record = `sp-api/documents/${accountId}/${ref.documentId}/record`;
    const holding = suite.rig.backend.locks.withLock(record, () => held.promise);
    const controller = new AbortController();
    const reason = new Error('The job was cancelled.');
    const opening = suite.connector.documents.openDocument(ref, { signal: controller.signal }).then(
      () => 'opened',
      (error: unknown) => error,
    );
    try {
      expect(await Promise.race([opening, sleep(20)])).toBeUndefined();
      controller.abort(reason);
      // The other one holds it still.
      expect(await opening).toBe(reason);
    } finally {
      held.resolve();
    }
    await holding;
  });

  it('ends at once when it is closed or aborted, and nothing is left open', async () => {
    const ref = await suite.rig.report(listings, table);
    // So that it surely has not come whole by then.
    await suite.rig.sandbox.faults.set({ kind: 'stall', afterBytes: 1_000 });
    const closed = await suite.connector.documents.openDocument(ref);
    closed.close();
    closed.close();
    expect((await failureOf(closed.facts)).code).toBe('DOCUMENT_INTERRUPTED');
    const controller = new AbortController();
    const aborted = await suite.connector.documents.openDocument(ref, { signal: controller.signal });
    const reason = new DOMException('Enough.', 'AbortError');
    controller.abort(reason);
    await expect(text(aborted.bytes)).rejects.toBe(reason);
    await expect(suite.connector.documents.openDocument(ref, { signal: controller.signal })).rejects.toBe(
      reason,
    );
    // Its host sees both connections end.
    while (suite.asked().downloads < 2) await sleep(5);
  });

  it('that has no id is refused before anything is asked', async () => {
    const error = await failureOf(
      suite.connector.documents.openDocument({ kind: 'feedResult', documentId: '' }),
    );
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', field: 'documentId' });
  });
});

describe('a whole content', () => {
  it('comes of what is known, without saying again what kind of document it is', async () => {
    const ref = await suite.rig.report(listings, table);
    const first = await suite.connector.documents.getDocumentContent(ref.documentId, { ref, keep: true });
    expect(Buffer.from(first).toString()).toBe(table);
    expect(Buffer.from(await suite.connector.documents.getDocumentContent(ref.documentId)).toString()).toBe(
      table,
    );
    expect(suite.asked()).toEqual({ urls: 1, downloads: 1 });
  });

  it('that is larger than asked for is refused with the name of what can read it', async () => {
    const ref = await suite.rig.report(listings, table);
    const { documentId } = ref;
    const error = await failureOf(
      suite.connector.documents.getDocumentContent(documentId, { ref, maxBytes: 10_000 }),
    );
    expect(error).toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_TOO_LARGE' });
    expect(error.remedy).toContain('openDocument');
    const exact = { ref, maxBytes: table.length };
    expect(await suite.connector.documents.getDocumentContent(documentId, exact)).toHaveLength(table.length);
  });

  it('of a document of which nothing is known is refused with what to pass', async () => {
    const error = await failureOf(suite.connector.documents.getDocumentContent('amzn1.tortuga.4.eu.unknown'));
    expect(error.code).toBe('DOCUMENT_NOT_FOUND');
    expect(error.remedy).toContain('kind: "report"');
  });
});

describe('secrets of documents', () => {
  it('no URL lies in the plain key values, nor stands in an error', async () => {
    const { secureKeyValues, values } = apart();
    const { documents } = suite.rig.connect({ secureKeyValues });
    const ref = await suite.rig.report(listings, table);
    await documents.createDocument('text/plain');
    await buffer((await documents.openDocument(ref)).bytes);
    expect([...values.keys()].filter((key) => key.startsWith('sp-api/document-urls/'))).toHaveLength(2);
    for (const key of await suite.rig.backend.keyValues.keys('')) {
      expect(JSON.stringify(await suite.rig.backend.keyValues.get(key))).not.toContain('X-Amz-Signature');
    }
    await suite.rig.sandbox.faults.set({ kind: 'truncate', toBytes: 10 });
    const error = await failureOf(documents.openDocument(ref).then((document) => text(document.bytes)));
    expect(isErrorOf(error, 'DocumentError')).toBe(true);
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('X-Amz-Signature');
  });

  function apart() {
    const values = new Map<string, never>();
    return {
      values,
      secureKeyValues: {
        get: async (key: string) => values.get(key),
        set: async (key: string, value: unknown) => void values.set(key, value as never),
        delete: async (key: string) => void values.delete(key),
        keys: async (prefix: string) => [...values.keys()].filter((key) => key.startsWith(prefix)),
      },
    };
  }
});
