import type { Column, FlatFormat } from '../row-format.js';
import type { CellReader } from './cell-reader.js';

/** The columns of one document: what its header says, joined with what its format knows. */
export interface Table {
  readonly headers: readonly string[];
  /** In the order of the headers. */
  readonly columns: readonly Column[];
  readonly unknownColumns: readonly string[];
  readonly missingColumns: readonly string[];
}

/**
 * Headers are compared without the blanks around them. A name that is there twice gets ` (2)`, a header without a name `column 3`: no cell is
 * lost by being written over.
 */
export function tableOf(headers: readonly string[], known: FlatFormat['columns'] = {}): Table {
  const taken = new Set<string>();
  const trimmed = headers.map((header) => header.trim());
  const columns = trimmed.map((header, index): Column => {
    const column = Object.hasOwn(known, header) ? known[header] : undefined;
    const wanted = column?.name ?? (header === '' ? `column ${index + 1}` : header);
    let name = wanted;
    for (let copy = 2; taken.has(name); copy++) name = `${wanted} (${copy})`;
    taken.add(name);
    return column === undefined ? { name, type: 'text' } : { ...column, name };
  });
  return {
    headers: trimmed,
    columns,
    unknownColumns: trimmed.filter((header) => !Object.hasOwn(known, header)),
    missingColumns: Object.keys(known).filter((header) => !trimmed.includes(header)),
  };
}

/** How the lines of one document are read. */
export interface FlatTable {
  readonly columns: readonly Column[];
  /** For each column; `undefined` where its cells are text as it stands. */
  readonly readers: readonly (CellReader | undefined)[];
  readonly delimiter: '\t' | ',';
  readonly isLatin1: boolean;
}
