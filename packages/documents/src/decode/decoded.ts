import type { Readable } from 'node:stream';
import type { DocumentContext } from '../errors/document-context.js';
import { documentError } from '../errors/document-errors.js';
import { charsetNamed } from './charset.js';
import { PlatformDecoding } from './platform-decoding.js';
import { Latin1Decoding, Windows1252Decoding } from './single-byte-decoding.js';
import { type TextDecoding, UndecodableAt } from './text-decoding.js';
import { Utf8Decoding } from './utf8-decoding.js';

export interface DecodeOptions extends DocumentContext {
  /** True: bytes that are no characters end the text with a DocumentError. By default they become U+FFFD and are counted. */
  readonly fatal?: boolean;
}

/** A document's text, in pieces. Can be read once; leaving the loop closes the bytes. */
export interface DecodedText extends AsyncIterable<string> {
  /** As the byte order mark says, else as it was given. Certain once the first piece was read. */
  readonly charset: string;
  /** Bytes read so far, a byte order mark included. */
  readonly bytes: number;
  /** Places so far where bytes were no characters and U+FFFD stands instead. */
  readonly replaced: number;
}

/**
 * The text of a document, character by character right however they lie across the pieces. A byte order mark is taken off and wins over `charset`.
 *
 * @param charset - any name that `charsetNamed` knows, e.g. `utf-8`, `windows-1252`, `iso-8859-1`, `shift_jis` (which is cp932).
 * @throws DocumentError `DOCUMENT_CHARSET_UNKNOWN` at once; while reading, `DOCUMENT_CHARSET_WRONG` with the byte's number if `fatal`.
 */
export function decoded(bytes: Readable, charset: string, options: DecodeOptions = {}): DecodedText {
  return new Text(bytes, charsetNamed(charset), options);
}

class Text implements DecodedText {
  readonly #source: Readable;
  readonly #options: DecodeOptions;
  #decoding: TextDecoding | undefined;
  #markBytes = 0;
  charset: string;
  bytes = 0;

  constructor(source: Readable, charset: string, options: DecodeOptions) {
    this.#source = source;
    this.charset = charset;
    this.#options = options;
  }

  get replaced(): number {
    return this.#decoding?.replaced ?? 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    try {
      // A byte order mark has up to three bytes; until they are there nothing is decoded.
      let head: Buffer | undefined = Buffer.alloc(0);
      for await (const chunk of this.#source as AsyncIterable<Buffer>) {
        this.bytes += chunk.length;
        let piece = chunk;
        if (head !== undefined) {
          head = Buffer.concat([head, chunk]);
          if (head.length < 3) continue;
          piece = head.subarray(this.#begin(head));
          head = undefined;
        }
        const text = this.#decoding?.decode(piece);
        if (text) yield text;
      }
      const rest = this.#rest(head);
      if (rest !== '') yield rest;
    } catch (error) {
      throw error instanceof UndecodableAt ? this.#wrong(error.at + this.#markBytes) : error;
    }
  }

  #rest(head: Buffer | undefined): string {
    const skipped = head === undefined ? 0 : this.#begin(head);
    const decoding = this.#decoding;
    if (decoding === undefined) return '';
    const text = head === undefined ? '' : decoding.decode(head.subarray(skipped));
    return text + decoding.end();
  }

  /** Looks for a byte order mark. @returns its length. */
  #begin(head: Buffer): number {
    const mark = markOf(head);
    if (mark !== undefined) this.charset = mark.charset;
    this.#markBytes = mark?.bytes ?? 0;
    this.#decoding = decodingFor(this.charset, this.#options.fatal ?? false);
    return this.#markBytes;
  }

  #wrong(at: number): Error {
    return documentError(this.#options, {
      code: 'DOCUMENT_CHARSET_WRONG',
      what: `byte ${at} of the document belongs to no character of ${this.charset}.`,
      remedy: 'Name the charset that it is in, or read it without `fatal`: such bytes become U+FFFD then.',
      details: { byte: at, charset: this.charset },
    });
  }
}

function markOf(head: Buffer): { charset: string; bytes: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { charset: 'utf-8', bytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { charset: 'utf-16le', bytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { charset: 'utf-16be', bytes: 2 };
  return undefined;
}

function decodingFor(charset: string, fatal: boolean): TextDecoding {
  switch (charset) {
    case 'utf-8':
      return new Utf8Decoding(fatal);
    case 'iso-8859-1':
      return new Latin1Decoding();
    case 'windows-1252':
      return new Windows1252Decoding();
    default:
      return new PlatformDecoding(charset, fatal);
  }
}
