import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { gunzipped } from '../decode/gunzipped.js';
import { cutAt, piecesOf, type Row, readRows, readToEnd, tsv } from '../testing/read-rows.js';
import type { RowFormat } from './row-format.js';
import { rowsOf } from './rows-of.js';

const text = `a\tb\n${Array.from({ length: 50_000 }, (_, index) => `${index}\tö${index}\n`).join('')}`;
const packed = gzipSync(text);

/** A document that tells how much of it was taken, and whether it was let go. */
function watched(pieces: Iterable<Uint8Array>) {
  const seen = { bytes: 0, ended: false };
  function* taken() {
    try {
      for (const piece of pieces) {
        seen.bytes += piece.length;
        yield piece;
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, bytes: Readable.from(taken(), { objectMode: false, highWaterMark: 1 }) };
}

function* endless(): Generator<Buffer> {
  yield Buffer.from('a\tb\n');
  for (let index = 0; ; index++) yield Buffer.from(`${index}\tx\n`.repeat(100));
}

const closed = (bytes: Readable) =>
  new Promise<void>((resolve) => (bytes.closed ? resolve() : bytes.once('close', () => resolve())));

describe('a stream of rows', () => {
  it('lets the document go when its loop is left, and says that it is not complete', async () => {
    const { seen, bytes } = watched(endless());
    const rows = rowsOf(bytes, { format: tsv, charset: 'utf-8' });
    let count = 0;
    for await (const _ of rows) if (++count === 250) break;
    await closed(bytes);
    expect(seen.ended).toBe(true);
    expect(await rows.facts).toMatchObject({ complete: false, content: 'rows' });
  });

  it('lets the document go when the loop over its batches is left, or throws', async () => {
    for (const leave of ['break', 'throw']) {
      const { seen, bytes } = watched(endless());
      const rows = rowsOf(bytes, { format: tsv, charset: 'utf-8' });
      const reading = (async () => {
        for await (const _ of rows.batches()) {
          if (leave === 'break') break;
          throw new Error('mine');
        }
      })();
      if (leave === 'break') await reading;
      else await expect(reading).rejects.toThrow('mine');
      await closed(bytes);
      expect(seen.ended).toBe(true);
    }
  });

  it('ends with the reason of an abort, while it waits for bytes and between rows', async () => {
    const waiting = new AbortController();
    const silent = new Readable({ read: () => undefined });
    const rows = rowsOf(silent, { format: tsv, charset: 'utf-8', signal: waiting.signal });
    const next = rows[Symbol.asyncIterator]().next();
    waiting.abort(new Error('stop'));
    await expect(next).rejects.toThrow('stop');
    await expect(rows.facts).rejects.toThrow('stop');
    expect(silent.destroyed).toBe(true);

    const between = new AbortController();
    const { bytes, seen } = watched(endless());
    const reading = (async () => {
      for await (const row of rowsOf<Row>(bytes, { format: tsv, charset: 'utf-8', signal: between.signal }))
        if (row.a === '99') between.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
    await closed(bytes);
    expect(seen.ended).toBe(true);
  });

  it('takes nothing when it was aborted before', async () => {
    const { bytes, seen } = watched(endless());
    const { error } = await readToEnd(bytes, tsv, { signal: AbortSignal.abort(new Error('never')) });
    expect(error).toMatchObject({ message: 'never' });
    expect(seen.bytes).toBeLessThan(2_000);
  });

  it('leaves no listener on a signal that lives longer', async () => {
    const controller = new AbortController();
    const counts = { added: 0, removed: 0 };
    const { signal } = controller;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      counts.added++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      counts.removed++;
      remove(...args);
    };
    await readToEnd(piecesOf([Buffer.from('a\n1\n')]), tsv, { signal });
    expect(counts).toEqual({ added: 1, removed: 1 });
  });

  it('takes no more of a document than its reader has asked for, but for some pieces', async () => {
    const { bytes, seen } = watched(endless());
    let count = 0;
    for await (const _ of rowsOf<Row>(bytes, { format: tsv, charset: 'utf-8' }))
      if (++count === 100_000) break;
    // A hundred rows for each number below 1,000, their bytes, and a few pieces more.
    const bytesOfRows = 100 * (10 * 4 + 90 * 5 + 900 * 6);
    expect(seen.bytes).toBeGreaterThanOrEqual(bytesOfRows);
    expect(seen.bytes).toBeLessThan(bytesOfRows + 10_000);
  });

  it('is read once', async () => {
    const rows = rowsOf(piecesOf([Buffer.from('a\n1\n')]), { format: tsv, charset: 'utf-8' });
    for await (const _ of rows);
    expect(() => rows.batches()).toThrow(/read once/);
  });

  it('gives by batches what it gives row by row', async () => {
    const { rows } = await readRows(text, tsv);
    const batched: unknown[] = [];
    const stream = rowsOf(piecesOf([Buffer.from(text)]), { format: tsv, charset: 'utf-8' });
    for await (const batch of stream.batches()) batched.push(...batch);
    expect(batched).toEqual(rows);
    expect(rows).toHaveLength(50_000);
  });
});

describe('rows out of gzip', () => {
  const read = (pieces: readonly Uint8Array[], format: RowFormat = tsv) =>
    readToEnd(gunzipped(piecesOf(pieces)), format);

  it('are the same whether it was packed or only labelled so', async () => {
    const [fromPacked, fromPlain] = await Promise.all([read([packed]), read([Buffer.from(text)])]);
    expect(fromPacked.rows).toHaveLength(50_000);
    expect(fromPlain.rows).toEqual(fromPacked.rows);
  });

  it('end with DOCUMENT_TRUNCATED where the packed bytes end, after the rows that were whole', async () => {
    for (const length of [20, Math.floor(packed.length / 2), packed.length - 9, packed.length - 1]) {
      const { rows, error } = await read([packed.subarray(0, length)]);
      expect({ length, error }).toMatchObject({
        length,
        error: { code: 'DOCUMENT_TRUNCATED', details: { packedBytes: length }, retryable: true },
      });
      expect(rows).toEqual(Array.from(rows, (_, index) => ({ a: String(index), b: `ö${index}` })));
    }
  });

  it('end with DOCUMENT_DAMAGED where a byte was changed', async () => {
    const damaged = Buffer.from(packed);
    damaged.writeUInt8((damaged.at(-6) as number) ^ 1, damaged.length - 6);
    const { error } = await read(cutAt(damaged, [1, 2, 1000]));
    expect(error).toMatchObject({ code: 'DOCUMENT_DAMAGED', retryable: true });
  });

  it('are refused when the packed bytes are read as if they were none', async () => {
    const { rows, error } = await readRows(packed, tsv);
    expect(rows).toEqual([]);
    expect(error).toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_CHARSET_WRONG' });
  });
});
