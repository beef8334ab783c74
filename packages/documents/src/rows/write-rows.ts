import type { Writable } from 'node:stream';

export type RowsFileFormat = 'tsv' | 'csv' | 'jsonl';

export interface WriteRowsOptions {
  readonly as: RowsFileFormat;
  /** The cells to write, in this order. By default those of the first row. `tsv` and `csv` only. */
  readonly columns?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Where rows go: a file that appears whole or not at all, or a stream that is ended after the last row. */
export type RowsTarget = { readonly file: string } | { readonly stream: Writable };

export interface WrittenRows {
  readonly rows: number;
  readonly bytes: number;
}

export type WriteRows = (
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  target: RowsTarget,
  options: WriteRowsOptions,
) => Promise<WrittenRows>;
