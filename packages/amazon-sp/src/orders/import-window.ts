/** How far an import goes back before the last one's end: changes may become visible late, and several may share a moment. */
export const overlapMs = 5 * 60_000;

/** Amazon does not list the changes of the last two minutes. Source: searchOrders of orders 2026-01-01. */
export const settleMs = 2 * 60_000;

/** How far the first import of an account goes back unless it is told. */
export const firstImportMs = 30 * 24 * 60 * 60_000;

/** Whether pages have come in order of change so far, and up to where. */
export interface OrderOfPages {
  /** The change of the last order seen; ISO 8601 in UTC. */
  readonly last?: string;
  readonly ascending: boolean;
  /** Whether two different moments were seen, so that `ascending` says something. */
  readonly proven: boolean;
}

export const noOrderYet: OrderOfPages = { ascending: true, proven: false };

/** Takes one page into account. */
export function afterPage(before: OrderOfPages, updatedAts: readonly string[]): OrderOfPages {
  let { last, ascending, proven } = before;
  for (const at of updatedAts) {
    if (last !== undefined && at < last) ascending = false;
    if (last !== undefined && at !== last) proven = true;
    last = at;
  }
  return { ...(last !== undefined && { last }), ascending, proven };
}

/**
 * Where to begin again when the page token is no longer good. Amazon does not promise an order of the list: only if it was seen to be in order
 * of change, all before the last order is safely in, and the rest begins at that order's moment.
 */
export function restartFrom(since: string, seen: OrderOfPages): string {
  return seen.ascending && seen.proven && seen.last !== undefined && seen.last > since ? seen.last : since;
}

/** Where the next import begins, given up to where the last one saw all changes. */
export function nextSince(seenUpTo: string): string {
  return new Date(Date.parse(seenUpTo) - overlapMs).toISOString();
}
