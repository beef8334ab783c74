import type { RowsFileFormat } from './write/row-text.js';

/** What is known of a document once its rows have been read. */
export interface RowFacts {
  readonly rows: number;
  /** False when the reader stopped before the end. */
  readonly complete: boolean;
  /** `empty`: not a single character. `header-only`: a header (or, for JSON and XML, a document) without a row. */
  readonly content: 'rows' | 'header-only' | 'empty';
  /** The headers as the document gave them; flat files only. */
  readonly headers?: readonly string[];
  /** Headers that the format does not know; their cells are text. */
  readonly unknownColumns?: readonly string[];
  /** Columns of the format that the document does not have; rows lack these cells. */
  readonly missingColumns?: readonly string[];
  /** Lines (in UTF-16, Shift_JIS and the like: places) where bytes were no characters and U+FFFD stands instead; 0 unless `badCharacters: 'replace'`. */
  readonly replacedCharacters: number;
  /** JSON only: the document without its rows. */
  readonly head?: unknown;
  /** JSON only: paths of other arrays and objects that were too large to be kept in `head`. */
  readonly leftOut?: readonly string[];
}

/**
 * The rows of a document, read once, as fast as they are taken. Leaving the loop ends everything beneath it, down to the connection.
 *
 * @throws DocumentError `DOCUMENT_MALFORMED`, naming the line, while it is read.
 */
export interface RowStream<Row> extends AsyncIterable<Row> {
  /** The same rows by the piece, as they come: for millions of rows the cheaper way. Instead of the rows, not beside them. */
  batches(): AsyncIterable<readonly Row[]>;
  /**
   * The same rows as the bytes of a file, as `writeRows` writes them; instead of the rows, not beside them. Flat documents have it: without the rows'
   * values, which nobody looks at, it is many times as fast. Each piece is used no longer than until the next but one is asked for.
   */
  written?(as: RowsFileFormat): AsyncIterable<Buffer>;
  /** Settles when the reading has ended, by itself or by leaving the loop; rejects with what the loop threw. */
  readonly facts: Promise<RowFacts>;
}
