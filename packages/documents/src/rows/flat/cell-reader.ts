import type { Column } from '../row-format.js';
import { dayReader, instantReader } from './days-and-instants.js';
import { decimalReader, readInteger } from './decimals.js';

/**
 * Reads the cell that lies between two places of a line: `null` for a cell without anything in it, `undefined` when it is not of the type.
 * Works on the line, not on the cell's own text, so that a cell that is no text costs no string.
 */
export type CellReader = (line: string, from: number, to: number) => unknown;

/** @returns `undefined` for text, which is taken as it stands. */
export function cellReaderOf(column: Column): CellReader | undefined {
  switch (column.type) {
    case 'text':
      return undefined;
    case 'integer':
      return readInteger;
    case 'number':
      return decimalReader(column.decimal, Number);
    case 'money':
      return decimalReader(column.decimal, (text) => text);
    case 'boolean':
      return readBoolean;
    case 'date':
      return dayReader(column.dateOrder);
    case 'instant':
      return instantReader(column.dateOrder, column.zone);
  }
}

const booleans: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['', null],
  ...['true', 'yes', 'y', 't', '1'].map((text) => [text, true] as const),
  ...['false', 'no', 'n', 'f', '0'].map((text) => [text, false] as const),
]);

function readBoolean(line: string, from: number, to: number): boolean | null | undefined {
  return booleans.get(line.slice(from, to).trim().toLowerCase());
}
