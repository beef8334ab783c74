import {
  type CanonicalRecord,
  type Clock,
  type MarketplaceId,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import type { AmazonSPConnector } from '../connector.js';
import { toSellerLevel } from '../inventory/inventory-mapping.js';
import { toListing } from '../listings/listing-mapping.js';
import { valueBatch } from '../pipeline/value-batch.js';
import { inventoryRecord } from './inventory-record.js';
import type { AmazonJobParts } from './job-parts.js';
import { listingRecord } from './listing-record.js';
import { describeSkus, type SkusToRefresh, skusToRefresh } from './skus-to-refresh.js';
import { addCounts, noCounts } from './write-counts.js';

export type ListingsRefreshPayload = SkusToRefresh;

interface State {
  /** Index of the marketplace, and of the SKU in it, where the next batch begins. */
  readonly marketplace: number;
  readonly from: number;
  readonly listings: number;
  readonly counts: WriteResult;
}

/** `inserted`, `updated` and `unchanged` count listings and the seller's own stock levels together. */
export interface ListingsRefreshResult extends WriteResult {
  readonly listings: number;
}

/** The most SKUs of one call. Source: listingsItems 2021-08-01. */
const mostSkus = 20;

/** Brings in listings by SKU, with the seller's own stock of them. */
export function listingsRefresh({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<ListingsRefreshPayload, State, ListingsRefreshResult>({
    name: 'listings.refresh',
    section: 'listings',
    version: 1,
    priority: 'high',
    payload: skusToRefresh,
    describe: describeSkus,
    run: async (ctx) => refresh(ctx, await connector(ctx.accountId), clock),
  });
}

async function refresh(
  ctx: JobContext<ListingsRefreshPayload, State>,
  connector: AmazonSPConnector,
  clock: Clock,
): Promise<ListingsRefreshResult> {
  const { marketplaceIds = connector.config.marketplaceIds } = ctx.payload;
  const skus = [...new Set(ctx.payload.skus)];
  let state = ctx.state ?? { marketplace: 0, from: 0, listings: 0, counts: noCounts };
  while (state.marketplace < marketplaceIds.length) {
    const marketplaceId = marketplaceIds[state.marketplace] as MarketplaceId;
    const batch = valueBatch(skus, state.from, mostSkus);
    const observedAt = new Date(clock.now());
    const { listings } = await ctx.call((terms) =>
      connector.listings.page({ ...terms, skus: batch, marketplaceId }),
    );
    const subject = { accountId: ctx.accountId, marketplaceId, observedAt };
    const records = listings.flatMap((one): CanonicalRecord[] => {
      const level = toSellerLevel(one, subject);
      const listing = listingRecord(toListing(one, subject), observedAt);
      return level === undefined ? [listing] : [listing, inventoryRecord(level, observedAt)];
    });
    const from = state.from + batch.length;
    const place = from < skus.length ? { from } : { from: 0, marketplace: state.marketplace + 1 };
    const after: State = { ...state, ...place, listings: state.listings + listings.length };
    const written = await ctx.checkpoint(after, { records });
    state = { ...after, counts: addCounts(state.counts, written) };
    await ctx.progress({ done: state.listings, unit: 'listings' });
  }
  return { listings: state.listings, ...state.counts };
}
