export type {
  CellType,
  Column,
  FlatFormat,
  JsonFormat,
  RowFormat,
  TaggedRow,
  XmlFormat,
} from './rows/row-format.js';
export type { RowFacts, RowStream } from './rows/row-stream.js';
export { type RowsOfOptions, rowsOf } from './rows/rows-of.js';
export type {
  RowsFileFormat,
  RowsTarget,
  WriteRows,
  WriteRowsOptions,
  WrittenRows,
} from './rows/write-rows.js';
export type { ContentFacts, ContentStore } from './store/content-store.js';
