import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import type { Counters } from '../counters/counters.js';
import { type Disturbance, undisturbed } from '../faults/disturbance.js';
import { documentOperations, probeOperation } from '../faults/operation-filter.js';
import type { RequestFaults } from '../faults/request-faults.js';
import { cutConnection, sendAnswer } from '../http/answer.js';
import { rangeOf } from './byte-range.js';
import { TooLarge } from './content-spool.js';
import type { DocumentContent } from './document-content.js';
import type { DocumentShelf, StoredDocument } from './document-shelf.js';
import { sendDocument } from './send-document.js';
import { type StorageIds, StorageRefusal, storageAnswer } from './storage-error.js';
import type { UrlSigner } from './url-signer.js';

export interface DocumentsGatewayParts {
  readonly shelf: DocumentShelf;
  readonly urls: UrlSigner;
  readonly counters: Counters;
  readonly faults: RequestFaults;
  readonly logger: Logger;
  readonly maxUploadBytes: number;
  /** Where the documents are served, without a trailing slash. */
  readonly ownUrl: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The host on which the contents of documents lie: signed URLs only, and S3's manners. */
export class DocumentsGateway {
  readonly #parts: DocumentsGatewayParts;

  constructor(parts: DocumentsGatewayParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      if (!response.destroyed)
        this.#parts.logger.error({ error: String(error) }, 'sandbox: a request for a document failed');
      cutConnection(response);
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters, faults, ownUrl, sleep } = this.#parts;
    const method = request.method ?? 'GET';
    const ids = storageIds();
    if (method === 'HEAD' && request.url === '/') {
      counters.probe();
      const { drop, error } = faults.disturb({ operation: probeOperation });
      if (drop !== undefined) cutConnection(response);
      else await sendAnswer(response, { status: error?.status ?? 403, headers: ids }, undisturbed);
      return;
    }
    const url = new URL(request.url ?? '/', ownUrl());
    const document = this.#parts.shelf.atPath(url.pathname);
    const operation = documentOperations[method as keyof typeof documentOperations] ?? 'documents.other';
    const disturbance = faults.disturb({ operation, sellerId: document?.sellerId, region: document?.region });
    if (disturbance.latencyMs > 0) await sleep(disturbance.latencyMs);
    if (disturbance.drop === 'before') return cutConnection(response);
    try {
      if (disturbance.error?.when === 'before') throw serverError(disturbance.error.status);
      this.#countCredentials(request);
      this.#parts.urls.check(request, url);
      if (document === undefined)
        throw new StorageRefusal(404, 'NoSuchKey', 'The specified key does not exist.', {
          Key: url.pathname.slice(1),
        });
      if (method === 'PUT') await this.#receive(request, response, document, ids, disturbance);
      else await this.#send(request, response, document, url, ids, disturbance);
    } catch (error) {
      if (!(error instanceof StorageRefusal)) throw error;
      counters.documents.refused(error.code);
      request.resume();
      const answer = storageAnswer(error, ids);
      await sendAnswer(
        response,
        method === 'HEAD' ? { status: answer.status, headers: answer.headers } : answer,
        {
          latencyMs: 0,
        },
      );
    }
  }

