import type { Column } from '../row-format.js';
import type { CellReader } from './cell-reader.js';

/** Makes a row of a line without quotes; `undefined` when the line has not exactly its cells, or one is not of its type: `explain` then says why. */
export type RowMaker = (line: string) => Record<string, unknown> | undefined;

/** More columns than this are no gain to generate code for. */
const mostGenerated = 400;

/**
 * The rows of a table are made by a function that is written for it: one object literal, its cells in order. That is three times as fast as
 * setting cells by name, and all rows share one hidden class. Names go in as JSON strings, so that no header can be code. Where code must not be
 * generated (`--disallow-code-generation-from-strings`) rows are made in a loop.
 */
export function rowMakerOf(
  columns: readonly Column[],
  readers: readonly (CellReader | undefined)[],
  delimiter: string,
): RowMaker {
  if (columns.length <= mostGenerated) {
    try {
      return generated(columns, readers, delimiter);
    } catch (error) {
      if ((error as Error).name !== 'EvalError') throw error;
    }
  }
  return looped(columns, readers, delimiter);
}

function generated(
  columns: readonly Column[],
  readers: readonly (CellReader | undefined)[],
  delimiter: string,
): RowMaker {
  const last = columns.length - 1;
  const from = (index: number) => (index === 0 ? '0' : `e${index - 1} + 1`);
  const to = (index: number) => (index === last ? 'line.length' : `e${index}`);
  const sign = JSON.stringify(delimiter);
  const body = [
    '"use strict"; return (line) => {',
    ...columns
      .slice(0, -1)
      .map(
        (_, index) =>
          `const e${index} = line.indexOf(${sign}, ${from(index)}); if (e${index} === -1) return undefined;`,
      ),
    `if (line.indexOf(${sign}, ${from(last)}) !== -1) return undefined;`,
    ...readers.map((reader, index) =>
      reader === undefined
        ? `const v${index} = line.slice(${from(index)}, ${to(index)});`
        : `const v${index} = readers[${index}](line, ${from(index)}, ${to(index)}); if (v${index} === undefined) return undefined;`,
    ),
    `return { ${columns.map(({ name }, index) => `${keyOf(name)}: v${index}`).join(', ')} };`,
    '};',
  ].join('\n');
  return new Function('readers', body)(readers) as RowMaker;
}

/** `"__proto__": v` would set the prototype. */
function keyOf(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

function looped(
  columns: readonly Column[],
  readers: readonly (CellReader | undefined)[],
  delimiter: string,
): RowMaker {
  return (line) => {
    const cells = line.split(delimiter);
    if (cells.length !== columns.length) return undefined;
    const made = rowOfCells(columns, readers, cells);
    return made.bad === undefined ? made.row : undefined;
  };
}

/** A row of cells that are cut out already. `bad` is the first column whose cell is not of its type; the row then holds its text. */
export function rowOfCells(
  columns: readonly Column[],
  readers: readonly (CellReader | undefined)[],
  cells: readonly string[],
): { row: Record<string, unknown>; bad?: number } {
  let bad: number | undefined;
  const entries = columns.map(({ name }, index): [string, unknown] => {
    const cell = cells[index] ?? '';
    const reader = readers[index];
    if (reader === undefined) return [name, cell];
    const value = reader(cell, 0, cell.length);
    if (value !== undefined) return [name, value];
    bad ??= index;
    return [name, cell];
  });
  return { row: Object.fromEntries(entries), ...(bad !== undefined && { bad }) };
}

const meanings: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

/** Text in which a backslash stands before a letter for what the line could not hold. */
export function readEscaped(line: string, from: number, to: number): string {
  const text = line.slice(from, to);
  return text.includes('\\')
    ? text.replaceAll(/\\([tnr\\])/g, (_, letter: string) => meanings[letter] as string)
    : text;
}
