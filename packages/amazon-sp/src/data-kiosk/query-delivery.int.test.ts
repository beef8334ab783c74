import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ContentStore } from '@fluxori/documents';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DocumentRef } from '../documents/document-ref.js';
import type { OpenDocument } from '../documents/open-document.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { QueryAnswer } from './query-answer.js';
import { deliver } from './query-delivery.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-delivery-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Documents of two rows each, and the terms on which they were opened. */
function answerOf(contents?: ContentStore) {
  const opened: (SpCallOptions & { keep?: boolean })[] = [];
  const openDocument = async (ref: DocumentRef, options: SpCallOptions = {}): Promise<OpenDocument> => {
    opened.push(options);
    return {
      ...{ ref, from: 'amazon', contentType: 'application/jsonl;charset=UTF-8', close: () => {} },
      bytes: Readable.from([
        Buffer.from(`{"of":"${ref.documentId}","n":1}\n{"of":"${ref.documentId}","n":2}\n`),
      ]),
      facts: Promise.resolve({ bytes: 1, sha256: '', drops: 0 }),
    };
  };
  const parts = { documents: { openDocument }, account: 'acme', ...(contents && { contents }) };
  const pages = [{ queryId: '1', documentId: 'a' }, { queryId: '2' }, { queryId: '3', documentId: 'b' }];
  return { opened, answer: new QueryAnswer<unknown>(parts, pages, false) };
}

const terms = { account: 'acme', maxWaitMs: 1_000, priority: 'low' as const };

describe('what becomes of an answered query', () => {
  it('is one file with the rows of all its documents', async () => {
    const { answer } = answerOf();
    const file = join(folder, 'rows.csv');
    expect(await deliver(answer, { file, as: 'csv' }, terms)).toEqual({
      ...{ copied: false, rows: 4 },
      output: { file, as: 'csv', bytes: 26 },
    });
    expect(await readFile(file, 'utf8')).toBe('of,n\r\na,1\r\na,2\r\nb,1\r\nb,2\r\n');
  });

  it('waits for the scarce token of each document where there are no copies to begin anew from', async () => {
    const { answer, opened } = answerOf();
    await deliver(answer, { file: join(folder, 'rows.jsonl'), as: 'jsonl' }, terms);
    expect(opened).toHaveLength(2);
    for (const { maxWaitMs, keep, priority } of opened)
      expect([maxWaitMs, keep, priority]).toEqual([180_000, false, 'low']);
  });

  it('parks as ever where each document is copied first', async () => {
    const { answer, opened } = answerOf({} as ContentStore);
    await deliver(answer, { file: join(folder, 'rows.jsonl'), as: 'jsonl' }, terms);
    for (const { maxWaitMs, keep } of opened) expect([maxWaitMs, keep]).toEqual([1_000, true]);
  });

  it('is left at Amazon where nothing is wanted and nothing can be kept', async () => {
    const { answer, opened } = answerOf();
    expect(await deliver(answer, undefined, terms)).toEqual({ copied: false });
    expect(opened).toEqual([]);
  });

  it('cannot go to a content store that is not there', async () => {
    const { answer } = answerOf();
    await expect(deliver(answer, { content: 'x', as: 'csv' }, terms)).rejects.toThrow(
      /no content store for queries of acme/,
    );
  });

  it('ends with the error of whatever reads it, and leaves no file', async () => {
    const { answer } = answerOf();
    const signal = AbortSignal.abort(new Error('enough'));
    const file = join(folder, 'rows.csv');
    await expect(deliver(answer, { file, as: 'csv' }, { ...terms, signal })).rejects.toThrow('enough');
    await expect(readFile(file)).rejects.toThrow(/ENOENT/);
  });
});
