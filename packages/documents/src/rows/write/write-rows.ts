import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DocumentError } from '@fluxori/core';
import type { RowStream } from '../row-stream.js';
import { cellText, type RowsFileFormat, rowTexts } from './row-text.js';
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

const pieceCharacters = 2 ** 17;

/**
 * Writes rows as UTF-8, no faster than the target takes them. `writtenFormat(as)` reads them again; how tabs, quotes and line breaks are written
 * is in `row-text.ts`.
 *
 * @throws DocumentError `DOCUMENT_MALFORMED` for a row with a cell that the first row (or `columns`) does not have; whatever the rows or the target throw.
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
  const textOf = as === 'jsonl' ? jsonLine : tableText(as, columns);
  let text = as === 'jsonl' || columns === undefined ? '' : headerText(as, columns);
  for await (const batch of batchesOf(rows)) {
    for (const row of batch) {
      text += textOf(row, ++count.rows);
      if (text.length < pieceCharacters) continue;
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}

async function* batchesOf(rows: Rows): AsyncGenerator<readonly unknown[], void, void> {
  if ('batches' in rows) yield* rows.batches();
  else for await (const row of rows) yield [row];
}

function jsonLine(row: unknown): string {
  return `${JSON.stringify(row)}\n`;
}

/** Says a row's line; with the first row, when no columns are given, the header before it. */
function tableText(
  as: 'tsv' | 'csv',
  given: readonly string[] | undefined,
): (row: unknown, number: number) => string {
  const { line, lineEnd } = rowTexts[as];
  let columns = given;
  return (row, number) => {
    const cells = row as Readonly<Record<string, unknown>>;
    let header = '';
    if (columns === undefined) {
      columns = Object.keys(cells);
      header = headerText(as, columns);
    } else if (given === undefined) checkCells(cells, columns, number);
    return `${header}${line(columns.map((name) => cellText(cells[name])))}${lineEnd}`;
  };
}

function headerText(as: 'tsv' | 'csv', columns: readonly string[]): string {
  const { line, lineEnd } = rowTexts[as];
  return `${line(columns)}${lineEnd}`;
}

function checkCells(
  cells: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  number: number,
): void {
  for (const name in cells) {
    if (columns.includes(name)) continue;
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