  #countCredentials(request: IncomingMessage): void {
    const { authorization, 'x-amz-access-token': token } = request.headers;
    if (authorization !== undefined || token !== undefined) this.#parts.counters.documents.credentialsSeen();
  }

  async #receive(
    request: IncomingMessage,
    response: ServerResponse,
    document: StoredDocument,
    ids: StorageIds,
    disturbance: Readonly<Disturbance>,
  ): Promise<void> {
    const { counters, maxUploadBytes, shelf } = this.#parts;
    checkUploadHeaders(request, maxUploadBytes);
    const md5 = request.headers['content-md5'] ?? document.md5;
    const hash = md5 === undefined ? undefined : createHash('md5');
    let content: DocumentContent;
    try {
      content = await shelf.spool.take(observed(request, hash), { mostBytes: maxUploadBytes });
    } catch (error) {
      if (error instanceof TooLarge) throw tooLarge(maxUploadBytes);
      throw error;
    }
    if (hash !== undefined && hash.digest('base64') !== md5)
      throw new StorageRefusal(
        400,
        'BadDigest',
        'The Content-MD5 you specified did not match what we received.',
      );
    document.content = content;
    document.changedMs = Date.now();
    const cut = disturbance.drop === 'after';
    counters.documents.uploaded({
      documentId: document.id,
      bytes: content.bytes,
      sha256: content.sha256,
      cut,
    });
    if (cut) return cutConnection(response);
    if (disturbance.error !== undefined) throw serverError(disturbance.error.status);
    const headers = { ...ids, ETag: etagOf(content), Server: 'AmazonS3', 'Content-Length': '0' };
    await sendAnswer(response, { status: 200, headers }, disturbance);
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    document: StoredDocument,
    url: URL,
    ids: StorageIds,
    disturbance: Readonly<Disturbance>,
  ): Promise<void> {
    const { content } = document;
    if (content === undefined)
      throw new StorageRefusal(404, 'NoSuchKey', 'The specified key does not exist.', {
        Key: url.pathname.slice(1),
      });
    const faults = disturbance.document ?? {};
    const total = Math.min(content.bytes, faults.truncateToBytes ?? content.bytes);
    const etag = faults.changed ? `"${content.sha256.slice(32)}"` : etagOf(content);
    const encoding = url.searchParams.get('response-content-encoding');
    const headers: Record<string, string> = {
      ...ids,
      ETag: etag,
      Server: 'AmazonS3',
      'Accept-Ranges': 'bytes',
      'Last-Modified': new Date(document.changedMs).toUTCString(),
      ...(document.contentType === undefined ? {} : { 'Content-Type': document.contentType }),
      ...(encoding === null ? {} : { 'Content-Encoding': encoding }),
    };
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-range': ifRange } = request.headers;
    if (ifMatch !== undefined && ifMatch !== etag && ifMatch !== '*')
      throw new StorageRefusal(
        412,
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        { Condition: 'If-Match' },
      );
    if (ifNoneMatch === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    const whole =
      faults.ignoreRange ||
      !(ifRange === undefined || ifRange === etag || ifRange === headers['Last-Modified']);
    const range = whole ? undefined : rangeOf(request.headers.range, total);
    if (range === 'unsatisfiable')
      throw new StorageRefusal(
        416,
        'InvalidRange',
        'The requested range is not satisfiable',
        { RangeRequested: String(request.headers.range), ActualObjectSize: String(total) },
        { 'Content-Range': `bytes */${total}` },
      );
    const part = range ?? { from: 0, to: total };
    const status = range === undefined ? 200 : 206;
    if (range !== undefined) headers['Content-Range'] = `bytes ${part.from}-${part.to - 1}/${total}`;
    headers['Content-Length'] = String(Math.max(0, part.to - part.from + (faults.lengthOffBy ?? 0)));
    response.writeHead(status, headers);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    if (disturbance.drop === 'after') return cutConnection(response);
    const sent = await sendDocument(response, content, part, disturbance);
    this.#parts.counters.documents.downloaded({
      ...{ documentId: document.id, status, from: part.from },
      ...{ to: part.from + sent.bytes, cut: sent.cut },
    });
  }
}

function checkUploadHeaders(request: IncomingMessage, maxUploadBytes: number): void {
  if (request.headers['transfer-encoding'] !== undefined)
    throw new StorageRefusal(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      { Header: 'Transfer-Encoding' },
    );
  const length = request.headers['content-length'];
  if (length === undefined)
    throw new StorageRefusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (Number(length) > maxUploadBytes) throw tooLarge(maxUploadBytes);
}

function tooLarge(maxUploadBytes: number): StorageRefusal {
  return new StorageRefusal(
    400,
    'EntityTooLarge',
    'Your proposed upload exceeds the maximum allowed size',
    { MaxSizeAllowed: String(maxUploadBytes) },
    { Connection: 'close' },
  );
}

function serverError(status: number): StorageRefusal {
  return status === 503
    ? new StorageRefusal(503, 'SlowDown', 'Please reduce your request rate.')
    : new StorageRefusal(status, 'InternalError', 'We encountered an internal error. Please try again.');
}

async function* observed(
  request: IncomingMessage,
  hash: ReturnType<typeof createHash> | undefined,
): AsyncGenerator<Buffer> {
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash?.update(chunk);
    yield chunk;
  }
}

function etagOf(content: DocumentContent): string {
  return `"${content.sha256.slice(0, 32)}"`;
}

function storageIds(): StorageIds {
  return {
    'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
    'x-amz-id-2': randomBytes(24).toString('base64'),
  };
}
