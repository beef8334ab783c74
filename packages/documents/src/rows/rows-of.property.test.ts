import { PassThrough, type Readable } from 'node:stream';
import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { cutAt, type Row, readRows, readToEnd } from '../testing/read-rows.js';
import type { FlatFormat } from './row-format.js';
import { type RowsFileFormat, writtenFormat } from './write/row-text.js';
import { writeRows } from './write/write-rows.js';

/** What a text may hold; the characters that end cells and lines come often. */
const anyText = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'ö', '大', '𝄞', ' ', '"', '""', ',', '\\', '\\t', "'") },
    { weight: 1, arbitrary: fc.constantFrom('\t', '\n', '\r', '\r\n') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  ),
  maxLength: 12,
});

const columns = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z -]{0,6}[a-z]$/), { minLength: 1, maxLength: 6 });

function tableOf(cell: fc.Arbitrary<string>) {
  return columns.chain((names) =>
    fc.record({
      names: fc.constant(names),
      lines: fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length }), {
        maxLength: 12,
      }),
    }),
  );
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });
const placed = (bytes: Buffer, places: readonly number[]) =>
  cutAt(
    bytes,
    places.map((place) => place % (bytes.length + 1)),
  );

function rowsOfTable(names: readonly string[], lines: readonly (readonly string[])[]): Row[] {
  return lines.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
}

describe('flat files of any content', () => {
  const plainCell = anyText.map((text) => text.replaceAll(/[\t\r\n]/g, ' '));

  it('give the same rows however they are cut, in every line end', async () => {
    const cases = fc.tuple(tableOf(plainCell), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), cuts);
    await fc.assert(
      fc.asyncProperty(cases, async ([{ names, lines }, end, closed, places]) => {
        // A line without a character is none in a table of many columns, and the last one of a single column is not there without its end.
        const isLineless = names.length === 1 && !closed && lines.at(-1)?.[0] === '';
        const text =
          [names, ...lines].map((cells) => cells.join('\t')).join(end) + (closed || isLineless ? end : '');
        const reading = await readRows(placed(Buffer.from(text), places), {
          kind: 'flat',
          delimiter: '\t',
          quotes: 'data',
        });
        expect(reading).toMatchObject({ error: undefined });
        expect(reading.rows).toEqual(rowsOfTable(names, lines));
      }),
      { numRuns: 300 },
    );
  });

  it('never give other rows when the end is missing: the rows before it, and an error or nothing', async () => {
    const cases = fc.tuple(tableOf(plainCell), fc.nat());
    await fc.assert(
      fc.asyncProperty(cases, async ([{ names, lines }, place]) => {
        const text = [names, ...lines].map((cells) => cells.join('\t')).join('\n');
        const bytes = Buffer.from(text);
        const kept = bytes.subarray(0, place % (bytes.length + 1));
        const { rows } = await readRows(kept, { kind: 'flat', delimiter: '\t', quotes: 'data' });
        const whole = kept.toString().split('\n').length - 2;
        if (whole > 0) expect(rows.slice(0, whole)).toEqual(rowsOfTable(names, lines).slice(0, whole));
        expect(rows.length).toBeLessThanOrEqual(Math.max(0, whole) + 1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what writeRows wrote', () => {
  async function writtenAndRead(rows: readonly Row[], as: RowsFileFormat, places: readonly number[]) {
    const pieces: Buffer[] = [];
    const stream = new PassThrough();
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    const written = await writeRows(rows, { stream }, { as });
    const bytes = Buffer.concat(pieces);
    expect(written).toEqual({ rows: rows.length, bytes: bytes.length });
    return readRows(placed(bytes, places), writtenFormat(as));
  }

  it.each<RowsFileFormat>(['tsv', 'csv', 'jsonl'])('as %s is read as it was', async (as) => {
    await fc.assert(
      fc.asyncProperty(tableOf(anyText), cuts, async ({ names, lines }, places) => {
        const rows = rowsOfTable(names, lines);
        const reading = await writtenAndRead(rows, as, places);
        expect(reading).toMatchObject({ error: undefined });
        expect(reading.rows).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });

  it('as tsv keeps numbers, sums, truth and instants when the same columns read it', async () => {
    const format = (kind: 'tsv' | 'csv') =>
      writtenFormat(kind, {
        n: { name: 'n', type: 'integer' },
        m: { name: 'm', type: 'money' },
        b: { name: 'b', type: 'boolean' },
        at: { name: 'at', type: 'instant' },
      }) as FlatFormat;
    const row = fc.record({
      n: fc.option(fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value))),
      m: fc.option(fc.integer({ min: 1, max: 1e9 }).map((cents) => (cents / 100).toFixed(2))),
      b: fc.option(fc.boolean()),
      at: fc.option(
        fc.date({ min: new Date('1600-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1 }),
        fc.constantFrom('tsv' as const, 'csv' as const),
        async (rows, as) => {
          const stream = new PassThrough();
          const [reading] = await Promise.all([
            readToEnd(stream as unknown as Readable, format(as)),
            writeRows(rows, { stream }, { as }),
          ]);
          expect(reading.error).toBeUndefined();
          expect(reading.rows).toEqual(rows);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('JSON of any content', () => {
  const rowValues = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 });

  it('gives what JSON.parse gives, however it is cut, beside what lies around it', async () => {
    const cases = fc.tuple(rowValues, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(0, 2), cuts);
    await fc.assert(
      fc.asyncProperty(cases, async ([values, other, indent, places]) => {
        const text = JSON.stringify(
          { spec: other, data: { rows: values, note: 'x' }, after: [1] },
          null,
          indent,
        );
        const { rows, facts, error } = await readRows<unknown>(placed(Buffer.from(text), places), {
          kind: 'json',
          at: 'data.rows',
        });
        expect(error).toBeUndefined();
        expect(rows).toEqual(JSON.parse(JSON.stringify(values)));
        expect(facts?.head).toEqual({ ...JSON.parse(text), data: { rows: [], note: 'x' } });
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when its end is missing, wherever it is cut off', async () => {
    const text = JSON.stringify({ a: 'ö', rows: [{ x: 'a"]}\\' }, 12, null], z: { y: [1] } });
    const bytes = Buffer.from(text);
    for (let at = 1; at < bytes.length; at++) {
      const { error } = await readRows(bytes.subarray(0, at), { kind: 'json', at: 'rows' });
      expect({ at, error }).toMatchObject({ at, error: { name: 'DocumentError' } });
    }
  });
});

describe('XML of any content', () => {
  const escapedText = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const name = fc.constantFrom('Sku', 'Title', 'Größe');
  const value = fc.string({
    unit: fc.constantFrom('a', 'ö', '大', '𝄞', '<', '&', '"', ' '),
    minLength: 1,
    maxLength: 8,
  });
  const element = fc.dictionary(name, value, { minKeys: 1 });

  it('gives the same rows however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(element, { maxLength: 6 }), cuts, async (elements, places) => {
        const inner = elements.map((fields) => {
          const children = Object.entries(fields).map(
            ([key, text]) => `<${key}>${escapedText(text)}</${key}>`,
          );
          return `<Row>${children.join('')}</Row>`;
        });
        const text = `<?xml version="1.0"?>\n<All><Header>x</Header>\n${inner.join('\n')}</All>`;
        const { rows, error } = await readRows(placed(Buffer.from(text), places), { kind: 'xml', at: 'Row' });
        expect(error).toBeUndefined();
        expect(rows).toEqual(elements.map((fields) => ({ ...fields })));
      }),
      { numRuns: 200 },
    );
  });
});
