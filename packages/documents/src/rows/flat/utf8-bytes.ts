import { Readable } from 'node:stream';
import { charsetNamed } from '../../decode/charset.js';
import { type DecodedText, type DecodeOptions, decoded } from '../../decode/decoded.js';

/**
 * A document's bytes such that lines can be cut in them: UTF-8 and ISO 8859-1 as they are, without a byte order mark; every other charset as UTF-8.
 */
export class Utf8Bytes implements AsyncIterable<Buffer> {
  readonly #bytes: Readable;
  readonly #charset: string;
  readonly #options: DecodeOptions;
  #text: DecodedText | undefined;
  /** Certain once the first piece was read. */
  isLatin1: boolean;

  constructor(bytes: Readable, charset: string, options: DecodeOptions) {
    this.#bytes = bytes;
    this.#charset = charsetNamed(charset);
    this.#options = options;
    this.isLatin1 = this.#charset === 'iso-8859-1';
  }

  /** Places where U+FFFD stands for what was no character; without those of UTF-8, which the parser meets. */
  get replaced(): number {
    return this.#text?.replaced ?? 0;
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return this.isLatin1 || this.#charset === 'utf-8' ? this.#asTheyAre() : this.#recoded(this.#bytes);
  }

  async *#asTheyAre(): AsyncGenerator<Buffer, void, void> {
    const pieces = (this.#bytes as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    try {
      let head: Buffer = Buffer.alloc(0);
      while (head.length < 3) {
        const piece = await pieces.next();
        if (piece.done) break;
        head = head.length === 0 ? piece.value : Buffer.concat([head, piece.value]);
      }
      const rest = { [Symbol.asyncIterator]: () => pieces };
      const mark = head.subarray(0, 3).toString('hex');
      if (mark.startsWith('fffe') || mark.startsWith('feff')) {
        this.isLatin1 = false;
        yield* this.#recoded(Readable.from(joined(head, rest), { objectMode: false }));
        return;
      }
      if (mark === 'efbbbf') this.isLatin1 = false;
      yield mark === 'efbbbf' ? head.subarray(3) : head;
      yield* rest;
    } finally {
      await pieces.return?.();
    }
  }

  async *#recoded(bytes: Readable): AsyncGenerator<Buffer, void, void> {
    this.#text = decoded(bytes, this.#charset, this.#options);
    for await (const text of this.#text) yield Buffer.from(text);
  }
}

async function* joined(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  yield head;
  yield* rest;
}
