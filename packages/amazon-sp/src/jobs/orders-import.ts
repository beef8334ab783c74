import { type Clock, type JsonValue, systemClock, type WriteResult } from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import {
  afterPage,
  firstImportMs,
  nextSince,
  noOrderYet,
  type OrderOfPages,
  restartFrom,
  settleMs,
} from '../orders/import-window.js';
import type { OrderPage } from '../orders/orders-client.js';
import type { AmazonJobParts } from './job-parts.js';
import { orderRecord } from './order-record.js';
import { importNamedOrders } from './orders-import-named.js';
import { followed, isRefusedPageToken } from './page-trail.js';
import { instantField, marketplaceField, orderIdField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payload = z.strictObject({
  /** Only these, whatever has changed: no watermark is read or moved. Not with `since`, `restart`, `marketplaceIds` or `pageSize`. */
  orderIds: z
    .array(orderIdField)
    .min(1, 'name at least one order')
    .max(100, 'at most 100 orders in one job')
    .optional(),
  /** The account's marketplaces by default. */
  marketplaceIds: z.array(marketplaceField).min(1, 'name at least one marketplace').optional(),
  /** Where the very first import begins (or any, with `restart`); 30 days ago by default. Later ones go on where the last one ended. */
  since: instantField.optional(),
  /** Begin at `since` although an earlier import has been there. */
  restart: z.boolean().optional(),
  /** Orders per page. */
  pageSize: z.number().multipleOf(1, 'write a whole number').min(1).max(100).optional(),
  /** Personal data: the delivery address. */
  includeRecipient: z.boolean().optional(),
  /** Personal data: the buyer's e-mail address. */
  includeBuyer: z.boolean().optional(),
});

const payloadSchema = payload.refine(
  ({ orderIds, since, restart, marketplaceIds, pageSize }) =>
    orderIds === undefined ||
    [since, restart, marketplaceIds, pageSize].every((field) => field === undefined),
  { path: ['orderIds'], error: 'orders by id take no since, restart, marketplaceIds or pageSize' },
);

export type OrdersImportPayload = z.output<typeof payloadSchema>;

/** How far an import is. Page tokens and times only: no order, no person. */
interface State {
  readonly finished: boolean;
  readonly since: string;
  /** Up to when this listing sees changes; the next import's beginning. */
  readonly seenUpTo?: string;
  readonly cursor?: string;
  readonly trail: readonly string[];
  readonly seen: OrderOfPages;
  readonly restarts: number;
  readonly pages: number;
  readonly orders: number;
  readonly counts: WriteResult;
}

/** `inserted`, `updated` and `unchanged` leave out a page after which the process stopped at once; `orders` does not. */
export interface OrdersImportResult extends WriteResult {
  /** Orders seen, those included that were there already. */
  readonly orders: number;
  readonly pages: number;
  /** Changes from here … */
  readonly since: string;
  /** … to here are in. Of orders by id: when it began and ended. */
  readonly until: string;
  /** Of orders by id: those that Amazon does not have. */
  readonly missing?: readonly string[];
}

/** A page token that is refused again and again is no matter of its age. */
const mostRestarts = 5;

/**
 * Brings in all orders that changed since the last import, page by page. Each page is written together with the token of the next one, so a
 * crash repeats one page at most; the watermark moves only with the last page, and goes only as far as Amazon says that it has looked.
 */
export function ordersImport({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<OrdersImportPayload, State, OrdersImportResult>({
    name: 'orders.import',
    section: 'orders',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    async run(ctx) {
      const amazon = await connector(ctx.accountId);
      if (ctx.payload.orderIds !== undefined) return importNamedOrders(ctx, amazon, clock);
      return importOrders(ctx, amazon, clock);
    },
  });
}

async function importOrders(
  ctx: JobContext<OrdersImportPayload, State>,
  connector: AmazonSPConnector,
  clock: Clock,
): Promise<OrdersImportResult> {
  const { payload } = ctx;
  const key = watermarkKey(payload, connector);
  let state = ctx.state ?? (await begin(ctx, key, clock));
  while (!state.finished) {
    const page = await nextPage(ctx, connector, state);
    if (page === undefined) {
      state = startAgain(state);
      continue;
    }
    const { nextCursor } = page;
    const finished = nextCursor === undefined;
    const seenUpTo = state.seenUpTo ?? upTo(page);
    const after: State = {
      ...state,
      finished,
      seenUpTo,
      cursor: nextCursor,
      trail: finished ? [] : followed(state.trail, nextCursor, 'orders.searchOrders'),
      seen: afterPage(
        state.seen,
        page.items.map(({ updatedAt }) => updatedAt),
      ),
      pages: state.pages + 1,
      orders: state.orders + page.items.length,
    };
    const written = await ctx.checkpoint(after, {
      records: page.items.map((order) => orderRecord(order, payload)),
      ...(finished && { state: { [key]: { seenUpTo } } }),
    });
    state = { ...after, counts: addCounts(state.counts, written) };
    await ctx.progress({ done: state.orders, unit: 'orders' });
    // What this page counted is known only now. Small beside a page of orders, and the job may park next.
    if (!finished) await ctx.checkpoint(state);
  }
  const { orders, pages, since, counts, seenUpTo = since } = state;
  return { orders, ...counts, pages, since, until: seenUpTo };
}

async function begin(ctx: JobContext<OrdersImportPayload, State>, key: string, clock: Clock): Promise<State> {
  const watermark = ctx.payload.restart ? undefined : readWatermark(await ctx.readState(key));
  const first = ctx.payload.since ?? new Date(clock.now() - firstImportMs).toISOString();
  return {
    finished: false,
    since: watermark === undefined ? new Date(first).toISOString() : nextSince(watermark),
    trail: [],
    seen: noOrderYet,
    restarts: 0,
    pages: 0,
    orders: 0,
    counts: noCounts,
  };
}

/** The next page; undefined when its token is no longer good. */
async function nextPage(
  ctx: JobContext<OrdersImportPayload, State>,
  connector: AmazonSPConnector,
  state: State,
): Promise<OrderPage | undefined> {
  const { marketplaceIds, pageSize, includeRecipient, includeBuyer } = ctx.payload;
  try {
    return await ctx.call((terms) =>
      connector.orders.page({
        ...terms,
        marketplaceIds,
        updatedSince: new Date(state.since),
        cursor: state.cursor,
        pageSize,
        includeRecipient,
        includeBuyer,
      }),
    );
  } catch (error) {
    if (isRefusedPageToken(error, state.cursor) && state.restarts < mostRestarts) {
      ctx.logger.info(
        { account: ctx.accountId },
        'The page token is no longer good: the listing begins anew.',
      );
      return undefined;
    }
    throw error;
  }
}

function startAgain(state: State): State {
  return {
    ...state,
    since: restartFrom(state.since, state.seen),
    // The new listing looks further; what it finds late is found once more.
    cursor: undefined,
    trail: [],
    seen: noOrderYet,
    restarts: state.restarts + 1,
  };
}

/** Up to when Amazon has looked: as it says, else two minutes before it answered. */
function upTo(page: OrderPage): string {
  return (page.updatedBefore ?? new Date(page.answeredAt.getTime() - settleMs)).toISOString();
}

function watermarkKey(payload: OrdersImportPayload, connector: AmazonSPConnector): string {
  const { marketplaceIds = connector.config.marketplaceIds, includeBuyer, includeRecipient } = payload;
  const data = `${includeBuyer ? '+buyer' : ''}${includeRecipient ? '+recipient' : ''}`;
  return `orders.import/watermark/${[...marketplaceIds].sort().join(',')}${data}`;
}

function readWatermark(value: JsonValue | undefined): string | undefined {
  const seenUpTo = (value as { seenUpTo?: unknown } | undefined)?.seenUpTo;
  return typeof seenUpTo === 'string' && !Number.isNaN(Date.parse(seenUpTo)) ? seenUpTo : undefined;
}
