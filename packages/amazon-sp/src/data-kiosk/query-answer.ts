import { ValidationError } from '@fluxori/core';
import {
  type ContentStore,
  charsetOf,
  type RowFacts,
  type RowStream,
  rowsOf,
  writeRows,
} from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { QueryPage } from './query-state.js';

export interface QueryAnswerParts {
  readonly documents: Pick<DocumentManager, 'openDocument'>;
  readonly account: string;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

export interface QueryRowsOptions {
  readonly signal?: AbortSignal;
  /** Copies each document to the content store first, so that reading it again costs no token. Done by default where there is a store for it. */
  readonly keep?: boolean;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes?: number }) => void;
}

type Options = QueryRowsOptions & SpCallOptions;

/** The documents of an answered query, read as one run of rows. */
export class QueryAnswer<Row> {
  readonly pages: readonly QueryPage[];
  readonly restricted: boolean;
  readonly #parts: QueryAnswerParts;

  constructor(parts: QueryAnswerParts, pages: readonly QueryPage[], restricted: boolean) {
    this.#parts = parts;
    this.pages = pages;
    this.restricted = restricted;
  }

  /** Where copies of its documents are kept; undefined when there is no such store. */
  get store(): ContentStore | undefined {
    return this.restricted ? this.#parts.sealedContents : this.#parts.contents;
  }

  /** All rows, page after page. Each document is opened when the one before has been read. */
  rows(options: Options = {}): RowStream<Row> {
    const { promise: facts, resolve, reject } = Promise.withResolvers<RowFacts>();
    // Nobody needs to look at them.
    facts.catch(() => {});
    const pages = this.pages;
    const open = (page: QueryPage) => this.#open(page, options);
    async function* read<Item>(
      of: (rows: RowStream<Row>) => AsyncIterable<Item>,
      count: (item: Item) => number,
    ) {
      let rows = 0;
      let complete = false;
      try {
        for (const page of pages) {
          const stream = await open(page);
          for await (const item of stream === undefined ? [] : of(stream)) {
            rows += count(item);
            yield item;
          }
        }
        complete = true;
      } catch (error) {
        reject(error);
        throw error;
      } finally {
        resolve({ rows, complete, content: rows > 0 ? 'rows' : 'empty', replacedCharacters: 0 });
      }
    }
    return {
      facts,
      [Symbol.asyncIterator]: () =>
        read(
          (stream) => stream,
          () => 1,
        ),
      batches: () =>
        read(
          (stream) => stream.batches(),
          (batch) => batch.length,
        ),
    };
  }

  /**
   * Writes the rows to a file, which appears whole or not at all.
   * @throws ValidationError for rows that were said to hold personal data: they are kept sealed only.
   */
  async toFile(
    path: string,
    as: 'tsv' | 'csv' | 'jsonl',
    options: Options = {},
  ): Promise<{ readonly path: string; readonly rows: number; readonly bytes: number }> {
    if (this.restricted) {
      throw new ValidationError('output: personal data is not written to a plain file.', {
        field: 'output',
        account: this.#parts.account,
        remedy: 'Write it to the sealed content store, and read it from there.',
      });
    }
    const own = options.signal === undefined ? {} : { signal: options.signal };
    return { path, ...(await writeRows(this.rows(options), { file: path }, { as, ...own })) };
  }

  /** Copies the documents into the content store, where there is one. @returns whether there is. */
  async copy(options: Options = {}): Promise<boolean> {
    if (this.store === undefined) return false;
    for (const page of this.pages) {
      const opened = await this.#openDocument(page, { ...options, keep: true });
      opened?.close();
    }
    return true;
  }

  async #open(page: QueryPage, options: Options): Promise<RowStream<Row> | undefined> {
    const opened = await this.#openDocument(page, options);
    if (opened === undefined) return undefined;
    try {
      return rowsOf<Row>(opened.bytes, {
        // One line of JSON for each row.
        format: { kind: 'json', at: '' },
        charset: charsetOf(opened.contentType, 'utf-8'),
        operation: 'dataKiosk.rows',
        account: this.#parts.account,
        ...(options.signal && { signal: options.signal }),
      });
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Undefined for a page without data. */
  async #openDocument({ documentId }: QueryPage, options: Options) {
    if (documentId === undefined) return undefined;
    const { keep = this.store !== undefined, onProgress } = options;
    const ref = { kind: 'dataKiosk', documentId, restricted: this.restricted } as const;
    return this.#parts.documents.openDocument(ref, {
      ...callOptions(options),
      keep,
      ...(onProgress && { onProgress }),
    });
  }
}
