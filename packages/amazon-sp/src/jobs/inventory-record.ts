import type { CanonicalRecord, InventoryLevel } from '@fluxori/core';

/** A stock level's name among the records: it is one for each marketplace, SKU and way of fulfilment. */
export function inventoryRecordId({
  marketplaceId,
  sku,
  fulfilledBy,
}: Pick<InventoryLevel, 'marketplaceId' | 'sku' | 'fulfilledBy'>): string {
  return `${marketplaceId}/${sku}/${fulfilledBy}`;
}

/**
 * The version is the time of looking: Amazon's own time of change is sometimes missing and does not move when what is inbound changes, so that a
 * newer look must win.
 */
export function inventoryRecord(level: InventoryLevel, observedAt: Date): CanonicalRecord {
  return {
    kind: 'inventory',
    id: inventoryRecordId(level),
    version: observedAt.toISOString(),
    value: level,
  };
}
