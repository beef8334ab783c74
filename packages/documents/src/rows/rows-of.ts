import type { Readable } from 'node:stream';
import { DocumentError } from '@fluxori/core';
import type { RowFormat } from './row-format.js';
import type { RowStream } from './row-stream.js';

export interface RowsOfOptions {
  readonly format: RowFormat;
  /** As `decoded` takes it, e.g. `utf-8`, `windows-1252`, `shift_jis`. A byte order mark overrules it. */
  readonly charset: string;
  /** What the document is, for messages, e.g. `report GET_MERCHANT_LISTINGS_ALL_DATA of acme-za`. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/** The rows of a decompressed document. */
export function rowsOf<Row = Record<string, unknown>>(
  _bytes: Readable,
  { format }: RowsOfOptions,
): RowStream<Row> {
  throw new DocumentError(`Rows of ${format.kind} cannot be read by this version.`);
}
