import { RemoteError } from '../errors/errors.js';

/** One page and the way to the next. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last. A job keeps it to go on after a crash. */
  readonly nextCursor?: string;
}

/** A list that is fetched as it is read: iterate over items, or over `.pages()`; `break` fetches no more. */
export interface Paged<T> extends AsyncIterable<T> {
  pages(): AsyncIterable<Page<T>>;
}

/**
 * Makes a `Paged` from a function that fetches one page.
 *
 * @param fetchPage - gets the page at `cursor` (undefined: the first).
 * @param cursor - where to begin.
 * @throws RemoteError `PAGE_TOKEN_REPEATED` when the remote side hands out the cursor that it was just given, which would never end.
 */
export function paged<T>(
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
  cursor?: string,
): Paged<T> {
  async function* pages(): AsyncGenerator<Page<T>> {
    const seen = new Set<string>();
    let at = cursor;
    for (;;) {
      if (at !== undefined) seen.add(at);
      const page = await fetchPage(at);
      yield page;
      if (page.nextCursor === undefined) return;
      if (seen.has(page.nextCursor)) {
        throw new RemoteError(
          'The remote side handed out a page token for the second time, so the list would never end.',
          {
            code: 'PAGE_TOKEN_REPEATED',
            status: 200,
            remedy:
              'Begin the listing anew; if it happens again, report it to the marketplace with the request id.',
          },
        );
      }
      at = page.nextCursor;
    }
  }
  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* page.items;
    },
  };
}
