import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RowStream } from '../row-stream.js';
import { OutBytes } from './out-bytes.js';
import { jsonLine, type RowsFileFormat } from './row-text.js';
import { TableText } from './table-text.js';
import { writeWholeFile } from './whole-file.js';

export interface WriteRowsOptions {
  readonly as: RowsFileFormat;
  /** The cells to write, in this order; others are left away. By default those of the first row. `tsv` and `csv` only. */
  readonly columns?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Where rows go: a file that is there whole or not at all, or a stream that is ended after the last row. */
export type RowsTarget = { readonly file: string } | { readonly stream: Writable };

export interface WrittenRows {
  readonly rows: number;
  readonly bytes: number;
}

type Rows = RowStream<unknown> | AsyncIterable<unknown> | Iterable<unknown>;

/** Rows that come one by one are written by so many. */
const batchRows = 64;

/**
 * Writes rows as UTF-8, no faster than the target takes them. `writtenFormat(as)` reads them again; how tabs, quotes and line breaks are written
 * is in `row-text.ts`.
 *
 * @throws DocumentError `DOCUMENT_MALFORMED` for a row with a cell that the first row does not have, `DOCUMENT_STORE_FULL` or `DOCUMENT_STORE_FAILED` for
 *   a file that cannot be written; whatever the rows or the target throw.
 */
export async function writeRows(
  rows: Rows,
  target: RowsTarget,
  options: WriteRowsOptions,
): Promise<WrittenRows> {
  options.signal?.throwIfAborted();
  const { pieces, count } = textOf(rows, options);
  const bytes =
    'file' in target
      ? await writeWholeFile(target.file, pieces, options.signal)
      : await writeToStream(target.stream, pieces, options.signal);
  return { rows: await count(), bytes };
}

/**
 * Writes a document as it is.
 *
 * @returns the number of bytes.
 */
export async function writeBytes(
  bytes: Readable,
  target: { readonly file: string },
  options: { signal?: AbortSignal } = {},
): Promise<{ bytes: number }> {
  const { signal } = options;
  const onAbort = () => bytes.destroy(signal?.reason);
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    return { bytes: await writeWholeFile(target.file, bytes, signal) };
  } finally {
    signal?.removeEventListener('abort', onAbort);
    bytes.destroy();
  }
}

async function writeToStream(
  stream: Writable,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let bytes = 0;
  // A stream may keep what it got; the pieces' memory is used again.
  async function* own(): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      bytes += piece.length;
      yield Buffer.from(piece);
    }
  }
  await pipeline(own(), stream, signal === undefined ? {} : { signal });
  return bytes;
}

interface FileBytes {
  /** Each is used no longer than until the next but one is asked for. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Of rows, once all pieces were read. */
  count(): Promise<number> | number;
}

function textOf(rows: Rows, { as, columns }: WriteRowsOptions): FileBytes {
  if (columns === undefined && 'written' in rows && rows.written !== undefined) {
    return { pieces: rows.written(as), count: async () => (await rows.facts).rows };
  }
  const count = { rows: 0 };
  return { pieces: piecesOf(rows, as, columns, count), count: () => count.rows };
}

async function* piecesOf(
  rows: Rows,
  as: RowsFileFormat,
  columns: readonly string[] | undefined,
  count: { rows: number },
): AsyncGenerator<Buffer, void, void> {
  const out = new OutBytes();
  const table = as === 'jsonl' ? undefined : new TableText(as, columns);
  table?.begin(out);
  for await (const batch of batchesOf(rows)) {
    if (table === undefined) out.text(batch.map(jsonLine).join(''));
    else table.write(batch as readonly Readonly<Record<string, unknown>>[], count.rows, out);
    count.rows += batch.length;
    if (out.isFull) yield out.take();
  }
  if (out.used > 0) yield out.take();
}

async function* batchesOf(rows: Rows): AsyncGenerator<readonly unknown[], void, void> {
  if ('batches' in rows) {
    yield* rows.batches();
    return;
  }
  let batch: unknown[] = [];
  for await (const row of rows) {
    if (batch.push(row) < batchRows) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
