import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { type AccountId, type InventoryLevel, type MarketplaceId, sku } from '@fluxori/core';
import { type AmazonListing, sellerStock } from '../listings/listing-mapping.js';
import { utc } from '../mapping/instant.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

type Summaries = NonNullable<
  ResponseOf<'fbaInventory', 'v1', 'getInventorySummaries'>['payload']
>['inventorySummaries'];

interface Subject {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  /** When Amazon was asked. */
  readonly observedAt: Date;
}

/**
 * Amazon's stock of the seller's goods (FBA) as inventory levels. Amazon lists a SKU once per condition and FNSKU; the rows of one SKU are added up.
 */
export function toFbaLevels(summaries: Summaries, subject: Subject): readonly InventoryLevel[] {
  const levels = new Map<string, InventoryLevel>();
  for (const summary of summaries) {
    if (summary.sellerSku === undefined || summary.sellerSku === '') continue;
    const details = summary.inventoryDetails;
    const level: InventoryLevel = withoutUndefined({
      accountId: subject.accountId,
      marketplaceId: subject.marketplaceId,
      sku: sku(summary.sellerSku),
      fulfilledBy: 'marketplace' as const,
      productId: summary.asin,
      available: details?.fulfillableQuantity ?? (details === undefined ? (summary.totalQuantity ?? 0) : 0),
      reserved: details?.reservedQuantity?.totalReservedQuantity,
      inbound: sum(
        details?.inboundWorkingQuantity,
        details?.inboundShippedQuantity,
        details?.inboundReceivingQuantity,
      ),
      unsellable: details?.unfulfillableQuantity?.totalUnfulfillableQuantity,
      updatedAt: utc(summary.lastUpdatedTime) ?? subject.observedAt.toISOString(),
    });
    const other = levels.get(level.sku);
    levels.set(level.sku, other === undefined ? level : added(other, level));
  }
  return [...levels.values()];
}

/** The seller's own stock as an inventory level; undefined when the listing is not fulfilled by the seller. */
export function toSellerLevel(listing: AmazonListing, subject: Subject): InventoryLevel | undefined {
  const available = sellerStock(listing);
  if (available === undefined) return undefined;
  const summary = listing.summaries?.find(({ marketplaceId }) => marketplaceId === subject.marketplaceId);
  return withoutUndefined({
    accountId: subject.accountId,
    marketplaceId: subject.marketplaceId,
    sku: sku(listing.sku),
    fulfilledBy: 'seller' as const,
    productId: summary?.asin,
    available,
    updatedAt: utc(summary?.lastUpdatedDate) ?? subject.observedAt.toISOString(),
  });
}

function added(a: InventoryLevel, b: InventoryLevel): InventoryLevel {
  return withoutUndefined({
    ...a,
    available: a.available + b.available,
    reserved: sum(a.reserved, b.reserved),
    inbound: sum(a.inbound, b.inbound),
    unsellable: sum(a.unsellable, b.unsellable),
    updatedAt: later(a.updatedAt, b.updatedAt),
  });
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b;
}

/** The sum of what is known; undefined when nothing is. */
function sum(...numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0);
}
