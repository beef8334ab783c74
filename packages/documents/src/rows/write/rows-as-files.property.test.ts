import { PassThrough } from 'node:stream';
import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { cutAt, piecesOf, type Row } from '../../testing/read-rows.js';
import type { CellType, Column, FlatFormat } from '../row-format.js';
import type { RowFacts, RowStream } from '../row-stream.js';
import { type RowsOfOptions, rowsOf } from '../rows-of.js';
import type { RowsFileFormat } from './row-text.js';
import { writeRows } from './write-rows.js';

interface Written {
  readonly text: string;
  readonly result: unknown;
  readonly facts: RowFacts | undefined;
  readonly error: unknown;
}

type Options = Pick<RowsOfOptions, 'format' | 'charset' | 'badCharacters'>;

/** What came out before the error, if there was one, in `latin1`: each byte is a character. */
async function written(rows: RowStream<Row>, as: RowsFileFormat): Promise<Written> {
  const pieces: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  const facts = rows.facts.catch(() => undefined);
  const outcome = await writeRows(rows, { stream }, { as }).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  return { text: Buffer.concat(pieces).toString('latin1'), facts: await facts, ...outcome };
}

/** Row by row: made, and written as any rows are. */
function byRows(rows: RowStream<Row>): RowStream<Row> {
  return {
    facts: rows.facts,
    batches: () => rows.batches(),
    [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator](),
  };
}

async function expectSame(pieces: readonly Buffer[], options: Options, as: RowsFileFormat): Promise<Written> {
  const rows = () => rowsOf<Row>(piecesOf(pieces), options);
  const [byLine, byRow] = [await written(rows(), as), await written(byRows(rows()), as)];
  expect(shown(byLine)).toEqual(shown(byRow));
  return byLine;
}

/** A broken pipeline drops what its stream still held, so of that only the error counts. */
function shown({ error, text, ...rest }: Written): unknown {
  if (error === undefined) return { text, ...rest };
  const { name, message, code, details } = error as Error & { code?: string; details?: unknown };
  return { name, message, code, details, ...rest };
}

const text = fc.string({
  unit: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('a', 'Z', '0', ' ', '-', '/', 'abcd', 'efghijk') },
    { weight: 3, arbitrary: fc.constantFrom('"', ',', '\\', "'", '~', 'é', 'ß', '\u00a0', '\u007f') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('大', '𝄞', '€', '\ufeff', '\u2028', '\b', '\f', '\v', '\0', '\r', '\u001f'),
    },
  ),
  maxLength: 14,
});
const digits = fc.stringMatching(/^[0-9]{1,17}$/);
const decimal = fc.stringMatching(/^[+-]?[0-9]{0,4}[.,]?[0-9]{0,4}$/);
const days = fc.constantFrom(
  '2026-01-31',
  '2024-02-29',
  '2026-02-29',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '31.01.2026',
  '03/04/2026',
  '20260131',
  '2026-1-5',
  '2O26-01-31',
);
const times = fc.constantFrom(
  'T10:00:00+00:00',
  'T10:00:00Z',
  'T23:59:59-00:00',
  'T00:30:00+02:00',
  'T24:00:00Z',
  'T10:60:00Z',
  'T10:00:00.250Z',
  ' 10:00:00 PST',
  'T10:00:00',
  'T10:00:00+0000',
  'T23:30:00-14:00',
);

const cells: Readonly<Record<CellType, fc.Arbitrary<string>>> = {
  text,
  integer: fc.oneof(
    digits,
    fc.constantFrom('0', '-0', '7', '-12', '007', '1.00', '12 ', '+5', '-', '9007199254740993'),
  ),
  number: fc.oneof(digits, decimal, fc.constantFrom('2.50', '0.0000001', '1e5', '-0.0')),
  money: fc.oneof(digits, decimal, fc.constantFrom('-12.50', '1,234.56', '1.234,56', ' 3.00 ', '.5', '5.')),
  boolean: fc.constantFrom('true', 'false', 'True', 'YES', 'n', '1', '0', 'maybe', 'fals', ' true'),
  date: days,
  instant: fc.tuple(days, times).map(([day, time]) => day + time),
};

