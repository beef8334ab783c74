import { Readable } from 'node:stream';
import { type Column, type FlatFormat, rowsOf } from '@fluxori/documents';
import { describe, expect, it } from '@jest/globals';
import { rowCheckOf } from '../report-row-check.js';
import { camelCase } from './columns.js';
import type { ReportTypeFacts } from './report-type.js';
import { findReportType, type ReportRow, reportTypeNames } from './report-types.js';
import { retiredReportTypes } from './retired-report-types.js';

const all = reportTypeNames.map((name) => [name, findReportType(name) as ReportTypeFacts] as const);
const flat = all.flatMap(([name, facts]) =>
  facts.format?.kind === 'flat' ? [[name, facts, facts.format] as const] : [],
);

/** Of the guide to restricted data tokens, checked November 2026; those of them that are in our table. */
const restricted = [
  'GET_AMAZON_FULFILLED_SHIPMENTS_DATA_INVOICING',
  'GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX',
  'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING',
  'GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING',
  'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING',
  'GET_FLAT_FILE_ORDER_REPORT_DATA_TAX',
  'GET_GST_MTR_B2B_CUSTOM',
  'GET_ORDER_REPORT_DATA_INVOICING',
  'GET_ORDER_REPORT_DATA_SHIPPING',
  'GET_ORDER_REPORT_DATA_TAX',
  'GET_VAT_TRANSACTION_DATA',
  'SC_VAT_TAX_REPORT',
];

/** How a cell of each type may look, and what it is read as. */
const samples: Readonly<Record<Column['type'], { readonly text: string; readonly value: unknown }>> = {
  text: { text: 'Grün "5l"', value: 'Grün "5l"' },
  number: { text: '0.25', value: 0.25 },
  integer: { text: '-3', value: -3 },
  money: { text: '129.90', value: '129.90' },
  boolean: { text: 'true', value: true },
  date: { text: '2026-01-31', value: '2026-01-31' },
  instant: { text: '2026-01-31T08:00:00+02:00', value: new Date('2026-01-31T06:00:00Z') },
};

describe('the table of report types', () => {
  it('holds at least 30 types, of every kind that a seller uses', () => {
    expect(all.length).toBeGreaterThanOrEqual(30);
    const categories = new Set(all.map(([, { category }]) => category));
    for (const needed of ['orders', 'returns', 'listings', 'fba-inventory', 'fba-payments', 'settlements'])
      expect(categories).toContain(needed);
    expect(findReportType('GET_SALES_AND_TRAFFIC_REPORT')?.category).toBe('analytics');
    expect(findReportType('constructor')).toBeUndefined();
  });

  it('knows exactly those for restricted that Amazon restricts', () => {
    expect(all.flatMap(([name, facts]) => (facts.restricted ? [name] : [])).sort()).toEqual(restricted);
  });

  it.each(all)('%s says where its facts are from, and contradicts itself nowhere', (_, facts) => {
    expect(facts.source.length).toBeGreaterThan(10);
    if (facts.dates === 'none')
      expect([facts.maxDays, facts.oldestDays, facts.dateUnit]).toEqual([undefined, undefined, undefined]);
    if (facts.periodOption !== undefined) expect(facts.options).toHaveProperty(facts.periodOption);
    if (facts.availability === 'found') expect(facts.options).toBeUndefined();
  });

  it('sends nobody who asks for a retired type to one that it does not know', () => {
    for (const [name, { replacement }] of Object.entries(retiredReportTypes)) {
      expect(findReportType(name)).toBeUndefined();
      if (replacement.startsWith('GET_')) expect(reportTypeNames).toContain(replacement);
    }
  });
});

describe('rows of a flat file', () => {
  it.each(flat)(
    '%s: every cell is read as what its column says, in its charset',
    async (_, facts, format) => {
      const columns = Object.entries(format.columns ?? {});
      const names = columns.map(([, { name }]) => name);
      expect(new Set(names).size).toBe(names.length);
      const text = `${line(
        format,
        columns.map(([header]) => header),
      )}\r\n${line(
        format,
        columns.map(([, { type }]) => samples[type].text),
      )}\r\n`;
      const bytes = Buffer.from(text, facts.charset === 'utf-8' ? 'utf8' : 'latin1');
      const rows = rowsOf(Readable.from([bytes]), { format, charset: facts.charset });
      const [row, more] = await Array.fromAsync(rows);
      expect(more).toBeUndefined();
      expect(row).toEqual(
        Object.fromEntries(columns.map(([, { name, type }]) => [name, samples[type].value])),
      );
      expect(await rows.facts).toMatchObject({
        rows: 1,
        complete: true,
        unknownColumns: [],
        missingColumns: [],
      });
    },
  );

  it('names a field as a programmer would, and the compiler knows it', () => {
    expect(camelCase('ship-postal-code')).toBe('shipPostalCode');
    expect(camelCase('FNSKU')).toBe('fnsku');
    expect(camelCase('Warehouse-Condition-code')).toBe('warehouseConditionCode');
    expect(camelCase('reserved_fc-transfers')).toBe('reservedFcTransfers');
    expect(camelCase('A-to-Z Claim')).toBe('aToZClaim');
    type Order = ReportRow<'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL'>;
    const order = { amazonOrderId: '902-1', purchaseDate: new Date(0), sku: 'a', quantity: 1 } as Order;
    const price: string | null | undefined = order.itemPrice;
    // @ts-expect-error: money is a decimal text, never a number
    const wrong: number | null | undefined = order.itemPrice;
    // @ts-expect-error: there is no such column
    const none = order.shipPhoneNumber;
    expect([price, wrong, none]).toEqual([undefined, undefined, undefined]);
  });

  it('refuses no document for want of a column that is only inferred, or whose header may be in another language', () => {
    const lenient = flat.filter(
      ([, { source, category }]) => category === 'listings' || /columns (and commas )?inferred/.test(source),
    );
    expect(lenient.length).toBeGreaterThan(10);
    for (const [name, , { columns = {} }] of lenient) {
      const required = Object.values(columns).filter((column) => column.required);
      // What every user's file has.
      if (name !== 'GET_VAT_TRANSACTION_DATA') expect([name, required]).toEqual([name, []]);
    }
  });

  it('keeps a document in another language under its own headers', async () => {
    const { format } = findReportType('GET_MERCHANT_LISTINGS_ALL_DATA') as ReportTypeFacts;
    const bytes = Buffer.from('出品者SKU\t商品名\r\nA-1\t緑茶\r\n');
    const rows = rowsOf(Readable.from([bytes]), { format: format as FlatFormat, charset: 'utf-8' });
    expect(await Array.fromAsync(rows)).toEqual([{ 出品者SKU: 'A-1', 商品名: '緑茶' }]);
    expect((await rows.facts).unknownColumns).toEqual(['出品者SKU', '商品名']);
  });

  it('names no field so that it has to be quoted', () => {
    for (const [, , { columns = {} }] of flat)
      for (const { name } of Object.values(columns)) expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
  });
});

describe('rows of JSON', () => {
  const json = all.flatMap(([name, { format }]) => {
    if (format?.kind !== 'json') return [];
    return (typeof format.at === 'string' ? [format.at] : format.at).map((at) => [name, at] as const);
  });

  it.each(json)('%s has an array "%s" in Amazon’s schema, which its rows can be checked by', (name, at) => {
    expect(rowCheckOf(name, at)).toBeInstanceOf(Function);
  });
});

function line({ delimiter, quotes }: FlatFormat, cells: readonly string[]): string {
  return cells
    .map((cell) => (quotes === 'quoted' ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(delimiter);
}
