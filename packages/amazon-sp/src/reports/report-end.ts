import { type ErrorContext, isErrorOf, NotFoundError, RemoteError } from '@fluxori/core';
import type { DocumentManager } from '../documents/document-manager.js';
import { scrub } from '../errors/scrub.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { AmazonReport } from './report-lookup.js';
import type { CheckedSpec } from './report-spec.js';
import { findReportType } from './types/report-types.js';

/** Why a report was cancelled, as far as that can be known. */
export type CancelReason = 'no-data' | 'too-often' | 'by-us' | 'unknown';

/**
 * Amazon says CANCELLED for three things. Having begun to work on it, it cancels when there is no data. Before, somebody has cancelled it, or it was asked
 * for again too soon; the latter is likely when its type is made only so often and another was made within that time.
 *
 * Source: reports_2021-06-30.json (processingStatus); amzn/selling-partner-api-docs issues 1604, 2935.
 */
export function cancelReason(
  report: AmazonReport,
  known: { readonly cancelledByUs: boolean; readonly madeShortlyBefore: boolean },
): CancelReason {
  if (known.cancelledByUs) return 'by-us';
  if (report.processingStartTime !== undefined) return 'no-data';
  return known.madeShortlyBefore ? 'too-often' : 'unknown';
}

const cancelled: Readonly<Record<CancelReason, { said: string; remedy: string }>> = {
  'no-data': {
    said: 'there is no data for it',
    remedy:
      'Ask for another span of time or other marketplaces; `noData: "empty"` takes it for a report without rows.',
  },
  'too-often': {
    said: 'one of its type was made a short while ago, and Amazon makes no new one so soon',
    remedy: 'Use that one (`reuse: { maxAgeMinutes }`), or ask again later.',
  },
  'by-us': { said: 'it was cancelled here', remedy: 'Ask for it again.' },
  unknown: {
    said: 'before Amazon began with it: there may be no data, it may have been asked for too often, or somebody cancelled it',
    remedy:
      'Look whether there is data in the span, and ask again later; `noData: "empty"` takes it for a report without rows.',
  },
};

export function cancelledError(report: AmazonReport, reason: CancelReason, context: EndContext): RemoteError {
  const { said, remedy } = cancelled[reason];
  return endError(
    `Amazon cancelled the report ${report.reportId} (${report.reportType}) for ${context.account}: ${said}.`,
    {
      ...context,
      code: 'REPORT_CANCELLED',
      remoteCode: 'CANCELLED',
      remedy,
      details: { reportId: report.reportId, reason },
    },
  );
}

export function fatalError(
  report: AmazonReport,
  reason: string | undefined,
  context: EndContext,
): RemoteError {
  const said = reason === undefined ? ', without a reason' : `: ${reason}`;
  return endError(
    `Amazon could not make the report ${report.reportId} (${report.reportType}) for ${context.account}${said}.`,
    {
      ...context,
      code: 'REPORT_FATAL',
      remoteCode: 'FATAL',
      remedy:
        'Correct what Amazon names: often dates or options that do not fit, or the same report asked for again too soon. Then ask again.',
      details: { reportId: report.reportId, ...(reason !== undefined && { reason }) },
    },
  );
}

export function stuckError(
  reportId: string,
  spec: CheckedSpec,
  waitedMs: number,
  status: string,
  context: EndContext,
): RemoteError {
  const hours = Math.round((waitedMs / 3_600_000) * 10) / 10;
  return endError(
    `The report ${reportId} (${spec.reportType}) for ${context.account} has been ${status} for ${hours} hours.`,
    {
      ...context,
      code: 'REPORT_STUCK',
      remoteCode: status,
      remedy:
        'One that is stuck can block others of its type: cancel it (`reports.cancel`) and ask again, or let `stuck: "ask-again"` do so; if that is stuck too, tell Amazon’s support its id.',
      details: { reportId, status, waitedMs },
    },
  );
}

export function lostError(spec: CheckedSpec, times: number, context: EndContext): RemoteError {
  return endError(
    `Amazon’s answer to the request for ${spec.reportType} for ${context.account} was lost ${times} times in a row, and no report has come of it.`,
    {
      ...context,
      code: 'REPORT_LOST',
      remedy: 'Look at the connection to Amazon, then ask again.',
    },
  );
}

/** Of a type that Amazon makes by itself. */
export function noneThereError(
  { reportType }: CheckedSpec,
  maxAgeMinutes: number | undefined,
  { account }: EndContext,
): NotFoundError {
  const age = maxAgeMinutes === undefined ? '' : ` from the last ${maxAgeMinutes} minutes`;
  return new NotFoundError(`Amazon has no finished ${reportType} for ${account}${age}.`, {
    account,
    operation: 'reports.getReports',
    remedy: 'Amazon makes this type by itself: look again later, or allow an older one.',
  });
}

export interface EndContext {
  readonly account: string;
}

function endError(
  message: string,
  context: EndContext & ErrorContext & { remoteCode?: string },
): RemoteError {
  return new RemoteError(message, {
    operation: 'reports.getReport',
    ...context,
    status: 200,
    retryable: false,
  });
}

/** The most of a reason's document that is read, in bytes. */
const largestReason = 64 * 1024;

/** The reason that Amazon gives in the document of a report that failed; undefined when there is none that can be read. */
export async function readReason(
  report: AmazonReport,
  spec: CheckedSpec,
  documents: Pick<DocumentManager, 'getDocumentContent'>,
  options: SpCallOptions,
): Promise<string | undefined> {
  const { reportDocumentId: documentId, reportType } = report;
  if (documentId === undefined) return undefined;
  try {
    const bytes = await documents.getDocumentContent(documentId, {
      ...options,
      ref: { kind: 'report', documentId, reportType, restricted: spec.restricted },
      maxBytes: largestReason,
    });
    return reasonIn(new TextDecoder().decode(bytes));
  } catch (error) {
    // What the document does not tell does not change what became of the report; a limit or an outage may pass.
    if (isErrorOf(error, 'DocumentError') || isErrorOf(error, 'NotFoundError')) return undefined;
    throw error;
  }
}

/** Amazon writes `{ "errorDetails": "…" }` into most, and plain text into some. */
export function reasonIn(text: string): string | undefined {
  let said = text;
  try {
    const { errorDetails, errors } = JSON.parse(text) as { errorDetails?: unknown; errors?: unknown };
    if (typeof errorDetails === 'string') said = errorDetails;
    else if (errors !== undefined) said = JSON.stringify(errors);
  } catch {
    // Plain text.
  }
  const clean = scrub(said).replace(/[.\s]+$/, '');
  return clean === '' ? undefined : clean;
}

/** Whether a type is made only so often, and how long that is, in milliseconds. */
export function madeOnlyEveryMs(reportType: string): number | undefined {
  const minutes = findReportType(reportType)?.atMostEveryMinutes;
  return minutes === undefined ? undefined : minutes * 60_000;
}
