import type { RowFormat } from '@fluxori/documents';
import type { Region } from '../../regions/region.js';
import { type ColumnTable, type RowOfColumns, toColumns } from './columns.js';

/** As `decoded` names them. `shift_jis` is Microsoft's cp932 there. */
export type Charset = 'utf-8' | 'windows-1252' | 'iso-8859-1' | 'shift_jis';

export const reportCategories = [
  'orders',
  'returns',
  'listings',
  'fba-inventory',
  'fba-sales',
  'fba-payments',
  'fba-customers',
  'fba-removals',
  'settlements',
  'analytics',
  'performance',
  'tax',
  'business',
  'catalog',
  'vendor',
] as const;
export type ReportCategory = (typeof reportCategories)[number];

/** How one comes to have a report. `found`: Amazon, or the seller in Seller Central, makes it; it is looked for, not asked for. */
export type Availability = 'request' | 'schedule' | 'request-or-schedule' | 'found';

/** One option of a report type. */
export interface OptionFacts {
  /** The values that it may have; any text without it. */
  readonly values?: readonly string[];
  readonly required?: boolean;
  readonly about: string;
}

/** What is known of one type of report. */
export interface ReportTypeFacts {
  readonly title: string;
  readonly category: ReportCategory;
  readonly availability: Availability;
  /** Undefined where the document is no table, e.g. a PDF: it is had as it is. */
  readonly format?: RowFormat;
  /** What its text is written in when its server does not say. */
  readonly charset: Charset;
  /** By country code of the first marketplace. */
  readonly charsetIn?: Readonly<Record<string, Charset>>;
  /** Holds personal data: its document is had with a restricted data token, and kept sealed only. */
  readonly restricted: boolean;
  readonly who: 'seller' | 'vendor' | 'both';
  /** For sellers who use Fulfilment by Amazon; for owners of a brand with the role Brand Analytics. */
  readonly needs?: 'fba' | 'brand';
  readonly regions?: readonly Region[];
  /** Country codes; everywhere (in `regions`) by default. */
  readonly countries?: readonly string[];
  /** Marketplaces in one report; many by default. */
  readonly marketplaces?: 'one';
  readonly options?: Readonly<Record<string, OptionFacts>>;
  /** Whether the span of time is asked for; `none` where Amazon pays no heed to it. */
  readonly dates: 'none' | 'optional' | 'required';
  /** `day`: the time of day is not looked at. */
  readonly dateUnit?: 'day';
  /** The longest span, in days. */
  readonly maxDays?: number;
  /** How far back it goes, in days. */
  readonly oldestDays?: number;
  /** Options in which weeks, months … are named; the span must then begin and end with them. */
  readonly periodOption?: string;
  /** Sums over the span: another span is another report, not a part of it. */
  readonly aggregated?: true;
  /** Amazon makes no newer one within this time, in minutes, and may cancel the request instead. */
  readonly atMostEveryMinutes?: number;
  /** Where these facts are from. */
  readonly source: string;
}

/** When the tables of report types were last compared with their sources. */
export const reportTypesChecked = '2026-11-21';

/** Carries the type of the rows. It has no value: only the compiler looks at it. */
declare const rowType: unique symbol;

export interface ReportTypeEntry<Row = unknown> extends ReportTypeFacts {
  readonly [rowType]?: Row;
}

export type RowOfEntry<Entry> = Entry extends { readonly [rowType]?: infer Row }
  ? Exclude<Row, undefined>
  : never;

type Particulars = Omit<
  ReportTypeFacts,
  'format' | 'charset' | 'restricted' | 'who' | 'dates' | 'availability'
> &
  Partial<Pick<ReportTypeFacts, 'charset' | 'restricted' | 'who' | 'dates' | 'availability'>>;

/** Of the older flat files, by saleweaver/python-amazon-sp-api sp_api/util/report_document.py (November 2026): latin-1, in Japan cp932. */
const flatCharset = { charset: 'windows-1252', charsetIn: { JP: 'shift_jis' } } as const;
const usual = { restricted: false, who: 'seller', dates: 'optional', availability: 'request' } as const;

/** A tab-separated file in which a quote is a character like any other. */
export function tsv<const Table extends ColumnTable>(
  columns: Table,
  facts: Particulars,
): ReportTypeEntry<RowOfColumns<Table>> {
  return {
    ...usual,
    ...flatCharset,
    ...facts,
    format: { kind: 'flat', delimiter: '\t', quotes: 'data', columns: toColumns(columns) },
  };
}

/** A tab- or comma-separated file in which cells may be quoted. */
export function quoted<const Table extends ColumnTable>(
  delimiter: '\t' | ',',
  columns: Table,
  facts: Particulars,
): ReportTypeEntry<RowOfColumns<Table>> {
  return {
    ...usual,
    charset: 'utf-8',
    ...facts,
    format: { kind: 'flat', delimiter, quotes: 'quoted', columns: toColumns(columns) },
  };
}

/** A JSON document with its rows at `at`. The rows are as Amazon's schema says. */
export function json<Row>(at: string | readonly string[], facts: Particulars): ReportTypeEntry<Row> {
  return { ...usual, charset: 'utf-8', ...facts, format: { kind: 'json', at } };
}

/** What an element of an XML document becomes. */
export interface XmlRow {
  readonly [name: string]: unknown;
}

/** An XML document with its rows in the elements `at`. */
export function xml(at: string, arrays: readonly string[], facts: Particulars): ReportTypeEntry<XmlRow> {
  return { ...usual, charset: 'utf-8', ...facts, format: { kind: 'xml', at, arrays } };
}
