import { type AuditTrail, type Clock, isErrorOf, type Logger, noAudit } from '@fluxori/core';
import { type Download, download, type LinkSource } from '@fluxori/documents';
import type { NetworkAwareClient } from '@fluxori/network';
import type { SectionContext } from '../pipeline/section-context.js';
import { findReportType } from '../reports/types/report-types.js';
import { copyDamaged, isDamage, unknownDocument } from './document-errors.js';
import type { OpenDocumentOptions } from './document-options.js';
import type { DocumentRecord } from './document-record.js';
import type { DocumentRecords } from './document-records.js';
import type { DocumentRef } from './document-ref.js';
import type { DocumentUrls } from './document-urls.js';
import type { KeptCopies } from './kept-copies.js';
import type { OpenDocument } from './open-document.js';
import { opened, operationOf } from './opened.js';

export interface DocumentReaderParts {
  readonly context: SectionContext;
  readonly records: DocumentRecords;
  readonly urls: DocumentUrls;
  readonly copies: KeptCopies;
  readonly client: NetworkAwareClient;
  readonly logger: Logger;
  readonly audit?: AuditTrail;
}

/** Opens documents: the kept copy where there is one, else what Amazon has. */
export class DocumentReader {
  readonly #parts: DocumentReaderParts;
  readonly #account: string;
  readonly #clock: Clock;
  /** Bad copies that are being dropped by this process: whoever opens the document again waits for that. */
  readonly #dropping = new Map<string, Promise<void>>();

  constructor(parts: DocumentReaderParts) {
    this.#parts = parts;
    this.#account = parts.context.config.accountId;
    this.#clock = parts.context.clock;
  }

  async open(ref: DocumentRef, options: OpenDocumentOptions): Promise<OpenDocument> {
    options.signal?.throwIfAborted();
    const { documentId } = ref;
    const { copies } = this.#parts;
    await this.#dropping.get(documentId);
    const record = await this.#recordOf(ref, options.signal);
    const copy = await this.#openCopy(ref, record, options);
    if (copy !== undefined) return copy;
    if (!options.keep) return this.#openAtAmazon(ref, record, options);
    copies.check(documentId, record.restricted);
    const kept = await this.#keep(ref, record, options);
    const opened = await this.#openCopy(ref, kept, options);
    if (opened !== undefined) return opened;
    throw unknownDocument(
      documentId,
      this.#account,
      'Its copy was deleted while it was being opened; open it again.',
    );
  }

