import type { Taker } from './row-parser.js';

/** Rows as they come, by as many as there are. */
export class Batches<Row> implements Taker<readonly Row[]> {
  #rows: Row[] = [];
  #before = 0;

  get rows(): number {
    return this.#before + this.#rows.length;
  }

  push(row: unknown): void {
    this.#rows.push(row as Row);
  }

  take(): readonly Row[] | undefined {
    if (this.#rows.length === 0) return undefined;
    const taken = this.#rows;
    this.#before += taken.length;
    this.#rows = [];
    return taken;
  }
}
