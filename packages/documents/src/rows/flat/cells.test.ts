import { describe, expect, it } from '@jest/globals';
import { readRows } from '../../testing/read-rows.js';
import type { Column, FlatFormat } from '../row-format.js';

/** One cell as a column reads it; `refused` when it is not of its type. */
async function read(text: string, column: Omit<Column, 'name'>): Promise<unknown> {
  const format: FlatFormat = {
    kind: 'flat',
    delimiter: '\t',
    quotes: 'data',
    columns: { value: { name: 'value', ...column } },
  };
  const { rows, error } = await readRows(`value\tend\n${text}\t\n`, format);
  if (error !== undefined) {
    expect(error).toMatchObject({ code: 'DOCUMENT_MALFORMED', details: { line: 2, column: 'value' } });
    return 'refused';
  }
  return rows[0]?.value;
}

const day = (text: string) => new Date(text);

describe('cells of flat files', () => {
  it.each<[Omit<Column, 'name'>, string, unknown]>([
    [{ type: 'integer' }, '12', 12],
    [{ type: 'integer' }, '-7', -7],
    [{ type: 'integer' }, '-0', 0],
    [{ type: 'integer' }, ' 7.00 ', 7],
    [{ type: 'integer' }, '', null],
    [{ type: 'integer' }, '7.5', 'refused'],
    [{ type: 'integer' }, '99999999999999999', 'refused'],
    [{ type: 'integer' }, '-', 'refused'],
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'number' }, '', null],
    [{ type: 'number', decimal: ',' }, '1.234,5', 1234.5],
    [{ type: 'money' }, '-12.50', '-12.50'],
    [{ type: 'money' }, '1,234.50', '1234.50'],
    [{ type: 'money' }, '0.1', '0.1'],
    [{ type: 'money' }, '.5', '0.5'],
    [{ type: 'money' }, '1,234', 'refused'],
    [{ type: 'money' }, '12 ZAR', 'refused'],
    [{ type: 'money', decimal: 'either' }, '12,50', '12.50'],
    [{ type: 'money', decimal: 'either' }, '1.234,50', '1234.50'],
    [{ type: 'money', decimal: 'either' }, '1,234.50', '1234.50'],
    [{ type: 'money', decimal: 'either' }, '1.234', 'refused'],
    [{ type: 'money', decimal: ',' }, '1\u202f234,50', '1234.50'],
    [{ type: 'boolean' }, 'TRUE', true],
    [{ type: 'boolean' }, 'n', false],
    [{ type: 'boolean' }, '', null],
    [{ type: 'boolean' }, 'perhaps', 'refused'],
    [{ type: 'date' }, '2026-02-28', '2026-02-28'],
    [{ type: 'date' }, '2024-02-29', '2024-02-29'],
    [{ type: 'date' }, '2026-02-29', 'refused'],
    [{ type: 'date' }, '31.01.2026', '2026-01-31'],
    [{ type: 'date' }, '03/04/2026', 'refused'],
    [{ type: 'date', dateOrder: 'mdy' }, '03/04/2026', '2026-03-04'],
    [{ type: 'date' }, '13/04/2026', '2026-04-13'],
    [{ type: 'date' }, 'Jan 5, 2026', '2026-01-05'],
    [{ type: 'date' }, '2026-01-05T10:00:00Z', 'refused'],
    [{ type: 'date' }, '20x6-01-31', 'refused'],
    [{ type: 'date' }, 'none-01-31', 'refused'],
    [{ type: 'instant' }, '2026-01-31T10:00:00+14:00', day('2026-01-30T20:00:00Z')],
    [{ type: 'instant' }, '2026-01-31T10:00:00+99:99', 'refused'],
    [{ type: 'instant' }, '2026-01-31 10:00:00 -15:00', 'refused'],
    [{ type: 'instant' }, '2026-01-31T10:00:00+02:00', day('2026-01-31T08:00:00Z')],
    [{ type: 'instant' }, '2026-01-31T10:00:00Z', day('2026-01-31T10:00:00Z')],
    [{ type: 'instant' }, '2026-01-31T10:00:00.250Z', day('2026-01-31T10:00:00.250Z')],
    [{ type: 'instant' }, '2026-01-31 10:00:00 JST', day('2026-01-31T01:00:00Z')],
    [{ type: 'instant' }, '31.01.2026 10:00:00 UTC', day('2026-01-31T10:00:00Z')],
    [{ type: 'instant' }, '2026-01-31 10:00:00', 'refused'],
    [{ type: 'instant', zone: '+09:00' }, '2026/01/31 10:00:00', day('2026-01-31T01:00:00Z')],
    [{ type: 'instant' }, '2026-01-31T24:00:00Z', 'refused'],
    [{ type: 'instant' }, '2026-02-30T10:00:00Z', 'refused'],
    [{ type: 'instant' }, '2O26-01-31T10:00:00Z', 'refused'],
    [{ type: 'instant' }, '2O26-01-31T10:00:00+00:00', 'refused'],
    [{ type: 'instant' }, '', null],
    [{ type: 'text' }, ' kept as it is ', ' kept as it is '],
    [{ type: 'text' }, '', ''],
  ])('reads %j out of "%s" as %j', async (column, text, value) => {
    expect(await read(text, column)).toEqual(value);
  });

  it('agrees with the platform on every day of eight hundred years', async () => {
    const from = Date.UTC(1600, 0, 1);
    const days = Array.from({ length: 292_194 }, (_, index) => new Date(from + index * 86_400_000));
    const lines = days.map((instant) => instant.toISOString().replace('.000Z', '+00:00'));
    const { rows } = await readRows<{ at: Date }>(`at\n${lines.join('\n')}\n`, {
      kind: 'flat',
      delimiter: '\t',
      quotes: 'data',
      columns: { at: { name: 'at', type: 'instant' } },
    });
    expect(rows).toHaveLength(days.length);
    expect(rows.filter(({ at }, index) => at.getTime() !== days[index]?.getTime())).toEqual([]);
  });

  it('keeps a cell that is not of its type as text where the format says so', async () => {
    const { rows } = await readRows('a\tb\nnone\t1\n', {
      kind: 'flat',
      delimiter: '\t',
      quotes: 'data',
      badCells: 'text',
      columns: { a: { name: 'a', type: 'integer' }, b: { name: 'b', type: 'integer' } },
    });
    expect(rows).toEqual([{ a: 'none', b: 1 }]);
  });
});

