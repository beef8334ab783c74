import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as later } from 'node:timers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gunzipped } from '../../decode/gunzipped.js';
import { piecesOf, type Row } from '../../testing/read-rows.js';
import type { FlatFormat } from '../row-format.js';
import { rowsOf } from '../rows-of.js';
import type { RowsFileFormat } from './row-text.js';
import { writeRows } from './write-rows.js';

const format: FlatFormat = {
  kind: 'flat',
  delimiter: '\t',
  quotes: 'data',
  columns: {
    sku: { name: 'sku', type: 'text' },
    price: { name: 'price', type: 'money' },
    at: { name: 'at', type: 'instant' },
  },
};
const as: readonly RowsFileFormat[] = ['tsv', 'csv', 'jsonl'];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const file = () => join(folder, 'report');

const lines = Array.from(
  { length: 60_000 },
  (_, index) => `SKU-${index} "大", ${'x'.repeat(index % 90)}\t${index}.50\t2026-01-31T10:00:00+00:00\r\n`,
);
const text = Buffer.from(`sku\tprice\tat\r\n${lines.join('')}`);

function inPieces(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
    bytes.subarray(index * 65_536, (index + 1) * 65_536),
  );
}

const rows = (bytes: Readable, signal?: AbortSignal) =>
  rowsOf<Row>(bytes, { format, charset: 'utf-8', ...(signal && { signal }) });
const document = () => rows(piecesOf(inPieces(text)));

/** What it is to be: of rows that were made. */
async function expected(kind: RowsFileFormat): Promise<Buffer> {
  const path = join(folder, 'expected');
  await writeRows(await Array.fromAsync(document()), { file: path }, { as: kind });
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

describe('a file of a flat document', () => {
  it.each(as)(
    'is the same %s as that of its rows, in a file and in a stream that keeps what it gets',
    async (kind) => {
      const wanted = await expected(kind);
      expect(wanted.length).toBeGreaterThan(4 * 2 ** 20);
      const written = await writeRows(document(), { file: file() }, { as: kind });
      expect(written).toEqual({ rows: lines.length, bytes: wanted.length });
      expect((await readFile(file())).equals(wanted)).toBe(true);
      const kept: Buffer[] = [];
      const stream = new Writable({
        write(piece: Buffer, _encoding, done) {
          kept.push(piece);
          setImmediate(done);
        },
      });
      expect(await writeRows(document(), { stream }, { as: kind })).toEqual(written);
      expect(Buffer.concat(kept).equals(wanted)).toBe(true);
    },
  );

  it.each(as)('holds a line of 5 MB among others as %s', async (kind) => {
    const cell = `"${'\\大,'.repeat(1_000_000)}`;
    const bytes = Buffer.from(`sku\tprice\nA\t1.00\n${cell}\t2.00\nB\t3.00\n`);
    await writeRows(rows(piecesOf(inPieces(bytes))), { file: file() }, { as: kind });
    const written = await readFile(file());
    const made = [
      { sku: 'A', price: '1.00' },
      { sku: cell, price: '2.00' },
      { sku: 'B', price: '3.00' },
    ];
    await writeRows(made, { file: file() }, { as: kind });
    expect(written.equals(await readFile(file()))).toBe(true);
  });

  it('is not there when the document is cut off, damaged or has a bad line; what was there before stays', async () => {
    const packed = gzipSync(text);
    const damaged = Buffer.from(packed);
    damaged[packed.length >> 1] = (damaged[packed.length >> 1] as number) ^ 0xff;
    const late = Buffer.concat([text, Buffer.from('SKU\tfree\t\r\n')]);
    const faults: [Buffer, object][] = [
      [packed.subarray(0, packed.length - 100), { code: 'DOCUMENT_TRUNCATED' }],
      [damaged, { name: 'DocumentError' }],
      [
        gzipSync(late),
        { code: 'DOCUMENT_MALFORMED', details: { line: lines.length + 2, column: 'price', type: 'money' } },
      ],
    ];
    await writeFile(file(), 'before');
    for (const [bytes, error] of faults) {
      const reading = rows(gunzipped(piecesOf(inPieces(bytes))));
      await expect(writeRows(reading, { file: file() }, { as: 'tsv' })).rejects.toMatchObject(error);
      await expect(reading.facts).rejects.toMatchObject(error);
      expect(await readFile(file(), 'utf8')).toBe('before');
      expect(await readdir(folder)).toEqual(['report']);
    }
  });

  it('is not there after an abort, which closes the document', async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Buffer> {
      yield text;
      later(() => controller.abort(new Error('stop')), 5);
      for (;;) {
        yield text.subarray(text.indexOf('\n') + 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const bytes = Readable.from(endless(), { objectMode: false });
    const { signal } = controller;
    const writing = writeRows(rows(bytes, signal), { file: file() }, { as: 'jsonl', signal });
    await expect(writing).rejects.toThrow('stop');
    expect(bytes.destroyed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes the place of the rows, which are read once', async () => {
    const reading = document();
    await writeRows(reading, { file: file() }, { as: 'csv' });
    expect(await reading.facts).toMatchObject({
      rows: lines.length,
      complete: true,
      headers: ['sku', 'price', 'at'],
    });
    await expect(Array.fromAsync(reading)).rejects.toThrow('read once');
  });
});
