import { describe, expect, it } from '@jest/globals';
import type { StoredOrder } from './order.js';
import { OrderBook } from './order-book.js';

function order(id: string, createdMs: number, updatedMs = createdMs): StoredOrder {
  return {
    number: 0,
    id,
    sellerId: 'A1',
    marketplaceId: 'M',
    createdMs,
    updatedMs,
    status: 'UNSHIPPED',
    fulfilledBy: 'MERCHANT',
    serviceLevel: 'STANDARD',
    business: false,
    lines: [],
    parcels: [],
  };
}

const ids = (orders: Iterable<StoredOrder>) => [...orders].map((one) => one.id).join('');

describe('OrderBook', () => {
  it('walks a span with both ends, equal times by id', () => {
    const book = new OrderBook();
    book.fill([order('d', 4), order('b', 2), order('c', 2), order('a', 1)]);
    book.add(order('e', 2));
    expect(ids(book.walk('createdMs', 2, 4))).toBe('bced');
    expect(ids(book.walk('createdMs', 1, 2))).toBe('abce');
    expect(ids(book.walk('createdMs', 5, 9))).toBe('');
  });

  it('goes on behind a place, also when the order of that place has moved away', () => {
    const book = new OrderBook();
    const moving = order('c', 2);
    book.fill([order('a', 1), order('b', 2), moving, order('d', 2)]);
    expect(ids(book.walk('updatedMs', 0, 9, { ms: 2, id: 'b' }))).toBe('cd');
    book.touch(moving, 7);
    expect(ids(book.walk('updatedMs', 0, 9, { ms: 2, id: 'c' }))).toBe('dc');
    expect(ids(book.walk('createdMs', 0, 9))).toBe('abcd');
  });

  it('looks at a few of fifty thousand orders to change one', () => {
    let looked = 0;
    const watched = (id: string, ms: number): StoredOrder => {
      let updatedMs = ms;
      return Object.defineProperty(order(id, ms), 'updatedMs', {
        get: () => {
          looked++;
          return updatedMs;
        },
        set: (later: number) => {
          updatedMs = later;
        },
      });
    };
    const book = new OrderBook();
    book.fill(Array.from({ length: 50_000 }, (_, index) => watched(`order ${index}`, index)));
    const first = book.all()[0] as StoredOrder;
    looked = 0;
    book.touch(first, 60_000);
    // Two binary searches.
    expect(looked).toBeLessThan(50);
    expect(book.all().at(-1)).toBe(first);
    expect(book.size).toBe(50_000);
  });
});
