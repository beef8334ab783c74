import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { openDocumentRig } from '../../testing/document-rig.js';
import { listings, table } from '../../testing/document-suite.js';

const here = import.meta.url;

/** The lines between the two marks of this file, as the README shows them. */
async function example(): Promise<string> {
  const lines = (await readFile(new URL('./readme.int.test.ts', here), 'utf8')).split('\n');
  const from = lines.findIndex((line) => line.includes('begin: documents'));
  const to = lines.findIndex((line) => line.includes('end: documents'));
  return lines
    .slice(from + 1, to)
    .map((line) => line.slice(2))
    .join('\n');
}

it('the README shows how documents are sent, opened and kept, which runs', async () => {
  await using rig = await openDocumentRig();
  const amazon = rig.connect();
  const ref = await rig.report(listings, table);
  let size = 0;
  const listed: unknown[] = [];
  // begin: documents
  const documentId = await amazon.documents.createDocument('text/plain; charset=UTF-8');
  await amazon.documents.uploadDocumentContent(documentId, 'sku\tquantity\nA-1\t3\n');

  // ref: { kind: 'report', documentId: report.reportDocumentId, reportType: report.reportType }
  const document = await amazon.documents.openDocument(ref, { keep: true });
  for await (const piece of document.bytes) size += piece.length;
  const { sha256 } = await document.facts;

  for await (const { documentId, kept, deleteAfter } of amazon.documents.list({ kept: true }))
    listed.push([documentId, kept?.bytes, deleteAfter]);
  const swept = await amazon.documents.sweep();
  // end: documents
  expect(listed).toEqual([[ref.documentId, document.totalBytes, expect.any(Date)]]);
  expect(size).toBe(table.length);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(swept).toEqual({ documents: 0, copies: 0, leftovers: 0, bytes: 0 });
  expect(rig.sandbox.counters().documents.uploads).toMatchObject([{ documentId }]);
  expect(await readFile(new URL('../../README.md', here), 'utf8')).toContain(await example());
});
