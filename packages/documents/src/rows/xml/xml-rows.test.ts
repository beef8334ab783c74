import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { cutAt, readRows } from '../../testing/read-rows.js';
import type { XmlFormat } from '../row-format.js';
import { rowsOf } from '../rows-of.js';

const orders: XmlFormat = { kind: 'xml', at: 'Order', arrays: ['Item'] };
const megabyte = 2 ** 20;

describe('rows of XML', () => {
  it('are the elements of the name, with children, attributes and text, at every cut', async () => {
    const bytes = Buffer.from(
      '<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <Order>no</Order> --><All><Order id="1">\n  <Sku>A &amp; &#x42;</Sku><Item><N>1</N></Item>\n' +
        '  <Note><![CDATA[<b>ö</b>]]></Note><Price currency="ZAR">1.50</Price><Empty/></Order>' +
        '<Other/><Order><Item>x</Item><Item>y</Item></Order></All>\n',
    );
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { rows, error } = await readRows(cutAt(bytes, [cut]), orders);
      expect({ cut, error }).toEqual({ cut, error: undefined });
      expect(rows).toEqual([
        {
          '@id': '1',
          Sku: 'A & B',
          Item: [{ N: '1' }],
          Note: '<b>ö</b>',
          Price: { '@currency': 'ZAR', '#text': '1.50' },
          Empty: '',
        },
        { Item: ['x', 'y'] },
      ]);
    }
  });

  it('are none in a document without them, which is not an empty one', async () => {
    expect((await readRows('<All/>', orders)).facts).toMatchObject({ rows: 0, content: 'header-only' });
    for (const text of ['', ' \n', '\ufeff'])
      expect((await readRows(text, orders)).facts).toMatchObject({ rows: 0, content: 'empty' });
  });

  it.each([
    ['an element that is not closed', '<All><Order>\n<Sku>A</Sku>', 'DOCUMENT_TRUNCATED', 'line 2'],
    ['another end', '<All>\n<Order></All>', 'DOCUMENT_MALFORMED', 'line 2'],
    ['text', 'Internal error', 'DOCUMENT_MALFORMED', 'line 1'],
    ['an unknown entity', '<All>\n<Order>&secret;</Order></All>', 'DOCUMENT_MALFORMED', 'line 2'],
    [
      'entities of its own',
      '<!DOCTYPE All [<!ENTITY secret "x">]>\n<All><Order>&secret;</Order></All>',
      'DOCUMENT_MALFORMED',
      'declares entities',
    ],
    ['depth without end', `<All>${'<Order>'.repeat(200)}`, 'DOCUMENT_MALFORMED', 'inside of 100 others'],
  ])('refuse %s, and quote nothing of it', async (_what, text, code, message) => {
    const { error } = await readRows(text, orders);
    expect(error).toMatchObject({
      name: 'DocumentError',
      code,
      message: expect.stringContaining(message),
      remedy: expect.any(String),
    });
    expect((error as Error).message).not.toContain('secret');
  });

  it('never touch prototypes', async () => {
    const { rows } = await readRows('<All><Order><__proto__><x>1</x></__proto__></Order></All>', orders);
    expect(Object.keys(rows[0] ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('are let go when one is larger than it may be', async () => {
    const text = `<All><Order>ok</Order><Order><Sku>${'x'.repeat(3 * megabyte)}</Sku></Order></All>`;
    const pieces = cutAt(Buffer.from(text), [100_000, megabyte, 2 * megabyte]);
    const { rows, error } = await readRows<unknown>(pieces, orders, { maxRowBytes: megabyte });
    expect(rows).toEqual(['ok']);
    expect(error).toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    expect(
      (await readRows<{ Sku: string }>(pieces, orders)).rows.at(-1)?.Sku === 'x'.repeat(3 * megabyte),
    ).toBe(true);
  });

  it('do not wait for the end of the document', async () => {
    const row = `<Order><Sku>A-1</Sku><Title>${'x'.repeat(200)}</Title></Order>`;
    const [rowsPerPiece, pieces] = [250, 200];
    let given = 0;
    function* document(): Generator<Buffer> {
      yield Buffer.from('<All>');
      for (; given < pieces; given++) yield Buffer.from(row.repeat(rowsPerPiece));
      yield Buffer.from('</All>');
    }
    const stream = rowsOf(Readable.from(document(), { objectMode: false, highWaterMark: 1 }), {
      format: orders,
      charset: 'utf-8',
    });
    let [count, mostAhead] = [0, 0];
    for await (const batch of stream.batches()) {
      mostAhead = Math.max(mostAhead, given * rowsPerPiece - count);
      count += batch.length;
    }
    expect(count).toBe(pieces * rowsPerPiece);
    expect(mostAhead).toBeLessThanOrEqual(4 * rowsPerPiece);
  });
});
