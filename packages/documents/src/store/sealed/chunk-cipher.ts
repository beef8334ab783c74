import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Plain bytes in a chunk; the last one may have fewer, and none when the content is empty. */
export const chunkBytes = 64 * 1024;
/** What a chunk grows by: its tag. */
export const tagBytes = 16;
export const keyBytes = 32;

const algorithm = 'aes-256-gcm';

/** Chunks that `bytes` plain bytes make, one at least: also of an empty content the end is vouched for. */
export function chunksOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}

/** The size of a sealed body. */
export function sealedSize(bytes: number): number {
  return bytes + chunksOf(bytes) * tagBytes;
}

/**
 * AES-256-GCM in chunks, after the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce is the chunk's number and
 * whether it is the last, so none can be taken away, added or put elsewhere. Safe because every content has a key of its own.
 */
export class ChunkCipher {
  readonly #key: Uint8Array;
  readonly #bound: Uint8Array;

  /** @param bound - what the chunks belong to; it is vouched for with each of them. */
  constructor(key: Uint8Array, bound: string) {
    this.#key = key;
    this.#bound = Buffer.from(bound, 'utf8');
  }

  seal(plain: Uint8Array, index: number, last: boolean): Buffer {
    const cipher = createCipheriv(algorithm, this.#key, nonceOf(index, last), { authTagLength: tagBytes });
    cipher.setAAD(this.#bound);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @returns undefined when it is not what was sealed as this chunk. */
  open(sealed: Uint8Array, index: number, last: boolean): Buffer | undefined {
    if (sealed.length < tagBytes) return undefined;
    const split = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, this.#key, nonceOf(index, last), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(this.#bound);
    decipher.setAuthTag(sealed.subarray(split));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, split)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
