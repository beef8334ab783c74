import { Readable } from 'node:stream';
import { DocumentError, ValidationError } from '@fluxori/core';
import { charsetOf, type RowFormat, type RowStream, rowsOf, writeBytes, writeRows } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import type { DocumentRef } from '../documents/document-ref.js';
import type { OpenDocument } from '../documents/open-document.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { findMarketplace } from '../regions/marketplaces.js';
import { lazyRows, noRows } from './lazy-rows.js';
import type { AmazonReport } from './report-lookup.js';
import { checkedRows } from './report-row-check.js';
import type { RowsOptions, WrittenReport } from './report-run.js';
import type { ReportFileFormat } from './report-state.js';
import type { ReportTypeFacts } from './types/report-type.js';
import { findReportType } from './types/report-types.js';

export interface ReportDocumentParts {
  readonly documents: Pick<DocumentManager, 'openDocument'>;
  readonly account: string;
  /** Whether there is a content store for documents of this kind. */
  readonly canKeep: (restricted: boolean) => boolean;
}

/** How a type that is not known here is to be read, or a document that is not as it says. */
export interface ReadAs {
  readonly format?: RowFormat;
  /** Wins over what the document's label says. */
  readonly charset?: string;
  readonly restricted?: boolean;
}

/** A finished report's document: opened, read as rows, written to a file. */
export class ReportDocument {
  readonly #parts: ReportDocumentParts;
  readonly #report: AmazonReport;
  readonly #facts: ReportTypeFacts | undefined;
  readonly #readAs: ReadAs;

  constructor(parts: ReportDocumentParts, report: AmazonReport, readAs: ReadAs = {}) {
    this.#parts = parts;
    this.#report = report;
    this.#facts = findReportType(report.reportType);
    this.#readAs = readAs;
  }

  get restricted(): boolean {
    return this.#facts?.restricted ?? this.#readAs.restricted ?? false;
  }

  /** Undefined where the document is no table. */
  get format(): RowFormat | undefined {
    return this.#readAs.format ?? this.#facts?.format;
  }

  /** @throws DocumentError when the report has none. */
  open(options: RowsOptions & SpCallOptions = {}): Promise<OpenDocument> {
    const keep = options.keep ?? this.#parts.canKeep(this.restricted);
    return this.#parts.documents.openDocument(this.#ref(), {
      ...callOptions(options),
      keep,
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
  }

  rows<Row>(options: RowsOptions & SpCallOptions = {}): RowStream<Row> {
    if (this.hasNoData) return noRows<Row>();
    this.#ref();
    if (this.format === undefined) throw this.#noTable();
    return lazyRows<Row>(async () => {
      const document = await this.open(options);
      try {
        return this.rowsIn<Row>(document, options);
      } catch (error) {
        document.close();
        throw error;
      }
    });
  }

  /** The rows of the document, which was opened before. */
  rowsIn<Row>(document: OpenDocument, options: RowsOptions = {}): RowStream<Row> {
    const { format } = this;
    if (format === undefined) throw this.#noTable();
    const rows = rowsOf<Row>(document.bytes, {
      format,
      charset: this.#readAs.charset ?? charsetOf(document.contentType, this.#charset()),
      operation: 'reports.rows',
      account: this.#parts.account,
      ...(options.signal && { signal: options.signal }),
    });
    return options.check ? checkedRows(rows, this.#report.reportType, this.#name()) : rows;
  }

  /** @throws ValidationError for a report with personal data. */
  async toFile(
    path: string,
    as: ReportFileFormat,
    options: RowsOptions & SpCallOptions = {},
  ): Promise<WrittenReport> {
    refusePlainFile(this.restricted, this.#report.reportType, this.#parts.account);
    if (this.hasNoData) return this.writeFile(undefined, path, as, options);
    if (as !== 'raw' && this.format === undefined) throw this.#noTable();
    const document = await this.open(options);
    try {
      return await this.writeFile(document, path, as, options);
    } finally {
      document.close();
    }
  }

  /** @param document - which was opened before; undefined where there is none, and the file is empty. */
  async writeFile(
    document: OpenDocument | undefined,
    path: string,
    as: ReportFileFormat,
    options: RowsOptions = {},
  ): Promise<WrittenReport> {
    const own = options.signal === undefined ? {} : { signal: options.signal };
    if (as === 'raw') {
      return { path, ...(await writeBytes(document?.bytes ?? Readable.from([]), { file: path }, own)) };
    }
    const rows = document === undefined ? noRows() : this.rowsIn(document, options);
    const { bytes, rows: count } = await writeRows(rows, { file: path }, { as, ...own });
    return { path, bytes, rows: count };
  }

  #ref(): DocumentRef {
    const { reportDocumentId: documentId, reportType, reportId, processingStatus } = this.#report;
    if (documentId !== undefined)
      return { kind: 'report', documentId, reportType, restricted: this.restricted };
    throw new DocumentError(
      `The report ${reportId} (${reportType}) of ${this.#parts.account} has no document: it is ${processingStatus}.`,
      {
        code: 'DOCUMENT_NOT_FOUND',
        account: this.#parts.account,
        remedy:
          processingStatus === 'DONE' ? 'Ask for it again.' : 'Wait until it is DONE: `reports.run` does so.',
      },
    );
  }

  /** Finished or cancelled without a document: there is nothing to read, which is an answer too. */
  get hasNoData(): boolean {
    const { reportDocumentId, processingStatus } = this.#report;
    return (
      reportDocumentId === undefined && (processingStatus === 'CANCELLED' || processingStatus === 'DONE')
    );
  }

  /** Of a document whose label names none. */
  #charset(): string {
    const country = findMarketplace(this.#report.marketplaceIds?.[0] ?? '')?.code ?? '';
    return this.#facts?.charsetIn?.[country] ?? this.#facts?.charset ?? 'utf-8';
  }

  #name(): string {
    return `report ${this.#report.reportId} (${this.#report.reportType})`;
  }

  #noTable(): DocumentError {
    return new DocumentError(
      `How to read rows of ${this.#report.reportType} is not known here (${this.#name()} of ${this.#parts.account}).`,
      {
        account: this.#parts.account,
        remedy: 'Write it to a file as it is (`raw`), or pass `format` and `charset`.',
      },
    );
  }
}

/** Personal data lies nowhere in plain. @throws ValidationError. */
export function refusePlainFile(restricted: boolean, reportType: string, account: string): void {
  if (!restricted) return;
  throw new ValidationError(
    `output: ${reportType} for ${account} holds personal data, which is not written to a plain file.`,
    {
      field: 'output',
      account,
      remedy: 'Keep it in the sealed content store (the default), and read its rows from there.',
    },
  );
}
