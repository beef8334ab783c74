import { Transform, type TransformCallback } from 'node:stream';
import { DocumentError } from '@fluxori/core';
import { type ChunkCipher, chunkBytes, chunksOf, sealedSize, tagBytes } from './chunk-cipher.js';
import { Refill } from './refill.js';

/** Opens sealed chunks that flow through it. Plain bytes come out only when they have been vouched for. */
export class OpenChunks extends Transform {
  readonly #cipher: ChunkCipher;
  readonly #name: string;
  readonly #bytes: number;
  readonly #held = new Refill();
  #index: number;
  #skip: number;

  /**
   * @param options.bytes - the size of the whole plain content.
   * @param options.from - the plain byte to begin at; what flows in must begin at `sealedFrom(from)`.
   */
  constructor(cipher: ChunkCipher, options: { name: string; bytes: number; from: number }) {
    super();
    this.#cipher = cipher;
    this.#name = options.name;
    this.#bytes = options.bytes;
    this.#index = firstChunk(options);
    this.#skip = options.from - this.#index * chunkBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#held.add(chunk);
    try {
      const count = chunksOf(this.#bytes);
      while (this.#index < count && this.#held.size >= this.#sealedChunk()) this.#openOne();
      if (this.#index >= count && this.#held.size > 0) {
        throw this.#damaged('DOCUMENT_DAMAGED', 'something was put behind its end');
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const complete = this.#index >= chunksOf(this.#bytes);
    done(complete ? null : this.#damaged('DOCUMENT_TRUNCATED', 'its end is missing'));
  }

  /** The size of the chunk that comes next. */
  #sealedChunk(): number {
    const last = this.#index === chunksOf(this.#bytes) - 1;
    return (last ? this.#bytes - this.#index * chunkBytes : chunkBytes) + tagBytes;
  }

  #openOne(): void {
    const last = this.#index === chunksOf(this.#bytes) - 1;
    const plain = this.#cipher.open(this.#held.take(this.#sealedChunk()), this.#index, last);
    if (plain === undefined) throw this.#damaged('DOCUMENT_DAMAGED', 'it was changed or damaged');
    this.#index++;
    const wanted = this.#skip === 0 ? plain : plain.subarray(this.#skip);
    this.#skip = 0;
    if (wanted.length > 0) this.push(wanted);
  }

  #damaged(code: 'DOCUMENT_DAMAGED' | 'DOCUMENT_TRUNCATED', how: string): DocumentError {
    const byte = this.#index * chunkBytes;
    return new DocumentError(`The sealed content ${this.#name} is not used from byte ${byte} on: ${how}.`, {
      code,
      remedy: 'Delete it and fetch the document again; find out who writes to the store.',
      details: { name: this.#name, byte },
    });
  }
}

/** Where in the sealed body the chunk begins that has the plain byte `from`. */
export function sealedFrom(content: { bytes: number; from: number }): number {
  const index = firstChunk(content);
  return Math.min(index * (chunkBytes + tagBytes), sealedSize(content.bytes));
}

/** At the very end it is the last chunk, so that the end is vouched for also then. */
function firstChunk({ bytes, from }: { bytes: number; from: number }): number {
  return Math.min(Math.floor(from / chunkBytes), chunksOf(bytes) - 1);
}
