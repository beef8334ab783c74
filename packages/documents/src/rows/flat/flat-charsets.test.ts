import { describe, expect, it } from '@jest/globals';
import { cutAt, type Row, readRows, tsv } from '../../testing/read-rows.js';

/** `sku<TAB>商品名`, `A-1<TAB>電気ケトルソ表`, `A-2<TAB>ﾊﾝｶｸ①` in cp932; the second byte of ソ and 表 is a backslash, 0x5C. */
const shiftJis = Buffer.from(
  '736b75098fa4956996bc0d0a' + '412d310993648b4383508367838b835c955c0d0a' + '412d3209caddb6b887400d0a',
  'hex',
);

/** The rows that a document gives however it is cut in two. */
async function expectSameAtEveryCut(bytes: Buffer, charset: string, rows: readonly Row[]): Promise<void> {
  for (let at = 0; at <= bytes.length; at++) {
    const reading = await readRows(cutAt(bytes, [at]), tsv, { charset });
    expect({ at, ...reading }).toMatchObject({ at, error: undefined, rows });
  }
  const single = Array.from(bytes, (byte) => Buffer.from([byte]));
  expect((await readRows(single, tsv, { charset })).rows).toEqual(rows);
}

describe('flat files in their charsets', () => {
  it('reads Shift_JIS, whose second bytes can be a backslash, wherever it is cut', async () => {
    await expectSameAtEveryCut(shiftJis, 'shift_jis', [
      { sku: 'A-1', 商品名: '電気ケトルソ表' },
      { sku: 'A-2', 商品名: 'ﾊﾝｶｸ①' },
    ]);
  });

  it('reads Windows-1252 with its signs between 0x80 and 0x9F', async () => {
    const bytes = Buffer.from('sku\ttitle\nA-1\tMaß \x80 5 \x96 \x93Größe\x94\n', 'latin1');
    await expectSameAtEveryCut(bytes, 'windows-1252', [{ sku: 'A-1', title: 'Maß € 5 – “Größe”' }]);
  });

  it('reads ISO 8859-1 as it is, control characters included', async () => {
    const bytes = Buffer.from('sku\ttitle\nA-1\tGröße \x85\n', 'latin1');
    await expectSameAtEveryCut(bytes, 'iso-8859-1', [{ sku: 'A-1', title: 'Größe \x85' }]);
  });

  it('reads UTF-8 characters of two, three and four bytes cut at every byte', async () => {
    const bytes = Buffer.from('sku\ttitle\r\nA-1\tö€𝄞大\r\nA-2\t𝄞\r\n');
    await expectSameAtEveryCut(bytes, 'utf-8', [
      { sku: 'A-1', title: 'ö€𝄞大' },
      { sku: 'A-2', title: '𝄞' },
    ]);
  });

  it.each([
    ['utf-8', Buffer.from('\ufeffsku\ttitle\nA-1\tö\n')],
    ['utf-16le', Buffer.from('\ufeffsku\ttitle\nA-1\tö\n', 'utf16le')],
    ['utf-16be', Buffer.from('\ufeffsku\ttitle\nA-1\tö\n', 'utf16le').swap16()],
  ])('takes a byte order mark of %s off and believes it', async (_charset, bytes) => {
    for (const told of ['utf-8', 'windows-1252', 'iso-8859-1'])
      await expectSameAtEveryCut(bytes, told, [{ sku: 'A-1', title: 'ö' }]);
  });

  it('refuses bytes that are no UTF-8, naming the line, and gives the rows before it', async () => {
    const bytes = Buffer.from('sku\ttitle\nA-1\tfine\nA-2\tGr\xf6\xdfe\n', 'latin1');
    for (let at = 0; at <= bytes.length; at++) {
      const { rows, error } = await readRows(cutAt(bytes, [at]), tsv);
      expect({ at, rows }).toEqual({ at, rows: [{ sku: 'A-1', title: 'fine' }] });
      expect(error).toMatchObject({
        code: 'DOCUMENT_CHARSET_WRONG',
        message: expect.stringContaining('line 3 holds bytes that are no UTF-8'),
        remedy: expect.stringContaining('windows-1252'),
      });
    }
  });

  it('refuses a line that begins with the second byte of a character, wherever it is cut', async () => {
    const bytes = Buffer.from('sku\ttitle\r\nA-1\tfine\r\n\x805\tEuro\r\nA-3\tfine\r\n', 'latin1');
    for (let at = 0; at <= bytes.length; at++) {
      const { rows, error } = await readRows(cutAt(bytes, [at]), tsv);
      expect({ at, rows }).toEqual({ at, rows: [{ sku: 'A-1', title: 'fine' }] });
      expect(error).toMatchObject({ code: 'DOCUMENT_CHARSET_WRONG', details: { line: 3 } });
    }
  });

  it('refuses a header that begins so', async () => {
    const { error } = await readRows(Buffer.from('\x80sku\ttitle\nA-1\tfine\n', 'latin1'), tsv);
    expect(error).toMatchObject({ code: 'DOCUMENT_CHARSET_WRONG', details: { line: 1 } });
  });

  it('replaces such bytes when it is told to, and counts the lines', async () => {
    const bytes = Buffer.from('sku\ttitle\nA-1\tfine\nA-2\tGr\xf6\xdfe\n', 'latin1');
    const { rows, facts } = await readRows(bytes, tsv, { badCharacters: 'replace' });
    expect(rows[1]).toEqual({ sku: 'A-2', title: 'Gr\ufffd\ufffde' });
    expect(facts).toMatchObject({ rows: 2, replacedCharacters: 1 });
  });

  it('refuses a character that the end of the document cuts off', async () => {
    const { error } = await readRows(Buffer.from('sku\nA-大').subarray(0, -1), tsv);
    expect(error).toMatchObject({ code: 'DOCUMENT_CHARSET_WRONG', details: { line: 2 } });
  });

  it('refuses bytes that are no Shift_JIS', async () => {
    const { error } = await readRows(Buffer.from('sku\nA\xfd\xff\n', 'latin1'), tsv, {
      charset: 'shift_jis',
    });
    expect(error).toMatchObject({ code: 'DOCUMENT_CHARSET_WRONG', details: { byte: 5 } });
  });
});
