import { finished, type Readable } from 'node:stream';
import { DocumentError, shown, ValidationError } from '@fluxori/core';
import { gunzipped } from '@fluxori/documents';
import type { DocumentRef } from './document-ref.js';
import type { DocumentFacts, OpenDocument } from './open-document.js';

/** A document that is being read, made of its bytes as they lie or travel. */
export function opened(
  source: Pick<OpenDocument, 'from' | 'contentType' | 'totalBytes' | 'ref'> & {
    readonly wire: Readable;
    readonly facts: Promise<DocumentFacts>;
    readonly onFailure?: (error: unknown) => void;
  },
  about: { operation: string; account: string },
): OpenDocument {
  const { wire, facts: wireFacts, onFailure, contentType, totalBytes, ref, from } = source;
  const bytes = gunzipped(wire, about);
  const facts = Promise.withResolvers<DocumentFacts>();
  // Whoever looks gets it; nobody has to.
  facts.promise.catch(() => undefined);
  finished(bytes, (error) => {
    if (error === undefined || error === null) {
      facts.resolve(wireFacts);
      return;
    }
    onFailure?.(error);
    facts.reject(error.code === 'ERR_STREAM_PREMATURE_CLOSE' ? closed(ref, about) : error);
  });
  return {
    ...{ ref, from, bytes, facts: facts.promise },
    ...(contentType !== undefined && { contentType }),
    ...(totalBytes !== undefined && { totalBytes }),
    close: () => {
      bytes.destroy();
    },
  };
}

function closed({ documentId }: DocumentRef, { operation, account }: { operation: string; account: string }) {
  return new DocumentError(`The document ${documentId} for ${account} was closed before its end.`, {
    ...{ code: 'DOCUMENT_INTERRUPTED', operation, account, retryable: true },
    remedy: 'Open it again, and read it to its end.',
  });
}

/** For people and metrics. */
export function operationOf(kind: DocumentRef['kind']): string {
  const sections = { report: 'reports', feedResult: 'feeds', dataKiosk: 'dataKiosk' };
  if (typeof kind === 'string' && Object.hasOwn(sections, kind)) return `${sections[kind]}.download`;
  throw new ValidationError(`kind: ${shown(kind)} is no kind of document.`, {
    field: 'kind',
    remedy: `Use one of ${Object.keys(sections).join(', ')}.`,
  });
}
