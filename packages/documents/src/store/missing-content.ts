import { DocumentError } from '@fluxori/core';

export function missingContent(name: string, store: string): DocumentError {
  return new DocumentError(`There is no content ${name} in ${store}.`, {
    code: 'DOCUMENT_NOT_FOUND',
    remedy: 'It was never kept, or has been deleted: fetch the document again.',
    details: { name, store },
  });
}
