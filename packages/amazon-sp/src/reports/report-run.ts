import type { RowStream } from '@fluxori/documents';
import type { AmazonReport } from './report-lookup.js';
import type { Provenance, ReportFileFormat } from './report-state.js';

/** What ADR-0004 fixes of a report's result. */
export interface IAmazonReportResult {
  reportId: string;
  reportType: string;
  processingStatus: string;
  documentId?: string;
}

/** What is known of a report. */
export interface ReportView extends IAmazonReportResult {
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly from?: Date;
  readonly to?: Date;
  readonly marketplaceIds?: readonly string[];
  /** Set when a schedule made it. */
  readonly scheduleId?: string;
}

export interface RowsOptions {
  readonly signal?: AbortSignal;
  /** Checks each row of a JSON report against Amazon's schema, where there is one: slower, and a DocumentError for the first that does not fit. */
  readonly check?: boolean;
  /** Copies the document to the content store first, so that reading it again costs no token. Done by default where there is a store for it. */
  readonly keep?: boolean;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes?: number }) => void;
}

export interface WrittenReport {
  readonly path: string;
  readonly bytes: number;
  /** Undefined for `raw`. */
  readonly rows?: number;
}

/** A report, and the ways to its data. Reading is begun when it is asked for, and may be done more than once. */
export interface ReportRun<Row = Readonly<Record<string, unknown>>> {
  readonly result: IAmazonReportResult;
  readonly report: ReportView;
  /** Undefined for one that was looked up by its id. */
  readonly provenance?: Provenance;
  /**
   * The rows, streamed: memory does not grow with the report. Without a document (no data) there are none.
   *
   * @throws DocumentError while it is read: what comes is not what the type says, or cannot be fetched.
   */
  rows(options?: RowsOptions): RowStream<Row>;
  /**
   * Writes it to a file, which appears whole or not at all. `raw`: the document as it is, decompressed.
   *
   * @throws ValidationError for a report with personal data, which is kept sealed only.
   */
  toFile(path: string, as: ReportFileFormat, options?: RowsOptions): Promise<WrittenReport>;
}

export function viewOf(report: AmazonReport): ReportView {
  const { dataStartTime, dataEndTime, processingStartTime, processingEndTime, marketplaceIds } = report;
  return {
    ...resultOf(report),
    createdAt: new Date(report.createdTime),
    ...(processingStartTime !== undefined && { startedAt: new Date(processingStartTime) }),
    ...(processingEndTime !== undefined && { endedAt: new Date(processingEndTime) }),
    ...(dataStartTime !== undefined && { from: new Date(dataStartTime) }),
    ...(dataEndTime !== undefined && { to: new Date(dataEndTime) }),
    ...(marketplaceIds !== undefined && { marketplaceIds }),
    ...(report.reportScheduleId !== undefined && { scheduleId: report.reportScheduleId }),
  };
}

export function resultOf(report: AmazonReport): IAmazonReportResult {
  const { reportId, reportType, processingStatus, reportDocumentId } = report;
  return {
    ...{ reportId, reportType, processingStatus },
    ...(reportDocumentId !== undefined && { documentId: reportDocumentId }),
  };
}
