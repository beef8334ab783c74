import { PassThrough, Readable } from 'node:stream';
import { ConfigurationError } from '@fluxori/core';
import { type ContentStore, writeRows } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import type { OpenDocument } from '../documents/open-document.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { noRows } from './lazy-rows.js';
import { type ReportDocument, refusePlainFile } from './report-document.js';
import type { AmazonReport } from './report-lookup.js';
import type { KeptReport, ReportOutput, WrittenOutput } from './report-state.js';

export interface DeliveryParts {
  readonly documents: Pick<DocumentManager, 'metadata'>;
  readonly account: string;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

type DeliveryOptions = SpCallOptions & {
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes?: number }) => void;
};

/**
 * Does with a finished report what a job was told to: copies the document into the content store, where there is one for it, and writes its rows.
 * Doing it again replaces what was written, whole or not at all.
 *
 * @throws ValidationError for a report with personal data that is to go to a plain file.
 * @throws ConfigurationError for an output to a content store that is not there.
 */
export async function deliver(
  report: AmazonReport,
  document: ReportDocument,
  output: ReportOutput | undefined,
  parts: DeliveryParts,
  options: DeliveryOptions,
): Promise<KeptReport> {
  const { documents } = parts;
  checkOutput(report, document, output, parts);
  const keep = (document.restricted ? parts.sealedContents : parts.contents) !== undefined;
  if (document.hasNoData) {
    return { copied: false, ...(output && (await written(undefined, document, output, parts, options))) };
  }
  if (output === undefined && !keep) return { copied: false };
  const opened = await document.open({ ...options, keep });
  try {
    const done = output && (await written(opened, document, output, parts, options));
    const known = await documents.metadata(report.reportDocumentId ?? '');
    const facts = known?.kept ?? (await opened.facts);
    return {
      document: { bytes: facts.bytes, sha256: facts.sha256 },
      copied: known?.kept !== undefined,
      ...done,
    };
  } finally {
    opened.close();
  }
}

/** Before anything is fetched. */
function checkOutput(
  { reportType }: AmazonReport,
  { restricted }: ReportDocument,
  output: ReportOutput | undefined,
  { account, contents, sealedContents }: DeliveryParts,
): void {
  if (output === undefined) return;
  if ('file' in output) {
    refusePlainFile(restricted, reportType, account);
    return;
  }
  if ((restricted ? sealedContents : contents) !== undefined) return;
  throw new ConfigurationError(
    `output: there is no ${restricted ? 'sealed ' : ''}content store for the report ${reportType} for ${account}.`,
    {
      account,
      remedy: restricted
        ? 'Give the connector `sealedContents`: the report holds personal data.'
        : 'Give the connector `contents`, or write to a file.',
    },
  );
}

/** @param opened - undefined for a report without a document: then it is empty. */
async function written(
  opened: OpenDocument | undefined,
  document: ReportDocument,
  output: ReportOutput,
  parts: DeliveryParts,
  { signal }: DeliveryOptions,
): Promise<Pick<KeptReport, 'rows'> & { readonly output: WrittenOutput }> {
  const own = signal === undefined ? {} : { signal };
  const { as } = output;
  if ('file' in output) {
    const { path, bytes, rows } = await document.writeFile(opened, output.file, as, own);
    return { output: { file: path, as, bytes }, ...(rows !== undefined && { rows }) };
  }
  const store = (document.restricted ? parts.sealedContents : parts.contents) as ContentStore;
  if (as === 'raw') {
    const { bytes, sha256 } = await store.write(output.content, opened?.bytes ?? Readable.from([]), own);
    return { output: { content: output.content, as, bytes, sha256 } };
  }
  const rows = opened === undefined ? noRows() : document.rowsIn(opened, own);
  const stream = new PassThrough();
  const writing = writeRows(rows, { stream }, { as, ...own });
  // What ends it ends the store's write, too, which tells why.
  writing.catch(() => {});
  const { bytes, sha256 } = await store.write(output.content, stream, own);
  return { output: { content: output.content, as, bytes, sha256 }, rows: (await writing).rows };
}
