import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Clock, DocumentError, type DocumentsCapability, ValidationError } from '@fluxori/core';
import { type Content, upload } from '@fluxori/documents';
import { answeredText } from '../pipeline/answered-text.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { unknownDocument } from './document-errors.js';
import type { DocumentMetadata } from './document-metadata.js';
import type {
  DocumentContentOptions,
  DocumentParts,
  DocumentQuery,
  OpenDocumentOptions,
  SweepResult,
  UploadDocumentOptions,
} from './document-options.js';
import { DocumentReader } from './document-reader.js';
import { type DocumentRecord, metadataOf, refOf } from './document-record.js';
import { DocumentRecords } from './document-records.js';
import type { DocumentRef } from './document-ref.js';
import { sweepDocuments } from './document-sweep.js';
import { DocumentUrls } from './document-urls.js';
import { KeptCopies } from './kept-copies.js';
import type { OpenDocument } from './open-document.js';

const largestContent = 64 * 1024 * 1024;
/** Amazon drops a document that no feed has used by then. Source: feeds_2021-06-30.json, createFeedDocument. */
const unusedMs = 2 * 24 * 60 * 60_000;

/** Documents of feeds, reports and data kiosk: made, sent, fetched, kept, deleted. */
export class DocumentManager implements DocumentsCapability {
  readonly #context: SectionContext;
  readonly #parts: DocumentParts;
  readonly #records: DocumentRecords;
  readonly #urls: DocumentUrls;
  readonly #copies: KeptCopies;
  readonly #reader: DocumentReader;
  readonly #account: string;
  readonly #clock: Clock;

