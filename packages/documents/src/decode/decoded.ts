import type { Readable } from 'node:stream';
import type { DocumentContext } from '../errors/document-context.js';

export interface DecodeOptions extends DocumentContext {
  /** True: bytes that are no characters end the text with a DocumentError. By default they become U+FFFD and are counted. */
  readonly fatal?: boolean;
}

/** A document's text, in pieces. Can be read once; leaving the loop closes the bytes. */
export interface DecodedText extends AsyncIterable<string> {
  /** As the byte order mark says, else as it was given. Known once the first piece was read. */
  readonly charset: string;
  /** Bytes read so far, a byte order mark included. */
  readonly bytes: number;
  /** Places so far where bytes were no characters and U+FFFD stands instead. */
  readonly replaced: number;
}

export function decoded(_bytes: Readable, _charset: string, _options: DecodeOptions = {}): DecodedText {
  throw new Error('being built');
}
