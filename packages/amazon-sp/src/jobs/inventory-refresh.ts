import type { MarketplaceId, WriteResult } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { valueBatch } from '../pipeline/value-batch.js';
import { inventoryRecord } from './inventory-record.js';
import type { AmazonJobParts } from './job-parts.js';
import { describeSkus, type SkusToRefresh, skusToRefresh } from './skus-to-refresh.js';
import { addCounts, noCounts } from './write-counts.js';

export type InventoryRefreshPayload = SkusToRefresh;

interface State {
  /** Index of the marketplace, and of the SKU in it, where the next batch begins. */
  readonly marketplace: number;
  readonly from: number;
  readonly levels: number;
  readonly counts: WriteResult;
}

export interface InventoryRefreshResult extends WriteResult {
  readonly levels: number;
}

/** The most SKUs of one call. Source: fbaInventory v1. */
const mostSkus = 50;

/** Brings in Amazon's stock (FBA) by SKU. The seller's own comes with `listings.refresh`. */
export function inventoryRefresh({ connector }: AmazonJobParts): JobDefinition {
  return defineJob<InventoryRefreshPayload, State, InventoryRefreshResult>({
    name: 'inventory.refresh',
    section: 'inventory',
    version: 1,
    priority: 'high',
    payload: skusToRefresh,
    describe: describeSkus,
    async run(ctx) {
      const amazon = await connector(ctx.accountId);
      const { marketplaceIds = amazon.config.marketplaceIds } = ctx.payload;
      const skus = [...new Set(ctx.payload.skus)];
      let state = ctx.state ?? { marketplace: 0, from: 0, levels: 0, counts: noCounts };
      while (state.marketplace < marketplaceIds.length) {
        const marketplaceId = marketplaceIds[state.marketplace] as MarketplaceId;
        const batch = valueBatch(skus, state.from, mostSkus);
        const { items, observedAt } = await ctx.call((terms) =>
          amazon.inventory.page({ ...terms, skus: batch, marketplaceId, fulfilledBy: 'marketplace' }),
        );
        const from = state.from + batch.length;
        const place = from < skus.length ? { from } : { from: 0, marketplace: state.marketplace + 1 };
        const after: State = { ...state, ...place, levels: state.levels + items.length };
        const records = items.map((level) => inventoryRecord(level, observedAt));
        const written = await ctx.checkpoint(after, { records });
        state = { ...after, counts: addCounts(state.counts, written) };
        await ctx.progress({ done: state.levels, unit: 'stock levels' });
      }
      return { levels: state.levels, ...state.counts };
    },
  });
}
