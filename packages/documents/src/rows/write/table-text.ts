import { DocumentError } from '@fluxori/core';
import { type CellTaker, cellTakerOf } from './cell-taker.js';
import { instantTexts } from './instant-texts.js';
import { rowTexts } from './row-text.js';

type Cells = Readonly<Record<string, unknown>>;

const [tab, lf, cr, backslash] = [9, 10, 13, 92];

/** Rows as the lines of a table, batch by batch. */
export class TableText {
  readonly #as: 'tsv' | 'csv';
  readonly #given: readonly string[] | undefined;
  readonly #instantText = instantTexts();
  readonly #encode: (text: string) => Buffer;
  #columns: readonly string[];
  #names: ReadonlySet<string> = new Set();
  #take: CellTaker | undefined;

  /**
   * @param columns - those of the first row by default.
   * @param encode - makes UTF-8; its bytes are used no longer than until it is called again.
   */
  constructor(as: 'tsv' | 'csv', columns: readonly string[] | undefined, encode: (text: string) => Buffer) {
    this.#encode = encode;
    this.#as = as;
    this.#given = columns;
    this.#columns = columns ?? [];
  }

  /** What stands before the first row, if that is known without it. */
  begin(): Buffer {
    return this.#given === undefined ? Buffer.alloc(0) : Buffer.from(this.#header());
  }

  /**
   * @param before - rows before these.
   * @throws DocumentError for a row with a cell that the header does not have.
   */
  bytesOf(rows: readonly Cells[], before: number): Buffer {
    const [first] = rows;
    if (first === undefined) return Buffer.alloc(0);
    const isFirst = before === 0 && this.#given === undefined;
    if (isFirst) this.#columns = Object.keys(first);
    this.#take ??= cellTakerOf(this.#columns, (value) => this.#textOf(value));
    if (this.#given === undefined) {
      if (isFirst) this.#names = new Set(this.#columns);
      for (const [index, row] of rows.entries()) this.#check(row, before + index + 1);
    }
    const lines = this.#plainLines(rows, this.#take) ?? this.#lines(rows, this.#take);
    return isFirst ? Buffer.concat([Buffer.from(this.#header()), lines]) : lines;
  }

  /** In nearly every batch of a tsv no cell needs an escape: it is written without any, and then looked at as a whole. */
  #plainLines(rows: readonly Cells[], take: CellTaker): Buffer | undefined {
    if (this.#as === 'csv') return undefined;
    let text = '';
    for (const row of rows) {
      const cells: string[] = [];
      take(row, cells);
      text += `${cells.join('\t')}\n`;
    }
    const bytes = this.#encode(text);
    if (bytes.includes(backslash) || bytes.includes(cr)) return undefined;
    let [tabs, ends] = [0, 0];
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === tab) tabs++;
      else if (byte === lf) ends++;
    }
    return ends === rows.length && tabs === rows.length * (this.#columns.length - 1) ? bytes : undefined;
  }

  #lines(rows: readonly Cells[], take: CellTaker): Buffer {
    const { line, lineEnd } = rowTexts[this.#as];
    const lines = rows.map((row) => {
      const cells: string[] = [];
      take(row, cells);
      return line(cells) + lineEnd;
    });
    return this.#encode(lines.join(''));
  }

  #header(): string {
    const { line, lineEnd } = rowTexts[this.#as];
    return line(this.#columns) + lineEnd;
  }

  /** Nothing for `null`, ISO 8601 for a date, JSON for an object. */
  #textOf(value: unknown): string {
    if (value === null || value === undefined) return '';
    if (value instanceof Date) return this.#instantText(value);
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  /** Rows of one document have their cells in one order. */
  #check(row: Cells, number: number): void {
    let at = 0;
    for (const name in row) {
      if (this.#columns[at++] === name || this.#names.has(name)) continue;
      throw new DocumentError(
        `Row ${number} has the cell "${name}", which the header of the first row does not have.`,
        {
          code: 'DOCUMENT_MALFORMED',
          field: name,
          remedy: 'Give `columns`, or write jsonl.',
        },
      );
    }
  }
}
