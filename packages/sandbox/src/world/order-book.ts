import type { StoredOrder } from './order.js';

export type OrderTime = 'createdMs' | 'updatedMs';

/** A place between two orders in one of the two sequences. */
export interface OrderPosition {
  readonly ms: number;
  readonly id: string;
}

/**
 * A seller's orders in two sequences: by creation and by last update, the id deciding between equals.
 * Looking up and inserting are binary searches, so a hundred thousand orders cost no more than ten.
 */
export class OrderBook {
  readonly #byId = new Map<string, StoredOrder>();
  readonly #byCreated: StoredOrder[] = [];
  readonly #byUpdated: StoredOrder[] = [];

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): StoredOrder | undefined {
    return this.#byId.get(id);
  }

  /** In order of last update. */
  all(): readonly StoredOrder[] {
    return this.#byUpdated;
  }

  /** Adds many at once: one sort instead of many insertions. */
  fill(orders: Iterable<StoredOrder>): void {
    for (const order of orders) {
      this.#byId.set(order.id, order);
      this.#byCreated.push(order);
      this.#byUpdated.push(order);
    }
    this.#byCreated.sort((a, b) => compare(a.createdMs, a.id, b.createdMs, b.id));
    this.#byUpdated.sort((a, b) => compare(a.updatedMs, a.id, b.updatedMs, b.id));
  }

  add(order: StoredOrder): void {
    this.#byId.set(order.id, order);
    insert(this.#byCreated, order, 'createdMs');
    insert(this.#byUpdated, order, 'updatedMs');
  }

  /** Changes an order and moves it to its new place in the sequence of updates. */
  touch(order: StoredOrder, updatedMs: number): void {
    const at = lowerBound(this.#byUpdated, 'updatedMs', { ms: order.updatedMs, id: order.id });
    this.#byUpdated.splice(at, 1);
    order.updatedMs = updatedMs;
    insert(this.#byUpdated, order, 'updatedMs');
  }

  /**
   * Walks the orders of a span in sequence.
   *
   * @param from - the first moment, included; with `after`, the walk goes on behind that place.
   * @param to - the last moment, included.
   */
  *walk(time: OrderTime, from: number, to: number, after?: OrderPosition): Generator<StoredOrder> {
    const list = time === 'createdMs' ? this.#byCreated : this.#byUpdated;
    let at = lowerBound(list, time, after ?? { ms: from, id: '' });
    if (after !== undefined && list[at]?.id === after.id && list[at]?.[time] === after.ms) at++;
    for (; at < list.length; at++) {
      const order = list[at] as StoredOrder;
      if (order[time] > to) return;
      yield order;
    }
  }
}

function insert(list: StoredOrder[], order: StoredOrder, time: OrderTime): void {
  list.splice(lowerBound(list, time, { ms: order[time], id: order.id }), 0, order);
}

function lowerBound(list: readonly StoredOrder[], time: OrderTime, position: OrderPosition): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = list[middle] as StoredOrder;
    if (compare(order[time], order.id, position.ms, position.id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(aMs: number, aId: string, bMs: number, bId: string): number {
  return aMs - bMs || (aId < bId ? -1 : aId > bId ? 1 : 0);
}
