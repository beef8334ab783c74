import { DocumentError } from '@fluxori/core';
import { type CellTaker, cellTakerOf } from './cell-taker.js';
import { instantTexts } from './instant-texts.js';
import type { OutBytes } from './out-bytes.js';
import { rowTexts } from './row-text.js';

type Cells = Readonly<Record<string, unknown>>;

const [tab, lf, cr, backslash] = [9, 10, 13, 92];

/** Rows as the lines of a table, batch by batch. */
export class TableText {
  readonly #as: 'tsv' | 'csv';
  readonly #given: readonly string[] | undefined;
  readonly #instantText = instantTexts();
  #columns: readonly string[];
  #names: ReadonlySet<string> = new Set();
  #take: CellTaker | undefined;

  /** @param columns - those of the first row by default. */
  constructor(as: 'tsv' | 'csv', columns: readonly string[] | undefined) {
    this.#as = as;
    this.#given = columns;
    this.#columns = columns ?? [];
  }

  /** What stands before the first row, if that is known without it. */
  begin(out: OutBytes): void {
    if (this.#given !== undefined) out.text(this.#header());
  }

  /**
   * @param before - rows before these.
   * @throws DocumentError for a row with a cell that the header does not have.
   */
  write(rows: readonly Cells[], before: number, out: OutBytes): void {
    const [first] = rows;
    if (first === undefined) return;
    const isFirst = before === 0 && this.#given === undefined;
    if (isFirst) this.#columns = Object.keys(first);
    this.#take ??= cellTakerOf(this.#columns, (value) => this.#textOf(value));
    if (this.#given === undefined) {
      if (isFirst) this.#names = new Set(this.#columns);
      for (const [index, row] of rows.entries()) this.#check(row, before + index + 1);
    }
    if (isFirst) out.text(this.#header());
    if (this.#as === 'csv' || !this.#writePlain(rows, this.#take, out))
      this.#writeLines(rows, this.#take, out);
  }

  /**
   * In nearly every batch of a tsv no cell needs an escape: it is written without any, and then looked at as a whole.
   *
   * @returns false when nothing was written.
   */
  #writePlain(rows: readonly Cells[], take: CellTaker, out: OutBytes): boolean {
    let text = '';
    for (const row of rows) {
      const cells: string[] = [];
      take(row, cells);
      text += `${cells.join('\t')}\n`;
    }
    const { used } = out;
    out.text(text);
    const bytes = out.bytes.subarray(used, out.used);
    let [tabs, ends] = [0, 0];
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === tab) tabs++;
      else if (byte === lf) ends++;
    }
    const isPlain = ends === rows.length && tabs === rows.length * (this.#columns.length - 1);
    if (isPlain && !bytes.includes(backslash) && !bytes.includes(cr)) return true;
    out.used = used;
    return false;
  }

  #writeLines(rows: readonly Cells[], take: CellTaker, out: OutBytes): void {
    const { line, lineEnd } = rowTexts[this.#as];
    const lines = rows.map((row) => {
      const cells: string[] = [];
      take(row, cells);
      return line(cells) + lineEnd;
    });
    out.text(lines.join(''));
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
