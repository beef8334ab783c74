import { isErrorOf } from '@fluxori/core';
import type { NetworkAwareClient, StreamAnswer } from '@fluxori/network';
import type { DocumentContext } from '../errors/document-context.js';
import { documentError } from '../errors/document-errors.js';
import { contentRange, lengthOf } from './content-range.js';
import { storageError } from './storage-refusal.js';

/** What the first answer said about a document; later ones must say the same. */
export interface DocumentIdentity {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly contentType?: string;
  readonly totalBytes?: number;
}

/** An answer that goes on at the wanted byte, once `skip` bytes of it are left out. */
export interface RangedAnswer {
  readonly answer: StreamAnswer;
  readonly skip: number;
  readonly identity: DocumentIdentity;
}

export interface RangedRequest extends DocumentContext {
  readonly client: NetworkAwareClient;
  readonly operation: string;
  readonly url: string;
  /** The first byte wanted. */
  readonly from: number;
  /** Undefined before the first answer. */
  readonly known: DocumentIdentity | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks for a document from a byte on and looks whether what comes is that, of the same document.
 *
 * @returns undefined when there is nothing from that byte on: the document was whole already.
 * @throws DocumentError `DOCUMENT_CHANGED`, `DOCUMENT_DAMAGED`; what `NetworkAwareClient.stream` throws.
 */
export async function requestFrom(request: RangedRequest): Promise<RangedAnswer | undefined> {
  const { client, operation, account, url, from, signal } = request;
  let end: number | undefined;
  let answer: StreamAnswer;
  try {
    answer = await client.stream(
      {
        operation,
        ...(account !== undefined && { account }),
        method: 'GET',
        url,
        headers: rangeHeaders(request),
        toError: (refusal, context) => {
          if (refusal.status === 416) end = contentRange(refusal.headers['content-range'])?.total;
          return storageError(refusal, context);
        },
      },
      { signal },
    );
  } catch (error) {
    if (!isErrorOf(error, 'RemoteError') || error.status !== 416) throw error;
    const { known } = request;
    if (end === from && (known?.totalBytes ?? from) === from) return undefined;
    const before = known?.totalBytes === undefined ? `${from} had come` : `had ${known.totalBytes}`;
    throw changed(request, `it has ${end ?? 'fewer'} bytes now and ${before}`);
  }
  try {
    return checked(request, answer);
  } catch (error) {
    answer.body.destroy();
    throw error;
  }
}

function rangeHeaders({ from, known }: RangedRequest): Record<string, string> {
  if (from === 0) return {};
  // Weak tags do not promise the same bytes (RFC 9110, section 13.1.5).
  const strong = known?.etag !== undefined && !known.etag.startsWith('W/') ? known.etag : undefined;
  const condition = strong ?? known?.lastModified;
  return { range: `bytes=${from}-`, ...(condition !== undefined && { 'if-range': condition }) };
}

function checked(request: RangedRequest, answer: StreamAnswer): RangedAnswer {
  const { from, known } = request;
  const { headers, status } = answer;
  const identity = identityOf(answer);
  if (known?.etag !== undefined && identity.etag !== undefined && known.etag !== identity.etag) {
    throw changed(request, 'its ETag is another one now');
  }
  const { totalBytes } = identity;
  if (known?.totalBytes !== undefined && totalBytes !== undefined && known.totalBytes !== totalBytes) {
    throw changed(request, `it has ${totalBytes} bytes now and had ${known.totalBytes}`);
  }
  if (status !== 206) return { answer, skip: from, identity };
  const range = contentRange(headers['content-range']);
  if (range?.first === undefined || range.first > from || (range.last ?? 0) < from) {
    const got = headers['content-range'] ?? 'none';
    throw documentError(request, {
      code: 'DOCUMENT_DAMAGED',
      what: `bytes from ${from} on were asked for, and the store answered with others (Content-Range: ${got}).`,
      remedy: 'Try again; if it goes on, look at the proxy, or tell the remote side.',
      retryable: true,
    });
  }
  return { answer, skip: from - range.first, identity };
}

function identityOf({ headers, status }: StreamAnswer): DocumentIdentity {
  const { etag, 'last-modified': lastModified, 'content-type': contentType } = headers;
  const totalBytes =
    status === 206 ? contentRange(headers['content-range'])?.total : lengthOf(headers['content-length']);
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(contentType !== undefined && { contentType }),
    ...(totalBytes !== undefined && { totalBytes }),
  };
}

export function changed(about: DocumentContext, how: string): Error {
  return documentError(about, {
    code: 'DOCUMENT_CHANGED',
    what: `the document changed while it was being downloaded: ${how}.`,
    remedy: 'Download it again from the beginning.',
    retryable: true,
  });
}