  constructor(context: SectionContext, parts: DocumentParts) {
    this.#context = context;
    this.#parts = parts;
    this.#account = context.config.accountId;
    this.#clock = context.clock;
    const { retention = context.config.retention } = parts;
    this.#records = new DocumentRecords({ ...parts, retention }, this.#account, this.#clock);
    this.#urls = new DocumentUrls(context, parts.secureKeyValues);
    this.#copies = new KeptCopies(parts, this.#account);
    this.#reader = new DocumentReader({
      ...{ context, records: this.#records, urls: this.#urls, copies: this.#copies },
      ...{ client: parts.client, logger: parts.logger },
      ...(parts.audit && { audit: parts.audit }),
    });
  }

  /**
   * Makes an empty document for a feed; its content goes there by `uploadDocumentContent`, within five minutes.
   * @param contentType - as the feed type wants it, e.g. `application/json; charset=UTF-8`. The upload says exactly the same.
   * @returns its id.
   */
  async createDocument(contentType: string, options: SpCallOptions = {}): Promise<string> {
    const askedAt = this.#clock.now();
    const answer = await this.#context
      .api('feeds')
      .createFeedDocument({ body: { contentType } }, callOptions(options));
    const given = { operation: 'feeds.createFeedDocument', account: this.#account };
    const documentId = answeredText(answer.feedDocumentId, { ...given, member: 'feedDocumentId' });
    const url = answeredText(answer.url, { ...given, member: 'url' });
    const endsAt = await this.#urls.keepUploading(documentId, url, askedAt);
    await this.#records.change(documentId, (before) => ({
      ...{ documentId, kind: 'feedResult' as const, restricted: false, knownSince: askedAt },
      ...before,
      ...{ contentType, urlEndsAt: endsAt.getTime(), unusedUntil: askedAt + unusedMs },
    }));
    return documentId;
  }

  /**
   * Sends the content of a document that was made by `createDocument`, here or in another process on the same backend.
   *
   * @throws DocumentError `DOCUMENT_NOT_FOUND` for a document that was not, `DOCUMENT_URL_EXPIRED` (make another one), and what `upload` of
   *   `@fluxori/documents` throws; ConfigurationError when it is to be kept and there is no store for it.
   */
  async uploadDocumentContent(
    documentId: string,
    content: Content,
    options: UploadDocumentOptions = {},
  ): Promise<void> {
    const record = await this.#records.get(documentId);
    const contentType = record?.contentType;
    if (record === undefined || contentType === undefined || record.unusedUntil === undefined) {
      const remedy =
        'Make it with `documents.createDocument`, on the same backend, and upload to the id that this gives.';
      throw unknownDocument(documentId, this.#account, remedy);
    }
    const target = await this.#urls.uploading(documentId);
    if (target === undefined) throw this.#uploadEnded(documentId);
    const restricted = record.restricted || (options.restricted ?? false);
    const send = async (what: Content, signal: AbortSignal | undefined) =>
      upload({ ...target, contentType }, what, {
        client: this.#parts.client,
        operation: 'feeds.upload',
        account: this.#account,
        clock: this.#clock,
        ...(signal && { signal }),
        ...(options.onProgress && { onProgress: options.onProgress }),
      });
    const note = (more: Partial<DocumentRecord>, sent: { bytes: number; sha256: string }) =>
      this.#records.change(documentId, (before) => ({
        ...(before ?? record),
        ...{ restricted, uploaded: { ...sent, at: this.#clock.now() } },
        ...more,
      }));
    if (!options.keep) {
      await note({}, await send(content, options.signal));
      return;
    }
    this.#copies.check(documentId, restricted);
    await this.#records.alone(
      documentId,
      async (signal) => {
        const source = await streamOf(content);
        const kept = await this.#copies.write({ documentId, restricted }, source, { signal });
        const open = () => Readable.from(this.#copied(documentId, kept), { objectMode: false });
        await note({ kept }, await send({ open, bytes: kept.bytes }, signal));
      },
      options,
    );
  }

  /**
   * The whole content, decompressed: the kept copy, else downloaded. For what is larger there is `openDocument`.
   *
   * @throws DocumentError `DOCUMENT_TOO_LARGE`, or `DOCUMENT_NOT_FOUND` for a document that is not known here and comes without `ref`.
   */
  async getDocumentContent(documentId: string, options: DocumentContentOptions = {}): Promise<Uint8Array> {
    const { maxBytes = largestContent } = options;
    const document = await this.openDocument(options.ref ?? (await this.#refOf(documentId)), options);
    const pieces: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const piece of document.bytes as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > maxBytes) throw this.#tooLarge(documentId, maxBytes);
        pieces.push(piece);
      }
    } finally {
      document.close();
    }
    return Buffer.concat(pieces);
  }

  /** Deletes our copy and all that is known of a document here. Amazon deletes its own in its time; there is no way to ask for it. */
  async deleteDocument(documentId: string, options: SpCallOptions = {}): Promise<void> {
    await this.#delete(documentId, options.signal);
  }

  /**
   * Opens a document for reading. Read it to its end or close it: it holds a connection or a file.
   *
   * @throws ConfigurationError when it is to be kept and there is no store for it; a restricted document is kept in `sealedContents` only.
   * @throws DocumentError as `download` of `@fluxori/documents` does; `DOCUMENT_DAMAGED` or `DOCUMENT_TRUNCATED` (retryable) when a kept copy is
   *   not what was kept: the copy is dropped then, and the next opening fetches the document anew.
   */
  async openDocument(ref: DocumentRef, options: OpenDocumentOptions = {}): Promise<OpenDocument> {
    if (typeof ref?.documentId === 'string' && ref.documentId !== '') return this.#reader.open(ref, options);
    throw new ValidationError(`A document to be opened for ${this.#account} has no id.`, {
      field: 'documentId',
      account: this.#account,
      remedy: 'Pass the `reportDocumentId`, `resultFeedDocumentId` or `dataDocumentId` that Amazon gave.',
    });
  }

  async metadata(documentId: string): Promise<DocumentMetadata | undefined> {
    const record = await this.#records.get(documentId);
    return record && this.#metadataOf(record);
  }

  /** What is known of this account's documents, by id. */
  async *list(query: DocumentQuery = {}): AsyncGenerator<DocumentMetadata, void, undefined> {
    const { kind, kept, signal } = query;
    for await (const record of this.#records.all(signal)) {
      if (kind !== undefined && record.kind !== kind) continue;
      // One that was begun may lie there, whole: it counts as a copy.
      const hasCopy = record.kept !== undefined || record.copying === true;
      if (kept !== undefined && hasCopy !== kept) continue;
      yield this.#metadataOf(record);
    }
  }

  /**
   * Deletes documents whose retention has ended, copies that nothing points to, and what writers that died left behind. Any process may do so at
   * any time; once a day is enough.
   */
  sweep(
    now: Date = new Date(this.#clock.now()),
    options: { signal?: AbortSignal } = {},
  ): Promise<SweepResult> {
    return sweepDocuments(
      {
        ...{ records: this.#records, copies: this.#copies, account: this.#account },
        deleteDocument: (documentId) => this.#delete(documentId, options.signal),
      },
      now.getTime(),
      options.signal,
    );
  }

  /** The copy first: what is known is what leads to it. @returns the copy that was deleted. */
  #delete(documentId: string, signal: AbortSignal | undefined): Promise<{ bytes: number } | undefined> {
    return this.#records.alone(
      documentId,
      async () => {
        const record = await this.#records.get(documentId);
        // Begun, and perhaps ended, but never recorded.
        const kept = record?.kept ?? (record?.copying ? await this.#copies.found(record) : undefined);
        const deleted = kept !== undefined && (await this.#copies.delete(documentId, kept));
        await this.#urls.forget(documentId);
        await this.#records.change(documentId, () => undefined);
        return deleted ? { bytes: kept.bytes } : undefined;
      },
      { ...(signal && { signal }) },
    );
  }

  async *#copied(documentId: string, kept: NonNullable<DocumentRecord['kept']>): AsyncGenerator<Buffer> {
    const bytes = await this.#copies.read(documentId, kept);
    if (bytes === undefined)
      throw unknownDocument(documentId, this.#account, 'Its copy is gone: upload it again.');
    yield* bytes as AsyncIterable<Buffer>;
  }

  async #refOf(documentId: string): Promise<DocumentRef> {
    const record = await this.#records.get(documentId);
    if (record !== undefined) return refOf(record);
    const remedy =
      'Say what it is: `ref: { kind: "report", documentId, reportType }`, `{ kind: "feedResult", documentId }` or `{ kind: "dataKiosk", documentId }`.';
    throw unknownDocument(documentId, this.#account, remedy);
  }

  async #metadataOf(record: DocumentRecord): Promise<DocumentMetadata> {
    const { documentId } = record;
    const link = (await this.#urls.uploading(documentId)) ?? (await this.#urls.reading(documentId));
    return metadataOf(record, link?.url ?? '', this.#records.deleteAfter(record));
  }

  #tooLarge(documentId: string, maxBytes: number): DocumentError {
    return new DocumentError(
      `The document ${documentId} for ${this.#account} has more than ${maxBytes} bytes, decompressed.`,
      {
        code: 'DOCUMENT_TOO_LARGE',
        account: this.#account,
        remedy: 'Read it with `documents.openDocument`, which holds only pieces of it, or raise `maxBytes`.',
        details: { documentId, maxBytes },
      },
    );
  }

  #uploadEnded(documentId: string): DocumentError {
    return new DocumentError(
      `The URL for the upload of the document ${documentId} for ${this.#account} has ended.`,
      {
        code: 'DOCUMENT_URL_EXPIRED',
        account: this.#account,
        retryable: true,
        remedy: 'Make another document; its URL is good for five minutes.',
        details: { documentId },
      },
    );
  }
}

/** @throws ValidationError when a file cannot be read. */
async function streamOf(content: Content): Promise<Readable> {
  if (typeof content === 'string') return Readable.from([Buffer.from(content)]);
  if (content instanceof Uint8Array) return Readable.from([content]);
  if ('file' in content) {
    const { file } = content;
    const handle = await open(file).catch((cause: { code?: string }) => {
      throw new ValidationError(`The file ${file} cannot be read (${cause.code}), so nothing was sent.`, {
        ...{ field: 'file', cause, remedy: 'Correct its path, or its rights.' },
      });
    });
    return handle.createReadStream({ highWaterMark: 256 * 1024 });
  }
  return 'open' in content ? content.open() : content;
}
