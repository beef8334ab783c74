import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';

/** The bytes of a document as they go over the wire, in memory or in a file. */
export interface DocumentContent {
  readonly bytes: number;
  /** Of the bytes on the wire, in hex. */
  readonly sha256: string;
  /** @param to - excluded. */
  open(from: number, to: number): Readable;
  /** All at once, for what has to be understood as a whole. */
  read(): Buffer;
}

/** What was lifted into the store: the content, and the digest of what it was before it was compressed. */
export interface Spooled {
  readonly content: DocumentContent;
  readonly plainBytes: number;
  readonly plainSha256: string;
}

export class MemoryContent implements DocumentContent {
  readonly #bytes: Buffer;
  readonly sha256: string;

  constructor(bytes: Buffer, sha256: string) {
    this.#bytes = bytes;
    this.sha256 = sha256;
  }

  get bytes(): number {
    return this.#bytes.length;
  }

  open(from: number, to: number): Readable {
    return Readable.from(from < to ? [this.#bytes.subarray(from, to)] : [], { objectMode: false });
  }

  read(): Buffer {
    return this.#bytes;
  }
}

export class FileContent implements DocumentContent {
  readonly #path: string;
  readonly bytes: number;
  readonly sha256: string;

  constructor(path: string, bytes: number, sha256: string) {
    this.#path = path;
    this.bytes = bytes;
    this.sha256 = sha256;
  }

  open(from: number, to: number): Readable {
    if (from >= to) return Readable.from([]);
    return createReadStream(this.#path, { start: from, end: to - 1, highWaterMark: 256 * 1024 });
  }

  read(): Buffer {
    return readFileSync(this.#path);
  }
}
