import { ConfigurationError, DocumentError, isErrorOf } from '@fluxori/core';

/** Whether bytes are not what they were, so that reading them again cannot help. */
export function isDamage(error: unknown): boolean {
  return (
    isErrorOf(error, 'DocumentError') &&
    (error.code === 'DOCUMENT_DAMAGED' || error.code === 'DOCUMENT_TRUNCATED')
  );
}

/** @param what - continues "The kept copy of … ". */
export function copyDamaged(
  documentId: string,
  account: string,
  what: string,
  cause?: unknown,
): DocumentError {
  const truncated = isErrorOf(cause, 'DocumentError') && cause.code === 'DOCUMENT_TRUNCATED';
  return new DocumentError(`The kept copy of the document ${documentId} for ${account} ${what}.`, {
    code: truncated ? 'DOCUMENT_TRUNCATED' : 'DOCUMENT_DAMAGED',
    account,
    retryable: true,
    remedy:
      'Take nothing of what was read. The copy is being dropped, so opening the document again fetches it anew; find out who else writes to the store.',
    details: { documentId },
    ...(cause !== undefined && { cause }),
  });
}

export function noStore(documentId: string, account: string, restricted: boolean): ConfigurationError {
  const field = restricted ? 'sealedContents' : 'contents';
  return new ConfigurationError(
    restricted
      ? `The document ${documentId} for ${account} holds personal data and may be kept sealed only, and there is no sealed content store.`
      : `The document ${documentId} for ${account} cannot be kept: there is no content store.`,
    {
      account,
      field,
      remedy: restricted
        ? 'Give the connector `sealedContents` (a SealedContentStore; with the command line, set a sealing key), or read the document without keeping it.'
        : 'Give the connector `contents` (see openContentStore), or read the document without keeping it.',
    },
  );
}

export function unknownDocument(documentId: string, account: string, remedy: string): DocumentError {
  return new DocumentError(`Nothing is known here of the document ${documentId} for ${account}.`, {
    code: 'DOCUMENT_NOT_FOUND',
    account,
    remedy,
    details: { documentId },
  });
}
