import { createHash } from 'node:crypto';
import { appendFile, rm, truncate, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { addresses, DocumentSuite, day, failureOf, listings, table } from '../../testing/document-suite.js';
import type { DocumentRef } from './document-ref.js';

const suite = new DocumentSuite();

describe('a kept copy', () => {
  it('is read without a token or a download, by other connectors and after the document has gone at Amazon', async () => {
    const ref = await suite.rig.report(listings, table);
    expect(await suite.read(ref)).toBe(table);
    await suite.rig.sandbox.faults.set({ kind: 'outage' });
    suite.nowMs += day;
    const document = await suite.rig.connect().documents.openDocument(ref);
    expect(document).toMatchObject({ from: 'kept copy', contentType: 'text/plain;charset=UTF-8' });
    expect(await text(document.bytes)).toBe(table);
    expect(await document.facts).toMatchObject({ bytes: document.totalBytes, drops: 0 });
    expect(suite.asked()).toEqual({ urls: 1, downloads: 1 });
  });

  it('lies as it came over the wire, and its metadata says where, how large, until when', async () => {
    const ref = await suite.rig.report(listings, table);
    await suite.read(ref);
    const [file] = await suite.rig.onDisk();
    const metadata = await suite.connector.documents.metadata(ref.documentId);
    const { bytes = 0, sha256 } = metadata?.kept ?? {};
    const wire = file?.bytes.subarray(0, bytes) as Buffer;
    expect(gunzipSync(wire).toString()).toBe(table);
    expect(createHash('sha256').update(wire).digest('hex')).toBe(sha256);
    expect(metadata).toMatchObject({
      ...{ documentId: ref.documentId, kind: 'report', reportType: listings, restricted: false },
      ...{ contentType: 'text/plain;charset=UTF-8', kept: { store: 'contents' } },
      deleteAfter: new Date((metadata?.knownSince.getTime() ?? 0) + 30 * day),
    });
    expect(metadata?.url).toContain('X-Amz-Signature');
    suite.nowMs += 5 * 60_000;
    expect((await suite.connector.documents.metadata(ref.documentId))?.url).toBe('');
  });

  it('is made once, however many want it at the same time', async () => {
    const ref = await suite.rig.report(listings, table);
    const others = [suite.connector, suite.rig.connect(), suite.rig.connect()];
    const documents = await Promise.all(
      others.flatMap(({ documents }) => [1, 2].map(() => documents.openDocument(ref, { keep: true }))),
    );
    for (const { bytes, from } of documents) expect([from, await text(bytes)]).toEqual(['kept copy', table]);
    expect(suite.asked()).toEqual({ urls: 1, downloads: 1 });
  });

  it.each<[string, (path: string) => Promise<void>, string]>([
    ['cut off', (path) => truncate(path, 2_000), 'DOCUMENT_DAMAGED'],
    ['grown', (path) => appendFile(path, 'more'), 'DOCUMENT_DAMAGED'],
    ['emptied', (path) => writeFile(path, ''), 'DOCUMENT_DAMAGED'],
  ])('that was %s is refused, dropped, and fetched anew by the next opening', async (_, change, code) => {
    const ref = await suite.rig.report(listings, table);
    await suite.read(ref);
    await change(await suite.copyFile());
    const error = await failureOf(suite.read(ref));
    expect(error).toMatchObject({ name: 'DocumentError', code, account: 'acme-za', retryable: true });
    expect(error.message).toContain(ref.documentId);
    expect(await suite.read(ref)).toBe(table);
    expect(suite.asked().downloads).toBe(2);
  });

  it('whose bytes were changed is refused by its digest, though its length is right', async () => {
    const ref = await suite.rig.report(listings, table, false);
    await suite.read(ref);
    const path = await suite.copyFile();
    const [file] = await suite.rig.onDisk();
    const bytes = Buffer.from(file?.bytes ?? []);
    bytes.write('SKU-X', bytes.indexOf('SKU-9'));
    await writeFile(path, bytes);
    const document = await suite.connector.documents.openDocument(ref);
    const error = await failureOf(text(document.bytes));
    expect(error).toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_DAMAGED' });
    expect(error.message).toContain('digest');
    expect(await suite.read(ref)).toBe(table);
  });

  it('that was replaced by another content of the store is refused by what was recorded', async () => {
    const ref = await suite.rig.report(listings, table);
    await suite.read(ref);
    const { kept } = (await suite.connector.documents.metadata(ref.documentId)) ?? {};
    await suite.rig.contents.write(kept?.name ?? '', Readable.from([gzipSync('sku\tquantity\nFORGED\t1\n')]));
    expect((await failureOf(suite.read(ref))).code).toBe('DOCUMENT_DAMAGED');
    expect(await suite.read(ref)).toBe(table);
  });

  it('that was deleted behind our back is fetched anew', async () => {
    const ref = await suite.rig.report(listings, table);
    await suite.read(ref);
    const { kept } = (await suite.connector.documents.metadata(ref.documentId)) ?? {};
    await suite.rig.contents.delete(kept?.name ?? '');
    expect(await suite.read(ref)).toBe(table);
    expect(suite.asked().downloads).toBe(2);
  });

  it('of bytes that Amazon itself has damaged is dropped, so that the next opening asks again', async () => {
    const ref = await suite.rig.report(listings, table);
    await suite.rig.sandbox.faults.set({ kind: 'damage', atByte: 2_000, count: 1 });
    expect((await failureOf(suite.read(ref))).code).toBe('DOCUMENT_DAMAGED');
    expect(await suite.read(ref)).toBe(table);
  });

  it('is not made of a download that did not end well', async () => {
    const ref = await suite.rig.report(listings, table, false);
    await suite.rig.sandbox.faults.set({
      kind: 'reset-mid-body',
      operation: 'documents.get',
      afterBytes: 5_000,
      count: 1,
    });
    await suite.rig.sandbox.faults.set({ kind: 'change-document', count: 1 });
    expect((await failureOf(suite.read(ref))).code).toBe('DOCUMENT_CHANGED');
    expect(await suite.rig.onDisk()).toEqual([]);
    await suite.rig.sandbox.faults.clear();
    expect(await suite.read(ref)).toBe(table);
  });

  it('whose process ended before it could record it is found, whole, and not fetched again', async () => {
    const ref = await suite.rig.report(listings, table);
    await expect(dyingAtRecord().openDocument(ref, { keep: true })).rejects.toThrow('the process ends here');
    expect(await suite.rig.onDisk()).toHaveLength(1);
    expect(await suite.connector.documents.metadata(ref.documentId)).not.toHaveProperty('kept');
    expect(await suite.read(ref)).toBe(table);
    expect(suite.asked()).toEqual({ urls: 1, downloads: 1 });
  });

  it('whose process ended before it could record it goes with its document, too', async () => {
    const ref = await suite.rig.report(listings, table);
    await expect(dyingAtRecord().openDocument(ref, { keep: true })).rejects.toThrow('the process ends here');
    await suite.connector.documents.deleteDocument(ref.documentId);
    expect(await suite.rig.onDisk()).toEqual([]);
  });

  it('is refused without a store, with what to do', async () => {
    const ref = await suite.rig.report(listings, table);
    const { documents } = suite.rig.connect({ contents: undefined });
    const error = await failureOf(documents.openDocument(ref, { keep: true }));
    expect(error).toMatchObject({ name: 'ConfigurationError', field: 'contents' });
    expect(error.remedy).toContain('openContentStore');
    expect(suite.asked()).toEqual({ urls: 0, downloads: 0 });
  });

  it('is not made when there is no room, which is told; what was there stays', async () => {
    const large = Buffer.alloc(2 ** 20, 'Motlhabine ');
    const ref = await suite.rig.report(listings, large, false);
    const child = suite.rig.startKeeping(ref, 256);
    let news = await child.next();
    while ('copied' in news) news = await child.next();
    expect(news).toMatchObject({ error: { code: 'DOCUMENT_STORE_FULL' } });
    expect(await suite.rig.onDisk()).toEqual([]);
    expect(await suite.read(ref)).toBe(large.toString());
  });
});

describe('a restricted document', () => {
  const buyer = 'Thandiwe Mokoena, 12 Loop Street';
  const personal = `order-id\tship-address-1\n${`701-1\t${buyer}\n`.repeat(50)}`;

  it('is asked for with a restricted data token, and may be read without being kept', async () => {
    const ref = await suite.rig.report(addresses, personal);
    const { documents } = suite.rig.connect({ sealedContents: undefined });
    expect(await text((await documents.openDocument(ref)).bytes)).toBe(personal);
    const { operations } = suite.rig.sandbox.counters();
    expect(operations['tokens.createRestrictedDataToken']?.served).toBe(1);
  });

  it('is not kept where nothing is sealed: refused before anything is asked, naming the remedy', async () => {
    const ref = await suite.rig.report(addresses, personal);
    const { documents } = suite.rig.connect({ sealedContents: undefined });
    const error = await failureOf(documents.openDocument(ref, { keep: true }));
    expect(error).toMatchObject({ name: 'ConfigurationError', field: 'sealedContents', account: 'acme-za' });
    expect(error.remedy).toContain('SealedContentStore');
    expect(suite.asked()).toEqual({ urls: 0, downloads: 0 });
    expect(await suite.rig.onDisk()).toEqual([]);
  });

  it.each([true, false])('lies sealed, and nowhere on the disk in plain (gzip: %s)', async (gzip) => {
    const ref = await suite.rig.report(addresses, personal, gzip);
    expect(await suite.read(ref)).toBe(personal);
    expect(await suite.rig.onDisk('contents')).toEqual([]);
    const files = await suite.rig.onDisk('sealed');
    expect(files.length).toBeGreaterThan(0);
    for (const { bytes } of files) {
      for (const plain of ['Thandiwe', 'order-id']) expect(bytes.includes(plain, 0, 'latin1')).toBe(false);
    }
    expect(await suite.read(ref)).toBe(personal);
    expect(suite.asked()).toEqual({ urls: 1, downloads: 1 });
    expect((await suite.connector.documents.metadata(ref.documentId))?.kept?.store).toBe('sealedContents');
  });

  it('whose sealed copy was changed by one bit is refused, dropped and fetched anew', async () => {
    const ref = await suite.rig.report(addresses, personal, false);
    await suite.read(ref);
    const path = await suite.copyFile('sealed');
    const bytes = Buffer.from(
      (await suite.rig.onDisk('sealed')).find((file) => file.path === path)?.bytes ?? [],
    );
    bytes[100] = (bytes[100] as number) ^ 1;
    await writeFile(path, bytes);
    const error = await failureOf(suite.read(ref));
    expect(error).toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_DAMAGED', retryable: true });
    expect(await suite.read(ref)).toBe(personal);
  });

  it('whose sealed body was taken away while its key stayed is dropped and fetched anew', async () => {
    const ref = await suite.rig.report(addresses, table);
    await suite.read(ref);
    await rm(await suite.copyFile('sealed'));
    const { code, retryable } = await failureOf(suite.read(ref));
    expect([code, retryable]).toEqual(['DOCUMENT_DAMAGED', true]);
    expect(await suite.read(ref)).toBe(table);
    expect(suite.asked().downloads).toBe(2);
  });

  it('whose plain copy is found, because nobody knew then, is kept sealed from then on', async () => {
    const unknown = 'GET_SOMETHING_NEWER_THAN_THE_TABLE';
    const ref = await suite.rig.report(unknown, personal, false);
    await suite.read(ref);
    expect((await suite.rig.onDisk('contents')).length).toBe(1);
    expect(await suite.read({ ...ref, restricted: true } as DocumentRef)).toBe(personal);
    expect(await suite.rig.onDisk('contents')).toEqual([]);
    expect(await suite.read(ref)).toBe(personal);
    expect(suite.asked().downloads).toBe(2);
  });
});

/** Documents of a process that ends when it has a copy and is about to record it. */
function dyingAtRecord() {
  const { backend } = suite.rig;
  const keyValues = new Proxy(backend.keyValues, {
    get(target, property) {
      const value = Reflect.get(target, property);
      if (property !== 'set') return typeof value === 'function' ? value.bind(target) : value;
      return async (key: string, record: object, ...rest: never[]) => {
        if ('kept' in record) throw new Error('the process ends here');
        return value.call(target, key, record, ...rest);
      };
    },
  });
  const dying = new Proxy(backend, {
    get: (target, property) => (property === 'keyValues' ? keyValues : Reflect.get(target, property)),
  });
  return suite.rig.connect({ backend: dying }).documents;
}
