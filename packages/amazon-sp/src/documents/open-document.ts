import type { Readable } from 'node:stream';
import type { DocumentRef } from './document-ref.js';

/** What is known of a document's bytes when they have all been read: as they came over the wire, before gunzip. */
export interface DocumentFacts {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** How many times the connection was lost on the way; 0 for a kept copy. */
  readonly drops: number;
}

/** A document that is being read. */
export interface OpenDocument {
  readonly ref: DocumentRef;
  /** As its server named it, with its charset; undefined when it named none. */
  readonly contentType?: string;
  readonly from: 'amazon' | 'kept copy';
  /** Size as on the wire, where known before the end. */
  readonly totalBytes?: number;
  /** Decompressed. Ends with a DocumentError when bytes are missing, damaged or differ from the recorded digest. */
  readonly bytes: Readable;
  /** Settles when `bytes` has ended; rejects with what ended it. Nobody needs to look at it. */
  readonly facts: Promise<DocumentFacts>;
  /** Frees the connection or the file; idempotent. Not needed after the end of `bytes`. */
  close(): void;
}
