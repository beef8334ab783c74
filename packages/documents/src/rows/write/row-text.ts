import type { FlatFormat, JsonFormat } from '../row-format.js';

export type RowsFileFormat = 'tsv' | 'csv' | 'jsonl';

/** How a file is written, and so how its text cells are read again. */
export interface RowText {
  readonly delimiter: string;
  readonly lineEnd: string;
  line(cells: readonly string[]): string;
}

/** A backslash escapes what would end a cell or a line (as PostgreSQL's COPY and others read); quotes are data. */
const tsv: RowText = {
  delimiter: '\t',
  lineEnd: '\n',
  line: (cells) => cells.map(escaped).join('\t'),
};

/** RFC 4180: what holds a comma, a quote or a line break stands in quotes, its own quotes doubled. A lone empty cell is `""`, else it were no line. */
const csv: RowText = {
  delimiter: ',',
  lineEnd: '\r\n',
  line: (cells) => (cells.length === 1 && cells[0] === '' ? '""' : cells.map(quoted).join(',')),
};

export const rowTexts: Readonly<Record<'tsv' | 'csv', RowText>> = { tsv, csv };

/** What reads a file that `writeRows` wrote: `rowsOf(createReadStream(file), { format: writtenFormat('tsv'), charset: 'utf-8' })`. */
export function writtenFormat(as: RowsFileFormat, columns?: FlatFormat['columns']): FlatFormat | JsonFormat {
  if (as === 'jsonl') return { kind: 'json', at: '' };
  return {
    kind: 'flat',
    delimiter: as === 'tsv' ? '\t' : ',',
    ...(as === 'tsv' ? { quotes: 'data', escapes: 'backslash' } : { quotes: 'quoted' }),
    ...(columns !== undefined && { columns }),
  };
}

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

function escaped(cell: string): string {
  return /[\t\n\r\\]/.test(cell) ? cell.replaceAll(/[\t\n\r\\]/g, (sign) => escapes[sign] as string) : cell;
}

function quoted(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A row of any kind as a line of `jsonl`. */
export function jsonLine(row: unknown): string {
  return `${JSON.stringify(row)}\n`;
}
