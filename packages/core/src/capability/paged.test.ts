import { describe, expect, it } from '@jest/globals';
import { isErrorOf } from '../errors/guards.js';
import { type Page, paged } from './paged.js';

const pages: Record<string, Page<number>> = {
  start: { items: [1, 2], nextCursor: 'b' },
  b: { items: [3], nextCursor: 'c' },
  c: { items: [4, 5] },
};

function counting(book = pages) {
  const fetched: (string | undefined)[] = [];
  return {
    fetched,
    list: (cursor?: string) =>
      paged(async (at) => {
        fetched.push(at);
        return book[at ?? 'start'] as Page<number>;
      }, cursor),
  };
}

describe('paged', () => {
  it('yields every item of every page in order', async () => {
    const { list } = counting();
    expect(await Array.fromAsync(list())).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on from a cursor that a job kept', async () => {
    const { list, fetched } = counting();
    expect(await Array.fromAsync(list('c'))).toEqual([4, 5]);
    expect(fetched).toEqual(['c']);
  });

  it('fetches no further page after a break', async () => {
    const { list, fetched } = counting();
    for await (const item of list()) if (item === 2) break;
    expect(fetched).toEqual([undefined]);
  });

  it('ends with an error when a token comes back, instead of going round for ever', async () => {
    const { list } = counting({ start: { items: [1], nextCursor: 'b' }, b: { items: [2], nextCursor: 'b' } });
    const error = await Array.fromAsync(list()).catch((caught: unknown) => caught);
    expect(isErrorOf(error, 'RemoteError') && error.code).toBe('PAGE_TOKEN_REPEATED');
  });
});
