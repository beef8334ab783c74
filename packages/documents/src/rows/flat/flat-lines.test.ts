import { describe, expect, it } from '@jest/globals';
import { csv, cutAt, readRows, tsv } from '../../testing/read-rows.js';

const megabyte = 2 ** 20;

describe('lines of flat files', () => {
  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('ends lines with %s, wherever the document is cut, with and without a last one', async (_name, end) => {
    for (const tail of ['', end]) {
      const bytes = Buffer.from(['a\tb', '1\t', '\t2', '3\t4'].join(end) + tail);
      for (let at = 0; at <= bytes.length; at++) {
        const { rows, error } = await readRows(cutAt(bytes, [at]), tsv);
        expect({ at, error }).toEqual({ at, error: undefined });
        expect(rows).toEqual([
          { a: '1', b: '' },
          { a: '', b: '2' },
          { a: '3', b: '4' },
        ]);
      }
    }
  });

  it('leaves a CR inside a cell of a file whose lines end with LF', async () => {
    const { rows } = await readRows('a\tb\n1\rx\t2\n', tsv);
    expect(rows).toEqual([{ a: '1\rx', b: '2' }]);
  });

  it('passes empty lines by, but not in a file of one column, where they are empty cells', async () => {
    expect((await readRows('a\tb\n\n1\t2\n\n', tsv)).rows).toEqual([{ a: '1', b: '2' }]);
    expect((await readRows('a\n1\n\n2\n', tsv)).rows).toEqual([{ a: '1' }, { a: '' }, { a: '2' }]);
  });

  it('takes quotes for data unless the type says otherwise', async () => {
    const { rows } = await readRows('a\tb\n5" nail\t"half\n"whole"\t""\n', tsv);
    expect(rows).toEqual([
      { a: '5" nail', b: '"half' },
      { a: '"whole"', b: '""' },
    ]);
  });

  it('takes tabs, line ends, commas and doubled quotes inside of quotes for data, at every cut', async () => {
    const bytes = Buffer.from(
      'a,b\r\n"x,\ty","line\r\nbreak\rand\nmore"\r\n"say ""hi""",5" nail\r\n"",""\r\n',
    );
    for (let at = 0; at <= bytes.length; at++) {
      const { rows, error } = await readRows(cutAt(bytes, [at]), csv);
      expect({ at, error }).toEqual({ at, error: undefined });
      expect(rows).toEqual([
        { a: 'x,\ty', b: 'line\r\nbreak\rand\nmore' },
        { a: 'say "hi"', b: '5" nail' },
        { a: '', b: '' },
      ]);
    }
  });

  it('counts the lines inside of quotes when it names one', async () => {
    const { rows, error } = await readRows('a,b\n"1\n2\n3",x\n"only"\n', csv);
    expect(rows).toHaveLength(1);
    expect(error).toMatchObject({
      message: expect.stringContaining('line 5 has 1 cells where the header has 2'),
    });
  });

  it('refuses text behind closing quotes, and quotes that never close', async () => {
    expect((await readRows('a,b\n"x"y,z\n', csv)).error).toMatchObject({
      code: 'DOCUMENT_MALFORMED',
      message: expect.stringContaining('line 2 has text behind the quotes of cell 1'),
    });
    expect((await readRows('a,b\nx,y\nx,"y\nmore\n', csv)).error).toMatchObject({
      code: 'DOCUMENT_TRUNCATED',
      message: expect.stringContaining('line 3 begins a quoted cell that never ends'),
      remedy: expect.stringContaining("`quotes: 'data'`"),
    });
  });

  it('tells an empty document from one that has a header only', async () => {
    expect((await readRows('', tsv)).facts).toMatchObject({ rows: 0, content: 'empty', complete: true });
    expect((await readRows('\ufeff', tsv)).facts).toMatchObject({ rows: 0, content: 'empty' });
    expect((await readRows('\r\n', tsv)).facts).toMatchObject({ rows: 0, content: 'empty' });
    for (const header of ['a\tb', 'a\tb\n', 'a\tb\r\n', 'a\tb\r'])
      expect((await readRows(header, tsv)).facts).toMatchObject({
        rows: 0,
        content: 'header-only',
        headers: ['a', 'b'],
      });
  });

  it('reads a line of 20 MB, and refuses one that is larger than it may be', async () => {
    const cell = 'ö'.repeat(10 * megabyte);
    const bytes = Buffer.from(`a\tb\n1\t${cell}\n2\tx\n`);
    const pieces = cutAt(
      bytes,
      Array.from({ length: Math.floor(bytes.length / 65_536) }, (_, index) => (index + 1) * 65_536),
    );
    const { rows } = await readRows(pieces, tsv);
    expect(rows.map(({ a, b }) => [a, String(b).length])).toEqual([
      ['1', cell.length],
      ['2', 1],
    ]);
    expect(rows[0]?.b === cell).toBe(true);
    const { error } = await readRows(pieces, tsv, { maxRowBytes: 16 * megabyte });
    expect(error).toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
      message: expect.stringContaining('line 2 is larger than 16 MiB'),
      remedy: expect.stringContaining('`maxRowBytes`'),
    });
  });

  it.each([
    [
      'fewer',
      'a\tb\tc\n1\t2\t3\n1\t2\n',
      'line 3 has 2 cells where the header has 3',
      /line break.*shortRows/,
    ],
    ['more', 'a\tb\n1\t2\n1\t2\t3\n', 'line 3 has 3 cells where the header has 2', /delimiter/],
  ])('tells a row with %s cells than the header', async (_name, text, message, remedy) => {
    const { rows, error } = await readRows(text, tsv, { operation: 'reports.rows', account: 'acme-za' });
    expect(rows).toHaveLength(1);
    expect(error).toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_MALFORMED',
      account: 'acme-za',
      message: expect.stringContaining(`reports.rows for acme-za: ${message}`),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('fills short rows and drops empty cells beyond the header where the type says so', async () => {
    const format = { ...tsv, shortRows: 'fill' } as typeof tsv;
    expect((await readRows('a\tb\n1\n1\t2\t\t\n', format)).rows).toEqual([
      { a: '1', b: '' },
      { a: '1', b: '2' },
    ]);
    expect((await readRows('a\tb\n1\t2\t3\n', format)).error).toMatchObject({ code: 'DOCUMENT_MALFORMED' });
  });

  it('never puts a cell into a message', async () => {
    const format = { ...tsv, columns: { phone: { name: 'phone', type: 'integer' } } } as typeof tsv;
    const { error } = await readRows('phone\nJane Doe +27 82\n', format);
    expect(error).toMatchObject({
      message: expect.stringContaining('line 2 has no integer in column "phone"'),
    });
    expect(JSON.stringify(error) + String((error as Error).message)).not.toMatch(/Jane|27 82/);
  });
});
