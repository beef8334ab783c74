import type { AuditTrail, KeyValueStore, Locks, Logger } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import type { NetworkAwareClient } from '@fluxori/network';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { DocumentKind, DocumentRef } from './document-ref.js';

/** Bytes as they travel: `totalBytes` where it is known. */
export interface ByteProgress {
  readonly bytes: number;
  readonly totalBytes?: number;
}

export interface UploadDocumentOptions extends SpCallOptions {
  readonly onProgress?: (progress: ByteProgress) => void;
  /** Copies it to the content store first and sends the copy, so that it can be read again here. */
  readonly keep?: boolean;
  /** It holds personal data: its copy goes to the sealed store only. */
  readonly restricted?: boolean;
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
  /** What writers that died had left behind in the stores, whoever's it was. */
  readonly leftovers: number;
  /** Freed by all of these. */
  readonly bytes: number;
}

/** How long documents are kept, in days since they were first seen. */
export interface DocumentRetention {
  readonly documentsDays: number;
  readonly restrictedDocumentsDays: number;
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
  /** The account's own (`retention` of its configuration) by default. */
  readonly retention?: DocumentRetention;
  /** Told of each reading of a restricted document's copy, before it is read. Fetching it at Amazon is told by the pipeline. */
  readonly audit?: AuditTrail;
}
