import type { DocumentKind } from './document-ref.js';

/** What ADR-0004 fixes of a document's metadata. */
export interface IAmazonDocumentMetadata {
  documentId: string;
  /** The signed URL: whoever has it has the document. Empty once it has ended and been dropped. */
  url: string;
  /** Empty as long as it is not known. */
  contentType: string;
  /** When the URL ends: five minutes after Amazon gave it. */
  expiresAt: Date;
}

/** What is known of a copy that lies in a content store. */
export interface KeptCopy {
  readonly store: 'contents' | 'sealedContents';
  /** Its name in that store. */
  readonly name: string;
  /** As it lies there: as it came over the wire, compressed when Amazon compressed it. */
  readonly bytes: number;
  readonly sha256: string;
  readonly keptAt: Date;
}

/** Everything that is known of a document. */
export interface DocumentMetadata extends IAmazonDocumentMetadata {
  readonly kind: DocumentKind;
  readonly reportType?: string;
  readonly restricted: boolean;
  /** When we first saw or made it. */
  readonly knownSince: Date;
  /** The retention's end: a sweep after it deletes the copy and what is known. */
  readonly deleteAfter: Date;
  /** Of a document that we made: Amazon drops it when no feed has used it until then, two days after it was made. */
  readonly unusedUntil?: Date;
  /** Of a document that we made: what was uploaded. */
  readonly uploaded?: { readonly bytes: number; readonly sha256: string; readonly at: Date };
  readonly kept?: KeptCopy;
}
