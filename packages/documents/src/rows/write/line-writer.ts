import type { FlatTable } from '../flat/table.js';
import type { Column } from '../row-format.js';
import { type FixedTexts, fixedTexts, type LineFormat, lineFormatOf, means } from './line-format.js';
import type { OutBytes } from './out-bytes.js';
import { type PlainCell, plainCellOf } from './plain-cells.js';
import type { RowsFileFormat } from './row-text.js';

const [quote, backslash] = [34, 92];
const nothing = Buffer.alloc(0);

/**
 * Writes lines of a flat document as lines of a file, from bytes to bytes: no text, no row, nothing for the garbage collector. What comes out is what
 * the line's row would be written as (`rows-as-files.property.test.ts` holds the two against each other); a line for which that is not simple is
 * refused.
 */
export class LineWriter {
  readonly #table: FlatTable;
  readonly #isJson: boolean;
  /** `undefined` for text. */
  readonly #plain: readonly (PlainCell | undefined)[];
  /** In JSON a string. */
  readonly #isQuoted: readonly boolean[];
  readonly #delimiter: number;
  readonly #format: LineFormat;
  readonly #fixed: FixedTexts;
  #line: Buffer = nothing;
  #words: DataView = new DataView(nothing.buffer);
  #out: Buffer = nothing;
  /** How far the line has been read. */
  #at = 0;

  private constructor(table: FlatTable, as: RowsFileFormat) {
    this.#table = table;
    this.#isJson = as === 'jsonl';
    this.#plain = table.columns.map(plainCellOf);
    this.#isQuoted = table.columns.map(({ type }) => this.#isJson && isString[type]);
    this.#delimiter = table.delimiter.charCodeAt(0);
    this.#format = lineFormatOf(as, table);
    this.#fixed = fixedTexts(as, table.columns);
  }

  /** @returns `undefined` for a table whose rows are always to be made. */
  static of(table: FlatTable, as: RowsFileFormat): LineWriter | undefined {
    const { columns, readers } = table;
    // Objects give such names first, whatever their order was.
    const hasIndices = columns.some(({ name }) => /^\d+$/.test(name));
    const hasEscapes = columns.some(({ type }, index) => type === 'text' && readers[index] !== undefined);
    // In csv a blank line is none; a lone empty cell needs quotes.
    const mayBeBlank = as === 'csv' && columns.length === 1;
    return hasIndices || hasEscapes || mayBeBlank ? undefined : new LineWriter(table, as);
  }

