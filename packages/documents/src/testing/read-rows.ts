import { Readable } from 'node:stream';
import type { RowFormat } from '../rows/row-format.js';
import type { RowFacts } from '../rows/row-stream.js';
import { type RowsOfOptions, rowsOf } from '../rows/rows-of.js';

export const tsv: RowFormat = { kind: 'flat', delimiter: '\t', quotes: 'data' };
export const csv: RowFormat = { kind: 'flat', delimiter: ',', quotes: 'quoted' };

export type Row = Record<string, unknown>;

/** What came of reading a document: rows up to its end, or up to an error. */
export interface Reading<Value = Row> {
  readonly rows: Value[];
  readonly facts: RowFacts | undefined;
  readonly error: unknown;
}

/** Bytes in the pieces that they are given in. */
export function piecesOf(pieces: Iterable<Uint8Array>): Readable {
  return Readable.from(pieces, { objectMode: false });
}

/** A document cut at these places. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((to, index) => bytes.subarray(cuts[index], to));
}

/** Reads a document to its end. A text is UTF-8; a list is its pieces. */
export async function readRows<Value = Row>(
  document: string | Buffer | readonly Uint8Array[],
  format: RowFormat,
  options: Partial<RowsOfOptions> = {},
): Promise<Reading<Value>> {
  const pieces =
    typeof document === 'string' || Buffer.isBuffer(document) ? [Buffer.from(document)] : document;
  return readToEnd<Value>(piecesOf(pieces), format, options);
}

export async function readToEnd<Value = Row>(
  bytes: Readable,
  format: RowFormat,
  options: Partial<RowsOfOptions> = {},
): Promise<Reading<Value>> {
  const stream = rowsOf<Value>(bytes, { charset: 'utf-8', ...options, format });
  const rows: Value[] = [];
  try {
    for await (const row of stream) rows.push(row);
    return { rows, facts: await stream.facts, error: undefined };
  } catch (error) {
    return { rows, facts: undefined, error };
  }
}
