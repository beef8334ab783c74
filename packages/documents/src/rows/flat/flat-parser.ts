import { isAscii, isUtf8 } from 'node:buffer';
import type { DocumentContext } from '../../errors/document-context.js';
import { malformed, rowTooLarge, shapeOf } from '../malformed.js';
import type { FlatFormat } from '../row-format.js';
import type { ParserFacts, RowParser, RowTaker } from '../row-parser.js';
import { type CellReader, cellReaderOf } from './cell-reader.js';
import { LineCutter } from './line-cutter.js';
import { quotedCells } from './quoted-cells.js';
import { type RowMaker, readEscaped, rowMakerOf, rowOfCells } from './row-maker.js';
import { type FlatTable, type Table, tableOf } from './table.js';
import { wholeCharactersAreUtf8 } from './utf8-check.js';

/** What `toString` does beneath; calling it directly saves a tenth of the time of a whole report. */
interface SliceableBuffer extends Buffer {
  latin1Slice(from: number, to: number): string;
  utf8Slice(from: number, to: number): string;
}

export interface FlatParserOptions extends DocumentContext {
  readonly format: FlatFormat;
  /** The bytes are ISO 8859-1; asked at the first line. Otherwise they are UTF-8. */
  readonly isLatin1: () => boolean;
  readonly badCharacters: 'refuse' | 'replace';
  readonly maxRowBytes: number;
}

/** Flat files, from bytes to typed rows. */
export class FlatParser implements RowParser<Buffer> {
  readonly #options: FlatParserOptions;
  readonly #format: FlatFormat;
  readonly #cutter: LineCutter;
  /** ASCII is both. */
  #pieceIsLatin1 = false;
  #pieceIsUtf8 = false;
  #piece: Buffer | undefined;
  /** The last of the piece before. */
  #byteBefore: number | undefined;
  #line = 0;
  #skip: number;
  #empty = true;
  #replaced = 0;
  #table: Table | undefined;
  #readers: readonly (CellReader | undefined)[] = [];
  #make: RowMaker = () => undefined;
  #lines: FlatTable | undefined;

