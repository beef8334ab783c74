import {
  DocumentError,
  type DocumentsCapability,
  type KeyValueStore,
  type Locks,
  type Logger,
} from '@fluxori/core';
import type { Content, ContentStore } from '@fluxori/documents';
import type { NetworkAwareClient } from '@fluxori/network';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { DocumentMetadata } from './document-metadata.js';
import type { DocumentKind, DocumentRef } from './document-ref.js';
import type { OpenDocument } from './open-document.js';

/** Bytes as they travel: `totalBytes` where it is known. */
export interface ByteProgress {
  readonly bytes: number;
  readonly totalBytes?: number;
}

export interface UploadDocumentOptions extends SpCallOptions {
  readonly onProgress?: (progress: ByteProgress) => void;
  /** Keeps a copy of what is sent in the content store, before it is sent. */
  readonly keep?: boolean;
}

export interface OpenDocumentOptions extends SpCallOptions {
  readonly onProgress?: (progress: ByteProgress) => void;
  /**
   * Copies the document to the content store first, whole and checked, and reads the copy: opening it again costs no token and no
   * download, also after a crash. A copy that is already there is read in any case.
   */
  readonly keep?: boolean;
}

export interface DocumentContentOptions extends OpenDocumentOptions {
  /** What kind of document it is, when it was not made or opened here before. */
  readonly ref?: DocumentRef;
  /** A larger document is refused, after decompression; 64 MiB by default. Bytes. */
  readonly maxBytes?: number;
}

export interface DocumentQuery {
  readonly kind?: DocumentKind;
  /** Only those with a copy (true) or without one (false). */
  readonly kept?: boolean;
  readonly signal?: AbortSignal;
}

export interface SweepResult {
  /** Documents whose retention had ended. */
  readonly documents: number;
  /** Copies deleted, those among them that nothing pointed to any more included. */
  readonly copies: number;
  readonly bytes: number;
}

/** What the documents of one account are kept with. */
export interface DocumentParts {
  readonly keyValues: KeyValueStore;
  /** For signed URLs, which give the document to whoever has them. */
  readonly secureKeyValues: KeyValueStore;
  readonly locks: Locks;
  readonly client: NetworkAwareClient;
  readonly logger: Logger;
  /** For copies of documents without personal data. */
  readonly contents?: ContentStore;
  /** For copies of restricted documents. */
  readonly sealedContents?: ContentStore;
}

/** Documents of feeds, reports and data kiosk: made, sent, fetched, kept, deleted. */
export class DocumentManager implements DocumentsCapability {
  constructor(_context: SectionContext, _parts: DocumentParts) {}

  createDocument(_contentType: string, _options: SpCallOptions = {}): Promise<string> {
    throw beingBuilt();
  }

  uploadDocumentContent(
    _documentId: string,
    _content: Content,
    _options: UploadDocumentOptions = {},
  ): Promise<void> {
    throw beingBuilt();
  }

  getDocumentContent(_documentId: string, _options: DocumentContentOptions = {}): Promise<Uint8Array> {
    throw beingBuilt();
  }

  deleteDocument(_documentId: string, _options: SpCallOptions = {}): Promise<void> {
    throw beingBuilt();
  }

  openDocument(_ref: DocumentRef, _options: OpenDocumentOptions = {}): Promise<OpenDocument> {
    throw beingBuilt();
  }

  metadata(_documentId: string): Promise<DocumentMetadata | undefined> {
    throw beingBuilt();
  }

  list(_query: DocumentQuery = {}): AsyncIterable<DocumentMetadata> {
    throw beingBuilt();
  }

  sweep(_now?: Date, _options: { signal?: AbortSignal } = {}): Promise<SweepResult> {
    throw beingBuilt();
  }
}

function beingBuilt(): DocumentError {
  return new DocumentError('Documents are being built.');
}
