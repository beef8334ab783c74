import { type ErrorContext, isErrorOf, NotFoundError, RemoteError } from '@fluxori/core';
import type { DocumentManager } from '../documents/document-manager.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { reasonIn } from '../reports/report-end.js';
import type { AmazonQuery } from './query-state.js';
import type { QuerySubject } from './query-text.js';

/** For messages: whose query, and of what. */
export interface EndContext extends QuerySubject {
  readonly account: string;
}

export function cancelledError(queryId: string, byUs: boolean, context: EndContext): RemoteError {
  const who = byUs ? 'was cancelled here' : 'was cancelled, by Amazon or by somebody else who may';
  return endError(`The query ${queryId} ${of(context)} ${who}.`, {
    account: context.account,
    code: 'QUERY_CANCELLED',
    remoteCode: 'CANCELLED',
    remedy: 'Ask it again.',
    details: { queryId },
  });
}

export function fatalError(queryId: string, reason: string | undefined, context: EndContext): RemoteError {
  const why = reason === undefined ? ', without a reason' : `: ${reason}`;
  return endError(`Amazon could not answer the query ${queryId} ${of(context)}${why}.`, {
    account: context.account,
    code: 'QUERY_FATAL',
    remoteCode: 'FATAL',
    remedy: 'Correct what Amazon names: often dates or fields that do not fit. Then ask again.',
    details: { queryId, ...(reason !== undefined && { reason }) },
  });
}

export function stuckError(
  queryId: string,
  status: string,
  waitedMs: number,
  context: EndContext,
): RemoteError {
  const hours = Math.round((waitedMs / 3_600_000) * 10) / 10;
  return endError(`The query ${queryId} ${of(context)} has been ${status} for ${hours} hours.`, {
    account: context.account,
    code: 'QUERY_STUCK',
    remoteCode: status,
    remedy:
      'Wait longer, or cancel it (`dataKiosk.cancel`) and ask again; then tell Amazon’s support its id.',
    details: { queryId, status, waitedMs },
  });
}

export function lostError(times: number, context: EndContext): RemoteError {
  return endError(
    `Amazon’s answer to the query ${of(context)} was lost ${times} times in a row, and no query has come of it.`,
    {
      account: context.account,
      code: 'QUERY_LOST',
      remedy: 'Look at the connection to Amazon, then ask again.',
    },
  );
}

export function goneError(queryId: string, cause: unknown, context: EndContext): NotFoundError {
  return new NotFoundError(`There is no query ${queryId} ${of(context)} any more.`, {
    account: context.account,
    operation: 'dataKiosk.getQuery',
    field: 'queryId',
    remedy: 'Ask it again: Amazon keeps queries for some time only.',
    cause,
  });
}

export function circleError(context: EndContext): RemoteError {
  return endError(
    `Amazon handed out a page token of the query ${of(context)} for the second time, so it would never end.`,
    {
      account: context.account,
      code: 'PAGE_TOKEN_REPEATED',
      remedy: 'Ask it again; if it happens again, tell Amazon’s support.',
    },
  );
}

function of({ dataset, view, account }: EndContext): string {
  return `(${dataset}, ${view}) for ${account}`;
}

function endError(message: string, context: ErrorContext & { remoteCode?: string }): RemoteError {
  return new RemoteError(message.replace(/\.\.$/, '.'), {
    operation: 'dataKiosk.getQuery',
    ...context,
    status: 200,
    retryable: false,
  });
}

/** The most of a reason's document that is read, in bytes. */
const largestReason = 64 * 1024;

/** What Amazon says of a query that failed; undefined when it says nothing that can be read. */
export async function readReason(
  { errorDocumentId: documentId }: AmazonQuery,
  documents: Pick<DocumentManager, 'getDocumentContent'>,
  options: SpCallOptions,
): Promise<string | undefined> {
  if (documentId === undefined) return undefined;
  try {
    const bytes = await documents.getDocumentContent(documentId, {
      ...options,
      ref: { kind: 'dataKiosk', documentId },
      maxBytes: largestReason,
    });
    return reasonIn(new TextDecoder().decode(bytes));
  } catch (error) {
    // What the document does not tell does not change what became of the query; a limit or an outage may pass.
    if (isErrorOf(error, 'DocumentError') || isErrorOf(error, 'NotFoundError')) return undefined;
    throw error;
  }
}
