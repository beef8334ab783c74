import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RowStream } from '../row-stream.js';
import type { RowsFileFormat } from './row-text.js';
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

/** So much is written at once. */
const pieceBytes = 256 * 1024;
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
  const count = { rows: 0 };
  const pieces = piecesOf(rows, options, count);
  const bytes =
    'file' in target
      ? await writeWholeFile(target.file, pieces, options.signal)
      : await writeToStream(target.stream, pieces, options.signal);
  return { rows: count.rows, bytes };
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
  const counted = new Transform({
    transform(piece: Uint8Array, _encoding, done) {
      bytes += piece.length;
      done(null, piece);
    },
  });
  await pipeline(pieces, counted, stream, signal === undefined ? {} : { signal });
  return bytes;
}

async function* piecesOf(
  rows: Rows,
  { as, columns }: WriteRowsOptions,
  count: { rows: number },
): AsyncGenerator<Buffer, void, void> {
  let piece = Buffer.allocUnsafe(pieceBytes);
  let used = 0;
  for await (const bytes of encoded(rows, as, columns, count)) {
    if (used + bytes.length > piece.length) {
      if (used > 0) yield piece.subarray(0, used);
      piece = Buffer.allocUnsafe(Math.max(pieceBytes, bytes.length));
      used = 0;
    }
    used += bytes.copy(piece, used);
  }
  if (used > 0) yield piece.subarray(0, used);
}

/** Batch by batch; each one's bytes are gone with the next. */
async function* encoded(
  rows: Rows,
  as: RowsFileFormat,
  columns: readonly string[] | undefined,
  count: { rows: number },
): AsyncGenerator<Buffer, void, void> {
  const encode = encoder();
  const table = as === 'jsonl' ? undefined : new TableText(as, columns, encode);
  if (table !== undefined) yield table.begin();
  for await (const batch of batchesOf(rows)) {
    yield table === undefined
      ? encode(batch.map(jsonLine).join(''))
      : table.bytesOf(batch as readonly Readonly<Record<string, unknown>>[], count.rows);
    count.rows += batch.length;
  }
}

/** UTF-8 by way of one and the same memory: buffers of their own for each batch would keep the garbage collector at work. */
function encoder(): (text: string) => Buffer {
  const scratch = Buffer.allocUnsafe(pieceBytes);
  return (text) =>
    text.length * 3 <= scratch.length ? scratch.subarray(0, scratch.write(text)) : Buffer.from(text);
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

function jsonLine(row: unknown): string {
  return `${JSON.stringify(row)}\n`;
}
