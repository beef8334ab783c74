import { createHash } from 'node:crypto';
import { shown, ValidationError } from '@fluxori/core';

/** A part of a content's name, and of a key: an id as it is where every store takes it so, else its digest. */
export function nameOf(id: string): string {
  if (typeof id !== 'string' || id === '') {
    throw new ValidationError(`${shown(id)} is no id of a document.`, {
      field: 'documentId',
      remedy: 'Pass the id as the report, the feed or `createDocument` gave it.',
    });
  }
  const fit = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,149}$/.test(id) && !id.endsWith('.');
  return fit ? id : createHash('sha256').update(id).digest('hex');
}
