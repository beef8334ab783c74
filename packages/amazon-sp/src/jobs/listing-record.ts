import type { CanonicalRecord, Listing } from '@fluxori/core';

/** A listing's name among the records. */
export function listingRecordId({ marketplaceId, sku }: Pick<Listing, 'marketplaceId' | 'sku'>): string {
  return `${marketplaceId}/${sku}`;
}

/** The version is the time at which it was so: Amazon's time of change does not move with issues and states. */
export function listingRecord(listing: Listing, observedAt: Date): CanonicalRecord {
  return { kind: 'listing', id: listingRecordId(listing), version: observedAt.toISOString(), value: listing };
}
