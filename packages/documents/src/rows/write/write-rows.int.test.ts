import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Row, readToEnd, tsv } from '../../testing/read-rows.js';
import { rowsOf } from '../rows-of.js';
import { type RowsFileFormat, writtenFormat } from './row-text.js';
import { writeBytes, writeRows } from './write-rows.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-rows-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, 'report.tsv');
const at = new Date('2026-01-31T10:00:00Z');
const rows: readonly Row[] = [
  { sku: 'A\t1', n: 1, ok: true, at, more: { a: [1] }, none: null },
  {
    sku: 'say "hi", ö\\\r\n',
    n: -1.5,
    ok: false,
    at: new Date(at.getTime() + 250),
    more: null,
    none: undefined,
  },
];

async function written(as: RowsFileFormat, options: { columns?: string[] } = {}): Promise<string> {
  const result = await writeRows(rows, { file: file() }, { as, ...options });
  const bytes = await readFile(file());
  expect(result).toEqual({ rows: 2, bytes: bytes.length });
  return bytes.toString();
}

describe('writeRows', () => {
  it('writes tsv with backslashes for what would end a cell', async () => {
    expect(await written('tsv')).toBe(
      'sku\tn\tok\tat\tmore\tnone\n' +
        'A\\t1\t1\ttrue\t2026-01-31T10:00:00.000Z\t{"a":[1]}\t\n' +
        'say "hi", ö\\\\\\r\\n\t-1.5\tfalse\t2026-01-31T10:00:00.250Z\t\t\n',
    );
  });

  it('writes csv by RFC 4180', async () => {
    expect(await written('csv', { columns: ['sku', 'more', 'lacking'] })).toBe(
      'sku,more,lacking\r\nA\t1,"{""a"":[1]}",\r\n"say ""hi"", ö\\\r\n",,\r\n',
    );
  });

  it('writes a JSON value in each line', async () => {
    const lines = (await written('jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(rows)));
  });

  it('writes many rows of any shape of source in their order', async () => {
    const text = `a\tb\n${Array.from({ length: 30_000 }, (_, index) => `${index}\t大${index % 7 === 0 ? '\\' : ''}\n`).join('')}`;
    const source = () => rowsOf<Row>(Readable.from([Buffer.from(text)]), { format: tsv, charset: 'utf-8' });
    const { rows: expected } = await readToEnd(Readable.from([Buffer.from(text)]), tsv);
    const sources = [
      source(),
      (async function* () {
        yield* expected;
      })(),
      expected,
    ];
    for (const one of sources) {
      expect(await writeRows(one, { file: file() }, { as: 'tsv' })).toMatchObject({ rows: 30_000 });
      const reading = await readToEnd(createReadStream(file()), writtenFormat('tsv'));
      expect(reading.error).toBeUndefined();
      expect(reading.rows).toEqual(expected);
    }
  });

  it('writes rows and headers that are larger than what it writes at once', async () => {
    const name = 'h'.repeat(300_000);
    const large = [{ [name]: 'ö'.repeat(400_000) }, { [name]: 'x' }];
    await writeRows(large, { file: file() }, { as: 'tsv', columns: [name] });
    const { rows: read } = await readToEnd(createReadStream(file()), writtenFormat('tsv'));
    expect(
      read.map((row) => Object.entries(row).map(([key, value]) => [key.length, String(value).length])),
    ).toEqual([[[300_000, 400_000]], [[300_000, 1]]]);
  });

  it('gives cells that objects inherit to no column of that name', async () => {
    await writeRows(
      [{ sku: 'A' }],
      { file: file() },
      { as: 'tsv', columns: ['constructor', 'sku', '__proto__'] },
    );
    expect(await readFile(file(), 'utf8')).toBe('constructor\tsku\t__proto__\n\tA\t\n');
  });

  it('refuses a row with a cell that the header lacks, and leaves no file', async () => {
    const writing = writeRows([{ a: 1 }, { a: 1, b: 2 }], { file: file() }, { as: 'csv' });
    await expect(writing).rejects.toMatchObject({
      code: 'DOCUMENT_MALFORMED',
      field: 'b',
      message: expect.stringContaining('Row 2 has the cell "b"'),
      remedy: expect.stringContaining('`columns`'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves the file that was there when the rows fail, and nothing beside it', async () => {
    await writeFile(file(), 'before');
    async function* failing(): AsyncGenerator<Row> {
      for (let index = 0; index < 20_000; index++) yield { a: `row ${index}` };
      throw new Error('the connection broke');
    }
    await expect(writeRows(failing(), { file: file() }, { as: 'tsv' })).rejects.toThrow(
      'the connection broke',
    );
    expect(await readFile(file(), 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['report.tsv']);
  });

  it('ends with the reason of an abort, lets its rows go and leaves nothing', async () => {
    const controller = new AbortController();
    let ended = false;
    async function* endless(): AsyncGenerator<Row> {
      try {
        for (let index = 0; ; index++) {
          if (index === 50_000) controller.abort(new Error('stop'));
          yield { a: `row ${index}` };
        }
      } finally {
        ended = true;
      }
    }
    const options = { as: 'jsonl', signal: controller.signal } as const;
    await expect(writeRows(endless(), { file: file() }, options)).rejects.toThrow('stop');
    expect(ended).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what to do about a place that takes no file, and lets the rows go', async () => {
    const place = join(folder, 'missing', 'report.tsv');
    const problem = { name: 'DocumentError', code: 'DOCUMENT_STORE_FAILED', remedy: expect.any(String) };
    await expect(writeRows(rows, { file: place }, { as: 'tsv' })).rejects.toMatchObject({
      ...problem,
      message: `${place} cannot be written (ENOENT).`,
    });
    await expect(writeRows(rows, { file: folder }, { as: 'tsv' })).rejects.toMatchObject(problem);
    const bytes = Readable.from(['a']);
    await expect(writeBytes(bytes, { file: place })).rejects.toMatchObject(problem);
    expect(bytes.destroyed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets nobody else read the file', async () => {
    await written('tsv');
    expect((await stat(file())).mode & 0o077).toBe(0);
  });

  it('writes no faster than a stream takes it, and fails with it', async () => {
    let [given, taken] = [0, 0];
    function* many(): Generator<Row> {
      for (; given < 200_000; given++) yield { a: 'x'.repeat(99) };
    }
    let mostAhead = 0;
    const slow = new Writable({
      write(piece: Buffer, _encoding, done) {
        taken += piece.length;
        mostAhead = Math.max(mostAhead, given * 100 - taken);
        setImmediate(done);
      },
    });
    await writeRows(many(), { stream: slow }, { as: 'tsv' });
    expect(given).toBe(200_000);
    expect(mostAhead).toBeLessThan(4 * 2 ** 20);
    const full = new Writable({ write: (_piece, _encoding, done) => done(new Error('disk full')) });
    await expect(writeRows([{ a: 1 }], { stream: full }, { as: 'tsv' })).rejects.toThrow('disk full');
  });
});

describe('writeBytes', () => {
  it('writes a document as it is, or not at all', async () => {
    expect(
      await writeBytes(Readable.from([Buffer.from('a\tb'), Buffer.from('\n')]), { file: file() }),
    ).toEqual({ bytes: 4 });
    expect(await readFile(file(), 'utf8')).toBe('a\tb\n');
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      throw new Error('cut off');
    }
    const bytes = Readable.from(broken(), { objectMode: false });
    await expect(writeBytes(bytes, { file: file() })).rejects.toThrow('cut off');
    expect(await readFile(file(), 'utf8')).toBe('a\tb\n');
    expect(await readdir(folder)).toEqual(['report.tsv']);
    expect(bytes.destroyed).toBe(true);
  });
});
