import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { isErrorOf } from '@fluxori/core';
import { copyDamaged } from './document-errors.js';
import type { KeptCopy } from './document-metadata.js';

interface Expected extends Pick<KeptCopy, 'bytes' | 'sha256'> {
  readonly documentId: string;
  readonly account: string;
}

/** The bytes of a copy, which end with an error when they are not those that were kept. */
export function keptBytes(copy: Readable, expected: Expected): Readable {
  const checked = new KeptBytes(expected);
  // Whoever reads is told by the stream itself.
  pipeline(copy, checked, () => {});
  return checked;
}

class KeptBytes extends Transform {
  readonly #expected: Expected;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(expected: Expected) {
    super({ highWaterMark: 256 * 1024 });
    this.#expected = expected;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    callback(null, chunk);
  }

  override _flush(callback: TransformCallback): void {
    const { bytes, sha256, documentId, account } = this.#expected;
    if (this.#bytes !== bytes) {
      callback(copyDamaged(documentId, account, `has ${this.#bytes} bytes; ${bytes} were kept`));
    } else if (this.#hash.digest('hex') !== sha256) {
      callback(copyDamaged(documentId, account, 'was changed: its digest is not the one that was recorded'));
    } else callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { documentId, account } = this.#expected;
    const told = isErrorOf(error, 'DocumentError') && error.details?.documentId !== documentId;
    callback(told ? copyError(error, documentId, account) : error);
  }
}

/** What the store says of a content, as said of a document. */
export function copyError(error: unknown, documentId: string, account: string): Error {
  if (isErrorOf(error, 'DocumentError')) {
    if (error.code === 'DOCUMENT_DAMAGED')
      return copyDamaged(documentId, account, 'is damaged or was changed', error);
    if (error.code === 'DOCUMENT_TRUNCATED') return copyDamaged(documentId, account, 'is cut off', error);
  }
  return error as Error;
}