  /**
   * @param line - holds the line from one place to another; its bytes are characters of the table's charset.
   * @returns false when nothing was written, and the line's row is to be made instead.
   */
  write(line: Buffer, from: number, to: number, out: OutBytes): boolean {
    const { words, ends, lengths, mostBytes } = this.#fixed;
    out.room((to - from) * 2 + mostBytes);
    this.#use(line, from, out.bytes);
    const { view } = out;
    const delimiter = this.#delimiter;
    const plain = this.#plain;
    const last = plain.length - 1;
    let end = out.used;
    let word = 0;
    for (let column = 0; column <= last; column++) {
      const wordsEnd = ends[column] as number;
      for (let place = end; word < wordsEnd; word++, place += 4)
        view.setInt32(place, words[word] as number, true);
      end += lengths[column] as number;
      const cell = plain[column];
      if (this.#at === to || line[this.#at] === delimiter) end = this.#writeEmpty(cell === undefined, end);
      else
        end = cell === undefined ? this.#writeText(to, end, view) : this.#writeValue(column, cell, to, end);
      if (end === -1) return false;
      if (column < last && this.#at++ === to) return false;
    }
    if (this.#at !== to) return false;
    for (let place = end; word < words.length; word++, place += 4)
      view.setInt32(place, words[word] as number, true);
    out.used = end + (lengths[last + 1] as number);
    return true;
  }

  #use(line: Buffer, from: number, out: Buffer): void {
    this.#at = from;
    this.#out = out;
    if (line === this.#line) return;
    this.#line = line;
    this.#words = new DataView(line.buffer, line.byteOffset, line.length);
  }

  #writeEmpty(isText: boolean, written: number): number {
    if (!this.#isJson) return written;
    const out = this.#out;
    if (isText) {
      out[written] = quote;
      return written + 1;
    }
    for (let letter = 0; letter < null_.length; letter++) out[written + letter] = null_[letter] as number;
    return written + null_.length;
  }

  /** @returns -1 for a cell with a character that cannot be written simply. */
  #writeText(to: number, written: number, view: DataView): number {
    const line = this.#line;
    const out = this.#out;
    const words = this.#words;
    const { meanings, one, two, three, high } = this.#format;
    const begin = this.#at;
    const wordsTo = to - 4;
    let at = begin;
    let end = written;
    for (;;) {
      // Four bytes at a time, as long as none of them may mean anything: a control character, one of two signs, in ISO 8859-1 one beyond ASCII.
      while (at <= wordsTo) {
        const word = words.getInt32(at, true);
        view.setInt32(end, word, true);
        const ones = word ^ one;
        const twos = word ^ two;
        const threes = word ^ three;
        const found =
          (((word - 0x20202020) & ~word) |
            ((ones - 0x01010101) & ~ones) |
            ((twos - 0x01010101) & ~twos) |
            ((threes - 0x01010101) & ~threes) |
            (word & high)) &
          0x80808080;
        if (found === 0) {
          at += 4;
          end += 4;
          continue;
        }
        const before = (31 - Math.clz32(found & -found)) >> 3;
        at += before;
        end += before;
        break;
      }
      if (at === to) break;
      const byte = line[at] as number;
      const meaning = meanings[byte] as number;
      if (meaning === means.itself) out[end++] = byte;
      else if (meaning === means.endOfCell) break;
      else if (meaning === means.refused) return -1;
      else if (meaning === means.toBeQuoted) return this.#writeQuoted(begin, to, written);
      else if (meaning === means.latin1) {
        out[end++] = 0xc0 | (byte >> 6);
        out[end++] = 0x80 | (byte & 0x3f);
      } else {
        out[end++] = backslash;
        out[end++] = meaning;
      }
      at++;
    }
    this.#at = at;
    if (this.#isJson) out[end++] = quote;
    return end;
  }

  /** A cell by RFC 4180, in quotes. */
  #writeQuoted(from: number, to: number, written: number): number {
    const line = this.#line;
    const out = this.#out;
    const { meanings } = this.#format;
    let at = from;
    let end = written;
    out[end++] = quote;
    for (; at < to; at++) {
      const byte = line[at] as number;
      const meaning = meanings[byte];
      if (meaning === means.endOfCell) break;
      if (meaning === means.latin1) {
        out[end++] = 0xc0 | (byte >> 6);
        out[end++] = 0x80 | (byte & 0x3f);
        continue;
      }
      if (byte === quote) out[end++] = quote;
      out[end++] = byte;
    }
    out[end++] = quote;
    this.#at = at;
    return end;
  }

  /** @returns -1 for a cell that is not of its column's type. */
  #writeValue(column: number, plain: PlainCell, to: number, written: number): number {
    const line = this.#line;
    const out = this.#out;
    const from = this.#at;
    let at = from;
    while (at < to && line[at] !== this.#delimiter) at++;
    this.#at = at;
    const isQuoted = this.#isQuoted[column];
    if (isQuoted) out[written] = quote;
    const end = plain(line, from, at, out, isQuoted ? written + 1 : written);
    if (end === -1) return this.#writeRead(column, line.toString(this.#encoding, from, at), written);
    if (!isQuoted) return end;
    out[end] = quote;
    return end + 1;
  }

  /** By way of its value. */
  #writeRead(column: number, cell: string, written: number): number {
    const value = this.#table.readers[column]?.(cell, 0, cell.length);
    if (value === undefined) return -1;
    return written + this.#out.write(this.#isJson ? JSON.stringify(value) : textOf(value), written);
  }

  get #encoding(): 'latin1' | 'utf8' {
    return this.#table.isLatin1 ? 'latin1' : 'utf8';
  }
}

const null_ = Buffer.from('null');

const isString: Readonly<Record<Column['type'], boolean>> = {
  text: true,
  money: true,
  date: true,
  instant: true,
  integer: false,
  number: false,
  boolean: false,
};

function textOf(value: unknown): string {
  if (value === null) return '';
  return value instanceof Date ? value.toISOString() : String(value);
}