describe('columns of flat files', () => {
  const columns: FlatFormat['columns'] = {
    'order-id': { name: 'orderId', type: 'text', required: true },
    quantity: { name: 'quantity', type: 'integer' },
    gone: { name: 'gone', type: 'text' },
  };
  const format: FlatFormat = { kind: 'flat', delimiter: '\t', quotes: 'data', columns };

  it('are found by their headers in any order, and what the format and the document lack is told', async () => {
    const { rows, facts } = await readRows('quantity\t order-id \tnew\n2\tA\tx\n', format);
    expect(rows).toEqual([{ quantity: 2, orderId: 'A', new: 'x' }]);
    expect(facts).toMatchObject({ unknownColumns: ['new'], missingColumns: ['gone'] });
  });

  it('that are required and not there end it, with their names', async () => {
    const { error } = await readRows('quantity\n2\n', format);
    expect(error).toMatchObject({
      code: 'DOCUMENT_MALFORMED',
      message: expect.stringContaining('line 1 lacks the column "order-id"'),
      remedy: expect.stringContaining('another type'),
    });
  });

  it('of one name, or of none, do not write over each other', async () => {
    const { rows } = await readRows('a\ta\t\t__proto__\tconstructor\n1\t2\t3\t4\t5\n', {
      ...format,
      columns: {},
    });
    expect(Object.entries(rows[0] ?? {})).toEqual([
      ['a', '1'],
      ['a (2)', '2'],
      ['column 3', '3'],
      ['__proto__', '4'],
      ['constructor', '5'],
    ]);
    expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype);
  });

  it.each([
    ['a page of HTML', '<html><body>Access denied</body></html>\n'],
    ['an error in JSON', '{"errorDetails":"the report is too large"}'],
    ['an error in XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ['a table with another delimiter', 'seller-sku;quantity\nA;1\n'],
  ])('are not found in %s, which is refused and is no table without rows', async (_, text) => {
    const columns = {
      'seller-sku': { name: 'sku', type: 'text' },
      quantity: { name: 'quantity', type: 'integer' },
    } as const;
    const { error } = await readRows(text, { ...format, columns });
    expect(error).toMatchObject({ code: 'DOCUMENT_MALFORMED', details: { line: 1 } });
    expect((error as Error).message).not.toContain('Access');
    const { rows } = await readRows('SKU-Nummer\tMenge\nA\t1\n', { ...format, columns });
    expect(rows).toEqual([{ 'SKU-Nummer': 'A', Menge: '1' }]);
  });

  it('can be named where the document has no header, below lines that are no table', async () => {
    const { rows } = await readRows('Report of today\n\n1\t2\n', {
      kind: 'flat',
      delimiter: '\t',
      quotes: 'data',
      skipLines: 2,
      headers: ['a', 'b'],
    });
    expect(rows).toEqual([{ a: '1', b: '2' }]);
  });

  it('may be more than code is generated for', async () => {
    const headers = Array.from({ length: 500 }, (_, index) => `c${index}`);
    const { rows } = await readRows(`${headers.join('\t')}\n${headers.map((_, i) => i).join('\t')}\n`, {
      ...format,
      columns: { c7: { name: 'seven', type: 'integer' } },
    });
    expect(Object.keys(rows[0] ?? {})).toHaveLength(500);
    expect(rows[0]).toMatchObject({ seven: 7, c499: '499' });
  });
});
