export { charsetNamed, charsetOf } from './decode/charset.js';
export { type DecodedText, type DecodeOptions, decoded } from './decode/decoded.js';
export { gunzipped } from './decode/gunzipped.js';
export type { DocumentContext } from './errors/document-context.js';
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
export { type RowsFileFormat, writtenFormat } from './rows/write/row-text.js';
export {
  type RowsTarget,
  type WriteRowsOptions,
  type WrittenRows,
  writeBytes,
  writeRows,
} from './rows/write/write-rows.js';
export { checkContentName } from './store/content-name.js';
export type { ContentFacts, ContentStore, SweptLeftovers } from './store/content-store.js';
export { FolderContentStore, type FolderContentStoreOptions } from './store/folder/folder-content-store.js';
export { type OpenContentStoreOptions, openContentStore } from './store/open-content-store.js';
export { SealedContentStore, type SealedContentStoreOptions } from './store/sealed/sealed-content-store.js';
export type { Content } from './transfer/content.js';
export type { DocumentLink, LinkSource } from './transfer/document-link.js';
export { type Download, type DownloadFacts, type DownloadOptions, download } from './transfer/download.js';
export type { ProgressListener } from './transfer/progress.js';
export { type UploadFacts, type UploadOptions, type UploadTarget, upload } from './transfer/upload.js';
