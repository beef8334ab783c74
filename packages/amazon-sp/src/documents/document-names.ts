import { createHash } from 'node:crypto';

/** A part of a content's name, and of a key: an id as it is where every store takes it so, else its digest. */
export function nameOf(id: string): string {
  const fit = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,149}$/.test(id) && !id.endsWith('.');
  return fit ? id : createHash('sha256').update(id).digest('hex');
}
