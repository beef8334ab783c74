import type { DocumentMetadata, KeptCopy } from './document-metadata.js';
import type { DocumentKind, DocumentRef } from './document-ref.js';

/** What is recorded of a document; times in milliseconds since 1970. JSON. */
export interface DocumentRecord {
  readonly documentId: string;
  readonly kind: DocumentKind;
  readonly reportType?: string;
  readonly restricted: boolean;
  readonly contentType?: string;
  readonly knownSince: number;
  readonly urlEndsAt?: number;
  readonly unusedUntil?: number;
  readonly uploaded?: { readonly bytes: number; readonly sha256: string; readonly at: number };
  /** A copy was begun. What lies in the store is it, whole: the process ended before it could say so. */
  readonly copying?: boolean;
  readonly kept?: Omit<KeptCopy, 'keptAt'> & { readonly keptAt: number };
}

/** How a document that is known can be opened again. */
export function refOf({ kind, documentId, reportType, restricted }: DocumentRecord): DocumentRef {
  if (kind === 'feedResult') return { kind, documentId };
  if (kind === 'dataKiosk') return { kind, documentId, restricted };
  return { kind, documentId, reportType: reportType ?? '', restricted };
}

/** @param url - empty when it has ended. */
export function metadataOf(record: DocumentRecord, url: string, deleteAfter: Date): DocumentMetadata {
  const { documentId, kind, reportType, restricted, contentType, uploaded, kept, unusedUntil } = record;
  return {
    ...{ documentId, url, contentType: contentType ?? '', expiresAt: new Date(record.urlEndsAt ?? 0) },
    ...{ kind, restricted, knownSince: new Date(record.knownSince), deleteAfter },
    ...(reportType !== undefined && { reportType }),
    ...(unusedUntil !== undefined && { unusedUntil: new Date(unusedUntil) }),
    ...(uploaded && { uploaded: { ...uploaded, at: new Date(uploaded.at) } }),
    ...(kept && { kept: { ...kept, keptAt: new Date(kept.keptAt) } }),
  };
}