  /** What was known of it, and what the caller knows: restricted if anybody says so. */
  #recordOf(ref: DocumentRef, signal: AbortSignal | undefined): Promise<DocumentRecord> {
    const { kind, documentId } = ref;
    const restricted = isRestricted(ref);
    const reportType = ref.kind === 'report' ? ref.reportType : undefined;
    const known = (before: DocumentRecord | undefined) => ({
      knownSince: this.#clock.now(),
      ...before,
      ...{ documentId, kind },
      restricted: restricted || (before?.restricted ?? false),
      ...(reportType !== undefined && { reportType }),
    });
    return this.#parts.records.change(documentId, known, { signal });
  }

  async #openCopy(
    ref: DocumentRef,
    record: DocumentRecord,
    { signal }: OpenDocumentOptions,
  ): Promise<OpenDocument | undefined> {
    const { kept, contentType, documentId } = record;
    if (kept === undefined) return undefined;
    if (record.restricted && kept.store === 'contents') {
      // It was not known to be restricted when it was kept.
      await this.#drop(record);
      return undefined;
    }
    if (record.restricted && this.#parts.copies.has(kept.store)) {
      const { accountId } = this.#parts.context.config;
      await (this.#parts.audit ?? noAudit).record({
        ...{ action: 'read', accountId, what: ['documents'], subjects: [documentId] },
        operation: operationOf(ref.kind),
      });
    }
    const about = { operation: operationOf(ref.kind), account: this.#account };
    const onFailure = (error: unknown) => {
      if (isDamage(error)) this.#dropLater(record, error);
    };
    try {
      const wire = await this.#parts.copies.read(documentId, kept, { signal });
      if (wire === undefined) return undefined;
      const facts = Promise.resolve({ bytes: kept.bytes, sha256: kept.sha256, drops: 0 });
      return opened(
        { ref, from: 'kept copy', contentType, totalBytes: kept.bytes, wire, facts, onFailure },
        about,
      );
    } catch (error) {
      onFailure(error);
      throw error;
    }
  }

  async #openAtAmazon(
    ref: DocumentRef,
    record: DocumentRecord,
    options: OpenDocumentOptions,
  ): Promise<OpenDocument> {
    const fetched = await this.#download(ref, record, options, options.signal);
    const { contentType, totalBytes, bytes: wire, facts } = fetched;
    try {
      await this.#note(record, { ...(contentType !== undefined && { contentType }) });
    } catch (error) {
      wire.destroy();
      throw error;
    }
    const about = { operation: operationOf(ref.kind), account: this.#account };
    return opened({ ref, from: 'amazon', contentType, totalBytes, wire, facts }, about);
  }

  /** Copies the document, alone among all processes. @returns what is recorded of it then. */
  #keep(ref: DocumentRef, known: DocumentRecord, options: OpenDocumentOptions): Promise<DocumentRecord> {
    const { records, copies } = this.#parts;
    const { documentId } = ref;
    return records.alone(
      documentId,
      async (signal) => {
        const record = (await records.get(documentId)) ?? known;
        // Somebody else has kept it while we waited.
        if (record.kept !== undefined && (await this.#isThere(record))) return record;
        // Somebody died between the end of the copy and its record.
        const found = record.copying ? await copies.found(record) : undefined;
        if (found !== undefined) return this.#note(record, { kept: found, copying: undefined });
        const fetched = await this.#download(ref, record, options, signal);
        const { contentType } = fetched;
        const wire = fetched.bytes;
        try {
          await this.#note(record, { contentType, copying: true });
          const kept = await copies.write(record, wire, { signal });
          const facts = await fetched.facts;
          if (facts.sha256 !== kept.sha256 || facts.bytes !== kept.bytes) {
            await copies.delete(documentId, kept);
            throw copyDamaged(documentId, this.#account, 'is not what came over the wire');
          }
          return await this.#note(record, { contentType, kept, copying: undefined });
        } finally {
          wire.destroy();
        }
      },
      { signal: options.signal },
    );
  }

  async #isThere({ documentId, kept }: DocumentRecord): Promise<boolean> {
    if (kept === undefined) return false;
    const bytes = await this.#parts.copies.read(documentId, kept);
    bytes?.destroy();
    return bytes !== undefined;
  }

  async #download(
    ref: DocumentRef,
    { restricted }: DocumentRecord,
    options: OpenDocumentOptions,
    signal: AbortSignal | undefined,
  ): Promise<Download> {
    const { urls, client } = this.#parts;
    const { documentId } = ref;
    const source: LinkSource = urls.source({ ...ref, restricted }, options, (endsAt) =>
      this.#note(undefined, { urlEndsAt: endsAt.getTime() }, documentId),
    );
    const fetch = () =>
      download(source, {
        client,
        operation: operationOf(ref.kind),
        account: this.#account,
        clock: this.#clock,
        ...(signal && { signal }),
        ...(options.onProgress && { onProgress: options.onProgress }),
      });
    const used = await urls.reading(documentId);
    try {
      return await fetch();
    } catch (error) {
      // A URL that another one was given after, perhaps; a fresh one decides.
      const refused = isErrorOf(error, 'DocumentError') && error.code === 'DOCUMENT_URL_REFUSED';
      if (!refused || used === undefined) throw error;
      await urls.forgetReading(documentId);
      return fetch();
    }
  }

  /** Records more of a document; of one that was deleted meanwhile, nothing. */
  async #note(
    record: DocumentRecord | undefined,
    more: Partial<DocumentRecord>,
    documentId = record?.documentId ?? '',
  ): Promise<DocumentRecord> {
    const noted = await this.#parts.records.change(documentId, (before) => {
      const base = before ?? record;
      return base && withoutUndefined({ ...base, ...more });
    });
    return noted ?? ({ ...record, ...more } as DocumentRecord);
  }

  #dropLater(record: DocumentRecord, cause: unknown): void {
    const { documentId } = record;
    const { logger } = this.#parts;
    logger.warn(
      { documentId, store: record.kept?.store, error: String(cause) },
      'a kept copy of a document is damaged; it is dropped',
    );
    const dropped = this.#drop(record)
      .catch((error: unknown) => {
        logger.error(
          { documentId, error: String(error) },
          'a damaged copy of a document could not be dropped',
        );
      })
      .finally(() => this.#dropping.delete(documentId));
    this.#dropping.set(documentId, dropped);
  }

  /** Deletes this very copy, unless another one has taken its place. */
  #drop({ documentId, kept }: DocumentRecord): Promise<void> {
    const { records, copies } = this.#parts;
    return records.alone(documentId, async () => {
      const now = await records.get(documentId);
      if (kept === undefined || now?.kept === undefined || now.kept.keptAt !== kept.keptAt) return;
      await copies.delete(documentId, kept);
      await records.change(
        documentId,
        (before) => before && withoutUndefined({ ...before, kept: undefined }),
      );
    });
  }
}

function isRestricted(ref: DocumentRef): boolean {
  if (ref.kind === 'feedResult') return false;
  if (ref.restricted) return true;
  return ref.kind === 'report' && (findReportType(ref.reportType)?.restricted ?? false);
}

function withoutUndefined(record: DocumentRecord): DocumentRecord {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as DocumentRecord;
}