  constructor(options: FlatParserOptions) {
    this.#options = options;
    this.#format = options.format;
    this.#skip = options.format.skipLines ?? 0;
    this.#cutter = new LineCutter({
      quoted: options.format.quotes === 'quoted',
      delimiter: options.format.delimiter.charCodeAt(0),
      maxLineBytes: options.maxRowBytes,
      tooLong: () => rowTooLarge(options, options.maxRowBytes, this.#line + 1),
    });
    if (options.format.headers !== undefined) this.#useHeaders(options.format.headers);
  }

  push(piece: Buffer, rows: RowTaker): void {
    this.#piece = piece;
    this.#pieceIsLatin1 = this.#options.isLatin1() || isAscii(piece);
    this.#pieceIsUtf8 = this.#pieceIsLatin1 || wholeCharactersAreUtf8(piece, this.#byteBefore);
    this.#byteBefore = piece.at(-1);
    this.#cutter.feed(piece);
    while (this.#cutter.next()) this.#take(rows);
  }

  end(rows: RowTaker): void {
    if (!this.#cutter.last()) return;
    if (this.#cutter.insideQuotes)
      throw malformed(this.#options, {
        line: this.#line + 1,
        what: 'begins a quoted cell that never ends',
        code: 'DOCUMENT_TRUNCATED',
        remedy: "The document is cut off, or its quotes are data: then its format needs `quotes: 'data'`.",
      });
    this.#take(rows);
  }

  facts(): ParserFacts {
    return {
      empty: this.#empty,
      replacedCharacters: this.#replaced,
      ...(this.#table !== undefined && {
        headers: this.#table.headers,
        unknownColumns: this.#table.unknownColumns,
        missingColumns: this.#table.missingColumns,
      }),
    };
  }

  #take(rows: RowTaker): void {
    this.#line++;
    const { hasQuotes } = this.#cutter;
    const table = this.#skip === 0 && !hasQuotes ? this.#table : undefined;
    if (table !== undefined && rows.takeLine !== undefined && this.#takesLine(rows, table)) return;
    const line = this.#text();
    if (table !== undefined) {
      const row = this.#make(line);
      if (row !== undefined) {
        this.#empty = false;
        rows.push(row);
        return;
      }
    }
    this.#takeSlowly(line, hasQuotes, rows);
    if (hasQuotes) this.#line += line.match(/\r\n|\r|\n/g)?.length ?? 0;
  }

  #takesLine(rows: RowTaker, { columns }: Table): boolean {
    const { bytes, from, to } = this.#cutter;
    if (!this.#holdsCharacters()) return false;
    // Not before the first line, since only then the charset is certain.
    this.#lines ??= {
      ...{ columns, readers: this.#readers },
      ...{ delimiter: this.#format.delimiter, isLatin1: this.#options.isLatin1() },
    };
    if (!rows.takeLine?.(bytes, from, to, this.#lines)) return false;
    this.#empty = false;
    return true;
  }

  #takeSlowly(line: string, hasQuotes: boolean, rows: RowTaker): void {
    if (line === '' && (this.#table?.columns.length !== 1 || this.#skip > 0)) {
      if (this.#skip > 0) this.#skip--;
      return;
    }
    this.#empty = false;
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    const cells = hasQuotes ? this.#quotedCells(line) : line.split(this.#format.delimiter);
    if (this.#table === undefined) this.#useHeaders(cells.map((cell) => this.#headerOf(cell)));
    else rows.push(this.#rowOf(cells, this.#table));
  }

  #rowOf(cells: string[], { columns, headers }: Table): Record<string, unknown> {
    const surplus = cells.slice(columns.length);
    const fits = this.#format.shortRows === 'fill' && surplus.every((cell) => cell === '');
    if (cells.length !== columns.length && !fits)
      throw malformed(this.#options, {
        line: this.#line,
        what: `has ${cells.length} cells where the header has ${columns.length}`,
        details: { cells: cells.length, columns: columns.length },
        remedy:
          cells.length < columns.length
            ? "Either a cell holds a line break, or empty cells at the end are cut off; for the latter there is `shortRows: 'fill'`."
            : 'A cell holds the delimiter, or the format says the wrong one, or the wrong kind of quotes.',
      });
    const { row, bad } = rowOfCells(columns, this.#readers, cells);
    if (bad !== undefined && this.#format.badCells !== 'text') {
      const { type } = columns[bad] as Table['columns'][number];
      throw malformed(this.#options, {
        line: this.#line,
        what: `has no ${type} in column "${headers[bad]}", but a text like ${shapeOf(cells[bad] as string)}`,
        details: { column: headers[bad], type },
        remedy:
          "Say how the column is written (`decimal`, `dateOrder`, `zone`), read it as text, or set `badCells: 'text'`.",
      });
    }
    return row;
  }

  #useHeaders(headers: readonly string[]): void {
    const { columns = {}, delimiter, escapes } = this.#format;
    const table = tableOf(headers, columns);
    if (this.#isNoTable(table)) {
      throw malformed(this.#options, {
        line: this.#line,
        what: 'is one cell, and none of the columns that are known',
        remedy:
          'The document is of another type, has another delimiter, or tells an error instead of rows: look at it as it is.',
      });
    }
    const required = table.missingColumns.filter((header) => columns[header]?.required);
    if (required.length > 0)
      throw malformed(this.#options, {
        line: this.#line,
        what: `lacks the ${required.length === 1 ? 'column' : 'columns'} ${required.map((header) => `"${header}"`).join(', ')}`,
        details: { missing: required },
        remedy: 'The document is of another type or in another language, or its columns were renamed.',
      });
    this.#table = table;
    this.#readers = table.columns.map(
      (column) => cellReaderOf(column) ?? (escapes === 'backslash' ? readEscaped : undefined),
    );
    this.#make = rowMakerOf(table.columns, this.#readers, delimiter);
  }

  /** Headers may be translated, so unknown ones are no fault; a page of HTML, an error in JSON or XML, or another delimiter make a single cell. */
  #isNoTable({ headers, unknownColumns }: Table): boolean {
    const known = Object.keys(this.#format.columns ?? {}).length;
    return (
      this.#format.headers === undefined && known > 1 && headers.length === 1 && unknownColumns.length === 1
    );
  }

  #headerOf(cell: string): string {
    return this.#format.escapes === 'backslash' ? readEscaped(cell, 0, cell.length) : cell;
  }

  #quotedCells(line: string): string[] {
    const cells = quotedCells(line, this.#format.delimiter);
    if (typeof cells !== 'number') return cells;
    throw malformed(this.#options, {
      line: this.#line,
      what: `has text behind the quotes of cell ${cells + 1}`,
      remedy:
        "A quote inside of quotes is written twice. Where quotes are data, the format needs `quotes: 'data'`.",
    });
  }

  #text(): string {
    const { from, to } = this.#cutter;
    const bytes = this.#cutter.bytes as SliceableBuffer;
    if (bytes === this.#piece) {
      if (this.#pieceIsLatin1) return bytes.latin1Slice(from, to);
      if (this.#pieceIsUtf8) return bytes.utf8Slice(from, to);
    } else if (this.#options.isLatin1()) return bytes.latin1Slice(from, to);
    if (!isUtf8(bytes.subarray(from, to))) {
      if (this.#options.badCharacters === 'refuse') throw this.#wrongCharset();
      this.#replaced++;
    }
    return bytes.utf8Slice(from, to);
  }

  /** Whether the line's bytes are characters of the document's charset. */
  #holdsCharacters(): boolean {
    const { bytes, from, to } = this.#cutter;
    if (bytes === this.#piece ? this.#pieceIsUtf8 : this.#options.isLatin1()) return true;
    return isUtf8(bytes.subarray(from, to));
  }

  #wrongCharset(): Error {
    return malformed(this.#options, {
      line: this.#line,
      what: 'holds bytes that are no UTF-8',
      code: 'DOCUMENT_CHARSET_WRONG',
      remedy:
        "Name the document's own charset, such as windows-1252 or shift_jis, or set `badCharacters: 'replace'`.",
    });
  }
}
