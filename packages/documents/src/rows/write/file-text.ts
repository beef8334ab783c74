import type { FlatTable } from '../flat/table.js';
import type { Taker } from '../row-parser.js';
import { LineWriter } from './line-writer.js';
import { OutBytes } from './out-bytes.js';
import { jsonLine, type RowsFileFormat } from './row-text.js';
import { TableText } from './table-text.js';

type Row = Readonly<Record<string, unknown>>;

/** Rows that wait to be written together. */
const mostWaiting = 64;

/** The rows of a flat document as a file's bytes: line by line where that is possible, else row by row. */
export class FileText implements Taker<Buffer> {
  readonly #as: RowsFileFormat;
  readonly #out = new OutBytes();
  #lines: LineWriter | 'none' | undefined;
  #table: TableText | undefined;
  #waiting: Row[] = [];
  rows = 0;

  constructor(as: RowsFileFormat) {
    this.#as = as;
  }

  /** See `OutBytes.take`. */
  take(isLast: boolean): Buffer | undefined {
    if (isLast) this.#writeWaiting();
    return this.#out.isFull || (isLast && this.#out.used > 0) ? this.#out.take() : undefined;
  }

  takeLine(line: Buffer, from: number, to: number, table: FlatTable): boolean {
    this.#lines ??= LineWriter.of(table, this.#as) ?? 'none';
    if (this.#lines === 'none') return false;
    this.#writeWaiting();
    const { used } = this.#out;
    if (this.rows === 0) this.#begin(Object.fromEntries(table.columns.map(({ name }) => [name, ''])));
    if (this.#lines.write(line, from, to, this.#out)) {
      this.rows++;
      return true;
    }
    if (this.rows === 0) {
      this.#out.used = used;
      this.#table = undefined;
    }
    return false;
  }

  push(row: unknown): void {
    this.rows++;
    if (this.#waiting.push(row as Row) === mostWaiting) this.#writeWaiting();
  }

  #writeWaiting(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const rows = this.#waiting;
    this.#waiting = [];
    if (this.#as === 'jsonl') {
      this.#out.text(rows.map(jsonLine).join(''));
      return;
    }
    if (this.#table === undefined) this.#begin(first);
    this.#table?.write(rows, this.rows - rows.length, this.#out);
  }

  /** What stands before the first row. */
  #begin(first: Row): void {
    if (this.#as === 'jsonl') return;
    this.#table = new TableText(this.#as, Object.keys(first));
    this.#table.begin(this.#out);
  }
}
