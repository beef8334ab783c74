/**
 * What a cell of a flat file is read as. An empty cell is `null`, except for `text`, where it is `''`.
 *
 * - `text`: the characters as they stand, quotes and blanks included
 * - `number`: a `number`; `integer`: a `number` without a fraction
 * - `money`: a decimal string such as `-12.50`, never a float
 * - `boolean`: true/false, yes/no, y/n, t/f, 1/0 in any case
 * - `date`: a day as `YYYY-MM-DD`
 * - `instant`: a `Date`; the text must say its zone, or the column its `zone`
 */
export type CellType = 'text' | 'number' | 'integer' | 'money' | 'boolean' | 'date' | 'instant';

/** How one column of a flat file is read. */
export interface Column {
  /** The name of the cell in the row. */
  readonly name: string;
  readonly type: CellType;
  /**
   * The decimal sign of `number` and `money`; `.` by default. `either` is for types whose documents differ by marketplace (settlements): a text
   * that could be read both ways, such as `1,234`, is refused.
   */
  readonly decimal?: '.' | ',' | 'either';
  /** The order of day and month where the text does not show it, as in `03/04/2026`. Without it such a text is refused. */
  readonly dateOrder?: 'dmy' | 'mdy';
  /** The zone of an `instant` whose text names none: `UTC` or an offset such as `+09:00`. */
  readonly zone?: string;
  /** A document without this column is refused. By default it is told in `facts`. */
  readonly required?: boolean;
}

/** Tab- or comma-separated text. */
export interface FlatFormat {
  readonly kind: 'flat';
  readonly delimiter: '\t' | ',';
  /** `data`: a quote is a character like any other (Amazon's flat files). `quoted`: RFC 4180. */
  readonly quotes: 'data' | 'quoted';
  /** By header. Columns that are not here are read as text under their header's own name. */
  readonly columns?: Readonly<Record<string, Column>>;
  /** The headers of a document that has none. By default they are its first line. */
  readonly headers?: readonly string[];
  /** Lines before the header that are not part of the table, e.g. a title. 0 by default. */
  readonly skipLines?: number;
  /**
   * Rows that end before their last columns: refused by default, since a line break inside a cell looks the same; or filled with empty cells, for
   * types where Amazon cuts empty cells off. `fill` also takes empty cells beyond the last column.
   */
  readonly shortRows?: 'refuse' | 'fill';
  /** A cell that is not of its column's type: refused by default, or kept as text. */
  readonly badCells?: 'refuse' | 'text';
  /** `backslash`: `\t`, `\n`, `\r` and `\\` stand for those characters, as `writeRows` does in `tsv`. `none` by default. */
  readonly escapes?: 'none' | 'backslash';
}

/** A JSON document of which some arrays are the rows. */
export interface JsonFormat {
  readonly kind: 'json';
  /**
   * Where the rows are: the path of an array, such as `salesAndTrafficByAsin` or `payload.items`; `''` for a document that is itself an array, or
   * that is a sequence of values (JSON lines, as the Data Kiosk gives). With a list of paths each row is a `TaggedRow`.
   */
  readonly at: string | readonly string[];
}

/** A row of one of several arrays. */
export interface TaggedRow<Row = unknown> {
  readonly at: string;
  readonly row: Row;
}

/** An XML document of which some elements are the rows. */
export interface XmlFormat {
  readonly kind: 'xml';
  /** The name of the element that is a row. */
  readonly at: string;
  /** Names of child elements that are always arrays, though there is one of them. */
  readonly arrays?: readonly string[];
}

export type RowFormat = FlatFormat | JsonFormat | XmlFormat;
