import type { Readable } from 'node:stream';
import { setImmediate as laterOn } from 'node:timers';
import { ConfigurationError } from '@fluxori/core';
import { Batches } from './batches.js';
import type { RowParser, Taker } from './row-parser.js';
import type { RowFacts, RowStream } from './row-stream.js';
import { FileText } from './write/file-text.js';
import type { RowsFileFormat } from './write/row-text.js';

/**
 * Pieces are read by parts of so many bytes or characters. Few rows are alive at once then, so that V8's young generation has few survivors and stays
 * small: with pieces of 256 KiB, as gunzip gives them, it grew until the process had 80 MB more.
 */
const partLength = 4 * 1024;
/** Lines that become bytes of a file are no survivors. */
const linesPartLength = 64 * 1024;

interface Parts<Piece> {
  /** Closed when the reading ends, however it does. */
  readonly bytes: Readable;
  readonly pieces: AsyncIterable<Piece>;
  readonly parser: RowParser<Piece>;
  readonly replaced: () => number;
  readonly signal: AbortSignal | undefined;
  /** Whether the parser gives lines as they stand to who takes them. */
  readonly givesLines?: boolean;
}

/** Rows as a parser makes them, piece by piece as they are taken. */
export class ParsedRows<Piece extends Buffer | string, Row> implements RowStream<Row> {
  readonly #parts: Parts<Piece>;
  readonly #settled = Promise.withResolvers<RowFacts>();
  readonly facts: Promise<RowFacts> = this.#settled.promise;
  readonly written?: (as: RowsFileFormat) => AsyncIterable<Buffer>;
  #taken = false;

  constructor(parts: Parts<Piece>) {
    this.#parts = parts;
    if (parts.givesLines) this.written = (as) => this.#takeOnce(new FileText(as), linesPartLength);
    this.facts.catch(() => undefined);
  }

  batches(): AsyncIterableIterator<readonly Row[]> {
    return this.#takeOnce(new Batches<Row>(), partLength);
  }

  /** Rows that are here already are handed out without a generator's turn for each. */
  [Symbol.asyncIterator](): AsyncIterator<Row, void, void> {
    const batches = this.batches()[Symbol.asyncIterator]();
    let batch: readonly Row[] = [];
    let at = 0;
    const nextOfNextBatch = async (): Promise<IteratorResult<Row, void>> => {
      batch = [];
      const next = await batches.next();
      if (next.done) return { value: undefined, done: true };
      batch = next.value;
      at = 1;
      return { value: batch[0] as Row, done: false };
    };
    return {
      next: () =>
        at < batch.length ? Promise.resolve({ value: batch[at++] as Row, done: false }) : nextOfNextBatch(),
      return: async () => {
        batch = [];
        await batches.return?.();
        return { value: undefined, done: true };
      },
    };
  }

  #takeOnce<Out>(taker: Taker<Out>, length: number): AsyncGenerator<Out, void, void> {
    if (this.#taken)
      throw new ConfigurationError(
        'The rows of a document are read once. Open the document again to read them again.',
      );
    this.#taken = true;
    return this.#read(taker, length);
  }

  /** @param taker - is asked for what it has after each part, and at the end. */
  async *#read<Out>(taker: Taker<Out>, length: number): AsyncGenerator<Out, void, void> {
    const { bytes, pieces, parser, signal } = this.#parts;
    const onAbort = () => bytes.destroy(signal?.reason);
    let complete = false;
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', onAbort, { once: true });
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length; at += length) {
          const part = partOf(piece, at, length);
          const failure = attempt(() => parser.push(part, taker));
          const out = taker.take(failure !== undefined);
          if (out !== undefined) yield out;
          if (failure !== undefined) throw failure.error;
          signal?.throwIfAborted();
        }
        await turn();
      }
      const failure = attempt(() => parser.end(taker));
      const out = taker.take(true);
      if (out !== undefined) yield out;
      if (failure !== undefined) throw failure.error;
      complete = true;
    } catch (error) {
      const reason = signal?.aborted ? signal.reason : error;
      this.#settled.reject(reason);
      throw reason;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      bytes.destroy();
      this.#settled.resolve(this.#factsOf(taker.rows, complete));
    }
  }

  #factsOf(rows: number, complete: boolean): RowFacts {
    const { empty, replacedCharacters, ...facts } = this.#parts.parser.facts();
    return {
      rows,
      complete,
      content: rows > 0 ? 'rows' : empty ? 'empty' : 'header-only',
      replacedCharacters: replacedCharacters + this.#parts.replaced(),
      ...facts,
    };
  }
}

/** Lets the loop go round after each piece: gunzip's thread gets its next bytes while this one parses, and nobody else in the process waits long. */
function turn(): Promise<void> {
  return new Promise((resolve) => laterOn(resolve));
}

function partOf<Piece extends Buffer | string>(piece: Piece, at: number, length: number): Piece {
  const part = typeof piece === 'string' ? piece.slice(at, at + length) : piece.subarray(at, at + length);
  return part as Piece;
}

function attempt(work: () => void): { readonly error: unknown } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return { error };
  }
}
