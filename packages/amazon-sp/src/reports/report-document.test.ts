import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { OpenDocument } from '../documents/open-document.js';
import { type ReadAs, ReportDocument } from './report-document.js';
import type { AmazonReport } from './report-lookup.js';

const report = {
  ...{ reportId: '1', reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA', processingStatus: 'DONE' },
  ...{ createdTime: '2026-11-21T08:00:00Z', reportDocumentId: 'd', marketplaceIds: ['A1PA6795UKMFR9'] },
} as AmazonReport;

/** A document as its store would give it, and how often it was closed. */
function documentOf(content: Buffer, contentType: string, readAs: ReadAs = {}) {
  const closed: string[] = [];
  const opened = {
    ...{ ref: { kind: 'report', documentId: 'd', reportType: report.reportType }, from: 'amazon' },
    ...{ contentType, bytes: Readable.from([content]), facts: Promise.resolve({}) },
    close: () => void closed.push('closed'),
  } as unknown as OpenDocument;
  const documents = { openDocument: async () => opened };
  const parts = { documents, account: 'acme-de', canKeep: () => false };
  return { document: new ReportDocument(parts, report, readAs), closed };
}

describe('the document of a report', () => {
  it('that cannot be read as rows is closed, since nobody else would', async () => {
    const { document, closed } = documentOf(
      Buffer.from('seller-sku\r\nA\r\n'),
      'text/plain;charset=x-klingon',
    );
    await expect(Array.fromAsync(document.rows())).rejects.toMatchObject({
      code: 'DOCUMENT_CHARSET_UNKNOWN',
      remedy: expect.any(String),
    });
    expect(closed).toEqual(['closed']);
  });

  it('is read in the charset that the caller names, whatever its label says', async () => {
    const content = Buffer.from('item-name\r\nGrün\r\n', 'latin1');
    const lying = documentOf(content, 'text/plain;charset=UTF-8').document;
    await expect(Array.fromAsync(lying.rows())).rejects.toMatchObject({ code: 'DOCUMENT_CHARSET_WRONG' });
    const { document } = documentOf(content, 'text/plain;charset=UTF-8', { charset: 'windows-1252' });
    expect(await Array.fromAsync(document.rows())).toMatchObject([{ itemName: 'Grün' }]);
  });
});