const types = Object.keys(cells) as CellType[];
const headers = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z][a-z -]{0,9}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('1', '0', '__proto__', 'toJSON', 'größe', 'say "x"', 'a\\b', '', 'a'),
  },
);
const column = fc.record({
  header: headers,
  type: fc.oneof(fc.constant('text' as CellType), fc.constantFrom(...types)),
  decimal: fc.constantFrom(undefined, undefined, '.' as const, ',' as const, 'either' as const),
  isKnown: fc.constantFrom(true, true, true, false),
});

const tables = fc.array(column, { minLength: 1, maxLength: 7 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    lines: fc.array(
      fc.tuple(
        ...columns.map(({ type }) =>
          fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 8, arbitrary: cells[type] }),
        ),
      ) as fc.Arbitrary<string[]>,
      { maxLength: 9 },
    ),
    delimiter: fc.constantFrom('\t' as const, '\t' as const, ',' as const),
    quotes: fc.constantFrom('data' as const, 'data' as const, 'quoted' as const),
    badCells: fc.constantFrom('text' as const, 'text' as const, 'refuse' as const),
    shortRows: fc.constantFrom('fill' as const, 'refuse' as const),
    escapes: fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'backslash' as const),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    charset: fc.constantFrom('utf-8', 'utf-8', 'iso-8859-1', 'windows-1252', 'shift_jis', 'utf-16le'),
    badCharacters: fc.constantFrom('refuse' as const, 'replace' as const),
    /** What is no UTF-8 and says that it is. */
    isMislabelled: fc.constantFrom(false, false, false, true),
    mark: fc.constantFrom('', '', '\ufeff'),
    cuts: fc.array(fc.nat(), { maxLength: 8 }),
    /** Lines with a cell too many, or too few, or with nothing in them. */
    odd: fc.option(fc.tuple(fc.nat(), fc.constantFrom('more', 'less', 'blank')), { freq: 6 }),
  }),
);
type Table = typeof tables extends fc.Arbitrary<infer Value> ? Value : never;

function documentOf({
  columns,
  lines,
  delimiter,
  quotes,
  end,
  charset,
  mark,
  odd,
  isMislabelled,
}: Table): Buffer {
  const cell = (value: string) => {
    const own = value.replaceAll(/\n/g, ' ');
    const isPlain = !own.includes(delimiter) && !(end === '\r' && own.includes('\r'));
    if (quotes === 'quoted' && (!isPlain || own.includes('"'))) return `"${own.replaceAll('"', '""')}"`;
    return isPlain ? own : own.replaceAll(/[\t,\r]/g, ';');
  };
  const table = [columns.map(({ header }) => header), ...lines].map((one) => one.map(cell).join(delimiter));
  if (odd !== null && table.length > 1) {
    const [place, how] = odd;
    const at = 1 + (place % (table.length - 1));
    const line = table[at] as string;
    const cut = line.lastIndexOf(delimiter);
    table[at] =
      how === 'blank' ? '' : how === 'more' ? line + delimiter : cut === -1 ? line : line.slice(0, cut);
  }
  const all = mark + table.join(end) + end;
  if (charset === 'utf-8' && !isMislabelled) return Buffer.from(all);
  return charset === 'utf-16le' ? Buffer.from(all, 'utf16le') : Buffer.from(all, 'latin1');
}

function optionsOf(table: Table): Options {
  const { columns, delimiter, quotes, badCells, shortRows, escapes, charset, badCharacters } = table;
  const known = columns.filter(({ isKnown }) => isKnown);
  const format: FlatFormat = {
    ...{ kind: 'flat', delimiter, quotes, badCells, shortRows, escapes },
    columns: Object.fromEntries(
      known.map(({ header, type, decimal: sign }): [string, Column] => [
        header.trim(),
        { name: header.trim(), type, ...(sign !== undefined && { decimal: sign }), zone: 'UTC' },
      ]),
    ),
  };
  return { format, charset, badCharacters };
}

describe('rows of a flat document as a file', () => {
  it.each<RowsFileFormat>(['tsv', 'csv', 'jsonl'])(
    'are the same %s by the line as by the row, whatever the document is like',
    async (as) => {
      const seen = { whole: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(tables, async (table) => {
          const bytes = documentOf(table);
          const pieces = cutAt(
            bytes,
            table.cuts.map((place) => place % (bytes.length + 1)),
          );
          const { error } = await expectSame(pieces, optionsOf(table), as);
          seen[error === undefined ? 'whole' : 'refused']++;
        }),
        { numRuns: 120 },
      );
      expect(seen.whole).toBeGreaterThan(60);
      expect(seen.refused).toBeGreaterThan(10);
    },
  );
});
