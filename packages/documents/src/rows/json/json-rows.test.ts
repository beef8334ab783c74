import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { cutAt, readRows } from '../../testing/read-rows.js';
import type { JsonFormat, TaggedRow } from '../row-format.js';
import { rowsOf } from '../rows-of.js';

const at = (path: string | readonly string[]): JsonFormat => ({ kind: 'json', at: path });
const megabyte = 2 ** 20;

describe('rows of JSON', () => {
  it('are the elements of the array at the path; the rest of the document is the head', async () => {
    const text =
      '{ "reportSpecification": {"reportType": "X", "a": [1, {"rows": [2]}]}, "data": {"rows": [ {"sku": "A \\" ] }", "n": 1.50}, [1], "x", null, true ], "n": 1e3 } }\n';
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) {
      const { rows, facts, error } = await readRows<unknown>(
        cutAt(Buffer.from(text), [cut]),
        at('data.rows'),
      );
      expect({ cut, error }).toEqual({ cut, error: undefined });
      expect(rows).toEqual([{ sku: 'A " ] }', n: 1.5 }, [1], 'x', null, true]);
      expect(facts?.head).toEqual({
        reportSpecification: { reportType: 'X', a: [1, { rows: [2] }] },
        data: { rows: [], n: 1000 },
      });
    }
  });

  it('of several arrays say which one they are of', async () => {
    const text = '{"byDate": [{"d": 1}], "note": 1, "byAsin": [{"a": 2}, {"a": 3}]}';
    const { rows } = await readRows<TaggedRow>(text, at(['byDate', 'byAsin']));
    expect(rows).toEqual([
      { at: 'byDate', row: { d: 1 } },
      { at: 'byAsin', row: { a: 2 } },
      { at: 'byAsin', row: { a: 3 } },
    ]);
  });

  it('may be the whole document, or lines of it', async () => {
    for (const text of ['[1, {"a": []}, "x"]', '1\n{"a": []}\n"x"', '1 {"a":[]}"x"\r\n']) {
      const { rows, error } = await readRows<unknown>(text, at(''));
      expect({ text, rows, error }).toEqual({ text, rows: [1, { a: [] }, 'x'], error: undefined });
    }
  });

  it('are none where the array is empty or null, which is not an empty document', async () => {
    for (const text of ['{"rows": []}', '{"rows": null}', '{"rows": [ ] }\n'])
      expect((await readRows(text, at('rows'))).facts).toMatchObject({ rows: 0, content: 'header-only' });
    for (const text of ['', ' \n', '\ufeff'])
      expect((await readRows(text, at('rows'))).facts).toMatchObject({ rows: 0, content: 'empty' });
  });

  it.each([
    [
      'an error instead of rows',
      '{"errors": [{"code": "E"}]}',
      /no array at "rows"; what the document has is errors/,
    ],
    ['another value at the path', '{"rows": {"a": 1}}', /"rows" is no array/],
    ['text', 'Internal error', /no JSON of this format/],
    ['a comma too many', '{"rows": [1,,2]}', /rows\[1\] is no JSON/],
    ['a comma before the end', '{"rows": [1,]}', /rows\[1\] is no JSON/],
    ['no comma', '{"rows": [{} {}]}', /rows\[1\] is no JSON/],
    ['a word', '{"rows": [1, secret]}', /rows\[1\] is no JSON/],
    ['two documents', '{"rows": []}{"rows": []}', /no JSON of this format/],
  ])('refuse %s, and quote nothing of it', async (_what, text, message) => {
    const { error } = await readRows(text, at('rows'), { operation: 'reports.rows', account: 'acme-za' });
    expect(error).toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_MALFORMED',
      message: expect.stringMatching(message),
      account: 'acme-za',
      remedy: expect.any(String),
    });
    expect((error as Error).message).not.toContain('secret');
  });

  it('tell where a document was cut off', async () => {
    const { rows, error } = await readRows('{"rows": [{"a": 1}, {"a": ', at('rows'));
    expect(rows).toEqual([{ a: 1 }]);
    expect(error).toMatchObject({
      code: 'DOCUMENT_TRUNCATED',
      message: expect.stringContaining('ends inside of rows[1]'),
    });
  });

  it('name the byte that is no character', async () => {
    const { error } = await readRows(Buffer.from('{"rows": ["\xf6"]}', 'latin1'), at('rows'));
    expect(error).toMatchObject({ code: 'DOCUMENT_CHARSET_WRONG', details: { byte: 11 } });
  });

  it('are read out of UTF-16 and Windows-1252, too', async () => {
    const text = '{"rows": ["ö€"]}';
    const utf16 = await readRows<unknown>(Buffer.from(`\ufeff${text}`, 'utf16le'), at('rows'));
    expect(utf16.rows).toEqual(['ö€']);
    const windows = Buffer.from('{"rows": ["\xf6\x80"]}', 'latin1');
    expect((await readRows<unknown>(windows, at('rows'), { charset: 'windows-1252' })).rows).toEqual(['ö€']);
  });

  it('are let go when one is larger than it may be', async () => {
    const text = `{"rows": [1, "${'x'.repeat(3 * megabyte)}"]}`;
    const pieces = cutAt(Buffer.from(text), [100_000, 200_000, megabyte, 2 * megabyte]);
    const { rows, error } = await readRows<unknown>(pieces, at('rows'), { maxRowBytes: megabyte });
    expect(rows).toEqual([1]);
    expect(error).toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
      message: expect.stringContaining('larger than 1 MiB'),
    });
    expect((await readRows<string>(pieces, at('rows'))).rows.at(-1)).toHaveLength(3 * megabyte);
  });

  it('do not wait for the end of the document, nor does its other content stay', async () => {
    const row = JSON.stringify({ sku: 'A-1', title: 'x'.repeat(200) });
    const rowsPerPiece = 300;
    const pieces = 2_000;
    let given = 0;
    function* document(): Generator<Buffer> {
      yield Buffer.from('{"other": [');
      for (let index = 0; index < 60; index++) yield Buffer.from(`"${'y'.repeat(65_000)}",`);
      yield Buffer.from('0], "rows": [');
      for (; given < pieces; given++)
        yield Buffer.from(`${given === 0 ? '' : ','}${Array(rowsPerPiece).fill(row).join()}`);
      yield Buffer.from(']}');
    }
    const stream = rowsOf(Readable.from(document(), { objectMode: false, highWaterMark: 1 }), {
      format: at('rows'),
      charset: 'utf-8',
    });
    let [count, mostAhead, largest] = [0, 0, 0];
    for await (const batch of stream.batches()) {
      mostAhead = Math.max(mostAhead, given * rowsPerPiece - count);
      largest = Math.max(largest, batch.length);
      count += batch.length;
    }
    // 130 MB in all; no more than some pieces of 64 KiB are ever taken of it before their rows are handed out.
    expect(count).toBe(pieces * rowsPerPiece);
    expect(mostAhead).toBeLessThanOrEqual(4 * rowsPerPiece);
    expect(largest).toBeLessThanOrEqual(rowsPerPiece);
    expect(await stream.facts).toMatchObject({ head: { other: null, rows: [] }, leftOut: ['other'] });
  });
});
