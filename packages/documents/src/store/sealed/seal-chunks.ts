import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { type ChunkCipher, chunkBytes } from './chunk-cipher.js';
import { Refill } from './refill.js';

/** Seals what flows through it, in chunks, and counts it. */
export class SealChunks extends Transform {
  readonly #cipher: ChunkCipher;
  readonly #hash = createHash('sha256');
  // One byte more than a chunk must be there before it goes: whether it is the last is told with it.
  readonly #held = new Refill();
  #index = 0;
  #bytes = 0;

  constructor(cipher: ChunkCipher) {
    super({ decodeStrings: true });
    this.#cipher = cipher;
  }

  /** Of the plain bytes; to be asked when all have flowed. */
  facts(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    this.#held.add(chunk);
    while (this.#held.size > chunkBytes) {
      this.push(this.#cipher.seal(this.#held.take(chunkBytes), this.#index++, false));
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.push(this.#cipher.seal(this.#held.take(this.#held.size), this.#index, true));
    done();
  }
}
