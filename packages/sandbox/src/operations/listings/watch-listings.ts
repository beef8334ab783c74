import type { Notify } from '../../events/far-side-event.js';
import type { Listing } from '../../world/listing.js';
import type { Seller } from '../../world/seller.js';
import { statusOf } from './render-listing.js';

export interface WatchedListings {
  readonly seller: Seller;
  readonly marketplaceIds: readonly string[];
  readonly nowMs: number;
  readonly notify: Notify;
}

interface Look {
  readonly marketplaceId: string;
  readonly asin: string;
  readonly fnSku: string;
  readonly createdMs: number;
  readonly status: readonly ('BUYABLE' | 'DISCOVERABLE')[];
  readonly issues: string;
  readonly severities: readonly ('ERROR' | 'WARNING')[];
  /** Of what the merchant has; absent where Amazon fulfils. */
  readonly quantity: number | undefined;
  readonly fulfillable: number;
}

/** Does something to a SKU, and tells of everything that a subscriber would hear of it. */
export function watchListings(scene: WatchedListings, sku: string, act: () => void): void {
  const look = () =>
    scene.marketplaceIds.map((id) => {
      const listing = scene.seller.listing(id, sku);
      return listing === undefined ? undefined : lookAt(listing);
    });
  const before = look();
  act();
  for (const [i, after] of look().entries()) tellDifference(scene, sku, before[i], after);
}

function lookAt(listing: Listing): Look {
  const { asin, createdMs, fnSku, issues, marketplaceId } = listing;
  return {
    ...{ marketplaceId, asin, fnSku, createdMs },
    status: statusOf(listing),
    issues: issues.map(({ code, severity }) => `${code} ${severity}`).join(),
    severities: [...new Set(issues.map((issue) => issue.severity))],
    quantity: listing.fulfilledBy === 'MERCHANT' ? listing.quantity : undefined,
    fulfillable: listing.stock.fulfillable,
  };
}

function tellDifference(
  { notify, nowMs, seller }: WatchedListings,
  sku: string,
  before: Look | undefined,
  after: Look | undefined,
): void {
  const known = after ?? before;
  if (known === undefined) return;
  const { asin, createdMs, fnSku, marketplaceId } = known;
  const base = { sellerId: seller.sellerId, marketplaceId, sku, asin, atMs: nowMs };
  if ((before?.status ?? []).join() !== (after?.status ?? []).join())
    notify({ kind: 'listing-status-change', ...base, status: after?.status ?? [], createdMs });
  if (after === undefined) return;
  if (before?.issues !== after.issues && (before?.issues ?? '') + after.issues !== '')
    notify({ kind: 'listing-issues-change', ...base, severities: after.severities, enforcementActions: [] });
  if (after.quantity !== undefined && before?.quantity !== after.quantity)
    notify({ kind: 'listing-quantity-change', ...base, quantity: after.quantity });
  if ((before?.fulfillable ?? 0) !== after.fulfillable)
    notify({ kind: 'fba-inventory-change', ...base, fnSku, fulfillable: after.fulfillable });
}
