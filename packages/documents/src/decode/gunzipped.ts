import type { Readable } from 'node:stream';
import type { DocumentContext } from '../errors/document-context.js';

export function gunzipped(_bytes: Readable, _about: DocumentContext = {}): Readable {
  throw new Error('being built');
}
