import {
  type Clock,
  type FulfilledBy,
  type JsonValue,
  type MarketplaceId,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import type { InventoryPage } from '../inventory/inventory-client.js';
import { inventoryRecord } from './inventory-record.js';
import type { AmazonJobParts } from './job-parts.js';
import { followed, isRefusedPageToken } from './page-trail.js';
import { instantField, marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
  /** Whose stock: `marketplace` (FBA) or `seller`; both by default. */
  fulfilledBy: z.enum(['marketplace', 'seller'], 'write marketplace or seller').optional(),
  /** Only what changed since. Amazon does not notice changes of what is inbound. */
  since: instantField.optional(),
  /** Only what changed since the last sync; all, when there was none. */
  incremental: z.boolean().optional(),
});

export type InventorySyncPayload = z.output<typeof payloadSchema>;

interface State {
  readonly finished: boolean;
  readonly startedAt: string;
  readonly since?: string;
  readonly fulfilledBy: FulfilledBy;
  readonly cursor?: string;
  readonly trail: readonly string[];
  readonly restarts: number;
  readonly pages: number;
  readonly levels: number;
  /** Of each kind of stock; a job of an earlier release has none, and removes nothing. */
  readonly brought?: Readonly<Partial<Record<FulfilledBy, number>>>;
  readonly counts: WriteResult;
}

/** `inserted`, `updated` and `unchanged` leave out a page after which the process stopped at once; `levels` does not. */
export interface InventorySyncResult extends WriteResult {
  readonly levels: number;
  readonly pages: number;
  /** Levels of SKUs that are gone, deleted after a listing of all there is. */
  readonly removed?: number;
  readonly since?: string;
}

/** FBA's page tokens live for 30 seconds: a job that had to wait longer begins its list anew, which only repeats. */
const mostRestarts = 10;

/** A sync that goes on at another machine looks by that one's clock: so much younger than its beginning a level must not be to be taken for gone. */
const clocksApartMs = 15 * 60_000;

/** How far an incremental sync looks back before the last one's beginning. */
const overlapMs = 5 * 60_000;

/** Brings in stock levels, page by page: Amazon's first, then the seller's own. */
export function inventorySync({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<InventorySyncPayload, State, InventorySyncResult>({
    name: 'inventory.sync',
    section: 'inventory',
    version: 1,
    payload: payloadSchema,
    run: async (ctx) => sync(ctx, await connector(ctx.accountId), clock),
  });
}

async function sync(
  ctx: JobContext<InventorySyncPayload, State>,
  connector: AmazonSPConnector,
  clock: Clock,
): Promise<InventorySyncResult> {
  const { fulfilledBy, marketplaceId = connector.config.home.id } = ctx.payload;
  const key = `inventory.sync/watermark/${marketplaceId}/${fulfilledBy ?? 'all'}`;
  let state = ctx.state ?? (await begin(ctx, key, clock));
  while (!state.finished) {
    const page = await nextPage(ctx, connector, marketplaceId, state);
    if (page === undefined) {
      state = { ...state, cursor: undefined, trail: [], restarts: state.restarts + 1 };
      continue;
    }
    const { nextCursor } = page;
    const sellerIsNext =
      nextCursor === undefined && fulfilledBy === undefined && state.fulfilledBy === 'marketplace';
    const finished = nextCursor === undefined && !sellerIsNext;
    const after: State = {
      ...state,
      finished,
      fulfilledBy: sellerIsNext ? 'seller' : state.fulfilledBy,
      cursor: nextCursor,
      trail: nextCursor === undefined ? [] : followed(state.trail, nextCursor, 'inventory list'),
      pages: state.pages + 1,
      levels: state.levels + page.items.length,
      brought: {
        ...state.brought,
        [state.fulfilledBy]: (state.brought?.[state.fulfilledBy] ?? 0) + page.items.length,
      },
    };
    const written = await ctx.checkpoint(after, {
      records: page.items.map((level) => inventoryRecord(level, page.observedAt)),
      ...(finished && { state: { [key]: { startedAt: state.startedAt } } }),
    });
    state = { ...after, counts: addCounts(state.counts, written) };
    await ctx.progress({ done: state.levels, unit: 'stock levels' });
    // What this page counted is known only now. Small beside a page of levels, and the job may park next.
    if (!finished) await ctx.checkpoint(state);
  }
  const { levels, pages, since, counts } = state;
  const removed = await removeUnlisted(ctx, marketplaceId, state);
  return { levels, ...counts, pages, ...(since === undefined ? { removed } : { since }) };
}

/**
 * Levels of SKUs that a listing of all there is did not bring any more. A listing that brought nothing at all deletes nothing: that the last SKU is
 * gone is less likely than that something is wrong.
 */
async function removeUnlisted(
  ctx: JobContext<InventorySyncPayload, State>,
  marketplaceId: MarketplaceId,
  { brought, since, startedAt }: State,
): Promise<number> {
  if (since !== undefined) return 0;
  const listed = (['marketplace', 'seller'] as const).filter(
    (fulfilledBy) => (brought?.[fulfilledBy] ?? 0) > 0,
  );
  if (listed.length === 0) return 0;
  const [prefix, ends] = [`${marketplaceId}/`, listed.map((fulfilledBy) => `/${fulfilledBy}`)];
  return ctx.prune({
    kind: 'inventory',
    olderThan: new Date(Date.parse(startedAt) - clocksApartMs).toISOString(),
    matches: (id) => id.startsWith(prefix) && ends.some((end) => id.endsWith(end)),
  });
}

async function begin(
  ctx: JobContext<InventorySyncPayload, State>,
  key: string,
  clock: Clock,
): Promise<State> {
  const { since, incremental, fulfilledBy } = ctx.payload;
  const from = since ?? (incremental ? lookBack(await ctx.readState(key)) : undefined);
  return {
    finished: false,
    startedAt: new Date(clock.now()).toISOString(),
    ...(from !== undefined && { since: from }),
    fulfilledBy: fulfilledBy ?? 'marketplace',
    trail: [],
    restarts: 0,
    pages: 0,
    levels: 0,
    counts: noCounts,
  };
}

/** The next page; undefined when its token is no longer good. */
async function nextPage(
  ctx: JobContext<InventorySyncPayload, State>,
  connector: AmazonSPConnector,
  marketplaceId: MarketplaceId,
  state: State,
): Promise<InventoryPage | undefined> {
  const { since, cursor, fulfilledBy } = state;
  try {
    return await ctx.call((terms) =>
      connector.inventory.page({
        ...terms,
        marketplaceId,
        fulfilledBy,
        cursor,
        ...(since !== undefined && { updatedSince: new Date(since) }),
      }),
    );
  } catch (error) {
    if (isRefusedPageToken(error, cursor) && state.restarts < mostRestarts) return undefined;
    throw error;
  }
}

function lookBack(watermark: JsonValue | undefined): string | undefined {
  const startedAt = (watermark as { startedAt?: unknown } | undefined)?.startedAt;
  if (typeof startedAt !== 'string' || Number.isNaN(Date.parse(startedAt))) return undefined;
  return new Date(Date.parse(startedAt) - overlapMs).toISOString();
}
