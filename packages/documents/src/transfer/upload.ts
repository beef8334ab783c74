import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Clock, isErrorOf, type Random, systemClock, systemRandom } from '@fluxori/core';
import type { NetworkAwareClient } from '@fluxori/network';
import { documentError } from '../errors/document-errors.js';
import type { Content } from './content.js';
import { isPassing, Patience } from './patience.js';
import { Progress, type ProgressListener } from './progress.js';
import { type SizedContent, sizedContent } from './sized-content.js';
import { refusalOf, storageError } from './storage-refusal.js';

export interface UploadTarget {
  /** Signed: whoever has it may write the document, so it is never logged. */
  readonly url: string;
  /** Exactly the content type with which the document was created: case and charset are part of the URL's signature. */
  readonly contentType: string;
  readonly expiresAt?: Date;
  /** Others that were signed with it and must go along, e.g. `Content-MD5`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface UploadOptions {
  readonly client: NetworkAwareClient;
  /** For people and metrics, e.g. `feeds.upload`. */
  readonly operation: string;
  readonly account?: string;
  readonly signal?: AbortSignal;
  /** Told four times a second at most, and at the end; begins anew when the upload is repeated. */
  readonly onProgress?: ProgressListener;
  /** Attempts in all; 5 by default. */
  readonly maxAttempts?: number;
  /** So long it tries, beside the sending itself, in milliseconds; 120,000 by default. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface UploadFacts {
  readonly bytes: number;
  /** Of what was sent, in hex. */
  readonly sha256: string;
}

/**
 * Puts a content at a signed URL: with exactly the content type that was signed, its length, and no header of Amazon's API. An upload that broke, or
 * whose answer was lost, is repeated whole: the same content at the same place is the same document.
 *
 * @throws DocumentError `DOCUMENT_URL_EXPIRED` (create another document), `DOCUMENT_URL_REFUSED` (nearly always another content type than was signed),
 *   `DOCUMENT_INTERRUPTED` when the attempts are over.
 * @throws RemoteError for any other refusal of the store; ValidationError when a file cannot be read, or a content has not its length; what the content's
 *   stream throws; the signal's reason when aborted.
 */
export async function upload(
  target: UploadTarget,
  content: Content,
  options: UploadOptions,
): Promise<UploadFacts> {
  const { signal, clock = systemClock, random = systemRandom } = options;
  signal?.throwIfAborted();
  const sized = await sizedContent(content, signal);
  const patience = new Patience({
    patienceMs: options.patienceMs ?? 120_000,
    maxFailures: (options.maxAttempts ?? 5) - 1,
    clock,
    random,
  });
  try {
    for (;;) {
      try {
        return await send(target, sized, options, clock);
      } catch (error) {
        explain(error, target, options, clock.now());
        patience.restart();
        if (!(await patience.again(error, signal))) throw givenUp(error, patience.failures, options);
      }
    }
  } finally {
    await sized.close();
  }
}

async function send(
  { url, contentType, headers }: UploadTarget,
  content: SizedContent,
  { client, operation, account, onProgress, signal }: UploadOptions,
  clock: Clock,
): Promise<UploadFacts> {
  const progress = new Progress(onProgress, clock);
  const hash = createHash('sha256');
  let bytes = 0;
  const body = content.open();
  const measured = async function* () {
    for await (const chunk of body) {
      const piece = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
      hash.update(piece);
      bytes += piece.length;
      progress.tell(bytes, content.bytes);
      yield piece;
    }
  };
  const answer = await client
    .stream(
      {
        operation,
        ...(account !== undefined && { account }),
        method: 'PUT',
        url,
        headers: { ...lowerCased(headers), 'content-type': contentType },
        body: Readable.from(measured(), { objectMode: false, highWaterMark: 256 * 1024 }),
        contentLength: content.bytes,
        toError: storageError,
      },
      signal === undefined ? {} : { signal },
    )
    // Refused before a byte was wanted, the body was never begun, and closes nothing beneath it.
    .finally(() => body.on('error', () => undefined).destroy());
  // Whatever it says, it is the success that counts.
  answer.body.resume();
  if (bytes !== content.bytes) {
    throw documentError(
      { operation, ...(account !== undefined && { account }) },
      {
        code: 'DOCUMENT_INTERRUPTED',
        what: `the store said that it had the document after ${bytes} of ${content.bytes} bytes.`,
        remedy: 'Create another document and upload again; if it goes on, look at the proxy.',
        retryable: true,
      },
    );
  }
  return { bytes, sha256: hash.digest('hex') };
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** @throws the error that says what a refusal means, if it is one of those that can be told. */
function explain(error: unknown, target: UploadTarget, options: UploadOptions, now: number): void {
  const refusal = refusalOf(error);
  if (refusal !== 'expired' && refusal !== 'refused') return;
  const { expiresAt, contentType } = target;
  const remoteCode = isErrorOf(error, 'RemoteError') ? error.remoteCode : undefined;
  const isSignature = remoteCode === 'SignatureDoesNotMatch';
  if (refusal === 'expired' || (!isSignature && expiresAt !== undefined && expiresAt.getTime() <= now)) {
    throw documentError(options, {
      code: 'DOCUMENT_URL_EXPIRED',
      what: 'the URL for the upload has expired; nothing was kept.',
      remedy: 'Create another document and upload to its URL, which is good for five minutes.',
      retryable: true,
      details: { remoteCode },
      cause: error,
    });
  }
  throw documentError(options, {
    code: 'DOCUMENT_URL_REFUSED',
    what: isSignature
      ? `the document store refused the signature of the upload. It was sent as "${contentType}"; the document was probably created with another content type.`
      : `the document store refused the upload (${remoteCode ?? 'no code'}). It was sent as "${contentType}".`,
    remedy:
      'Create the document with exactly this content type, charset and upper and lower case included, and leave the URL as it was given; a proxy must not change headers.',
    details: { remoteCode, contentType },
    cause: error,
  });
}

function givenUp(error: unknown, failures: number, options: UploadOptions): unknown {
  if (!isPassing(error)) return error;
  return documentError(options, {
    code: 'DOCUMENT_INTERRUPTED',
    what: `the upload was given up after ${failures} failures.`,
    remedy: 'Try again later; if it goes on, look at the connection, the proxy and the firewall.',
    retryable: true,
    cause: error,
  });
}
