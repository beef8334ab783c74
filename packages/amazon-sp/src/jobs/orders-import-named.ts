import { type Clock, isErrorOf, type Order, type OrderId, type WriteResult } from '@fluxori/core';
import type { JobContext } from '@fluxori/queue';
import type { AmazonSPConnector } from '../connector.js';
import { orderRecord } from './order-record.js';
import type { OrdersImportPayload, OrdersImportResult } from './orders-import.js';
import { addCounts, noCounts } from './write-counts.js';

/** How far an import of named orders is. */
export interface NamedState {
  /** How many of the orders are done. */
  readonly named: number;
  readonly startedAt: string;
  readonly orders: number;
  readonly missing: readonly OrderId[];
  readonly counts: WriteResult;
}

/** Brings in the orders that are named, one by one, each written before the next is asked for. No watermark moves. */
export async function importNamedOrders(
  ctx: JobContext<OrdersImportPayload, unknown>,
  connector: AmazonSPConnector,
  clock: Clock,
): Promise<OrdersImportResult> {
  const { includeRecipient, includeBuyer } = ctx.payload;
  const orderIds = [...new Set(ctx.payload.orderIds)];
  let state = (ctx.state as NamedState | undefined) ?? {
    named: 0,
    startedAt: new Date(clock.now()).toISOString(),
    orders: 0,
    missing: [],
    counts: noCounts,
  };
  while (state.named < orderIds.length) {
    const orderId = orderIds[state.named] as OrderId;
    const order = await ctx.call((terms) =>
      found(connector.orders.get(orderId, { ...terms, includeRecipient, includeBuyer })),
    );
    const after: NamedState = {
      ...state,
      named: state.named + 1,
      orders: state.orders + (order === undefined ? 0 : 1),
      missing: order === undefined ? [...state.missing, orderId] : state.missing,
    };
    const records = order === undefined ? [] : [orderRecord(order, ctx.payload)];
    const written = await ctx.checkpoint(after, { records });
    state = { ...after, counts: addCounts(state.counts, written) };
    await ctx.progress({ done: state.named, total: orderIds.length, unit: 'orders' });
  }
  const { orders, missing, counts, startedAt } = state;
  const until = new Date(clock.now()).toISOString();
  const told = { orders, ...counts, pages: orderIds.length, since: startedAt, until };
  return missing.length === 0 ? told : { ...told, missing };
}

/** An order that Amazon does not know (yet) is no reason to leave the others. */
async function found(order: Promise<Order>): Promise<Order | undefined> {
  try {
    return await order;
  } catch (error) {
    if (isErrorOf(error, 'NotFoundError')) return undefined;
    throw error;
  }
}
