import type { Readable } from 'node:stream';
import { decoded } from '../decode/decoded.js';
import type { DocumentContext } from '../errors/document-context.js';
import { FlatParser } from './flat/flat-parser.js';
import { Utf8Bytes } from './flat/utf8-bytes.js';
import { JsonParser } from './json/json-parser.js';
import { ParsedRows } from './parsed-rows.js';
import type { RowFormat } from './row-format.js';
import type { RowStream } from './row-stream.js';
import { XmlParser } from './xml/xml-parser.js';

export interface RowsOfOptions extends DocumentContext {
  readonly format: RowFormat;
  /** As `decoded` takes it, e.g. `utf-8`, `windows-1252`, `shift_jis`. A byte order mark overrules it. */
  readonly charset: string;
  /** Bytes that are no characters of the charset: refused by default; `replace` puts U+FFFD there and counts them in `facts`. */
  readonly badCharacters?: 'refuse' | 'replace';
  /** A row that is larger is refused, since it would have to be held whole; 64 MiB by default. */
  readonly maxRowBytes?: number;
  readonly signal?: AbortSignal;
}

const defaultMaxRowBytes = 64 * 2 ** 20;

/**
 * The rows of a decompressed document, in memory that does not grow with it.
 *
 * @throws DocumentError `DOCUMENT_CHARSET_UNKNOWN` at once; while reading `DOCUMENT_MALFORMED`, `DOCUMENT_TRUNCATED`, `DOCUMENT_CHARSET_WRONG`,
 * `DOCUMENT_TOO_LARGE`, naming the line.
 */
export function rowsOf<Row = Record<string, unknown>>(
  bytes: Readable,
  options: RowsOfOptions,
): RowStream<Row> {
  const { format, charset, badCharacters = 'refuse', maxRowBytes = defaultMaxRowBytes, signal } = options;
  const fatal = badCharacters === 'refuse';
  if (format.kind === 'flat') {
    const source = new Utf8Bytes(bytes, charset, { ...options, fatal });
    const isLatin1 = () => source.isLatin1;
    const parser = new FlatParser({ ...options, format, isLatin1, badCharacters, maxRowBytes });
    return new ParsedRows<Buffer, Row>({
      bytes,
      pieces: source,
      parser,
      replaced: () => source.replaced,
      signal,
      givesLines: true,
    });
  }
  const text = decoded(bytes, charset, { ...options, fatal });
  const parser =
    format.kind === 'json'
      ? new JsonParser({ ...options, format, maxRowBytes })
      : new XmlParser({ ...options, format, maxRowBytes });
  return new ParsedRows<string, Row>({ bytes, pieces: text, parser, replaced: () => text.replaced, signal });
}
