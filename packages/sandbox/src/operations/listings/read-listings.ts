import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { momentOf } from '../../checks/moment.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import type { Listing } from '../../world/listing.js';
import { withWhole } from '../sku-with-comma.js';
import { renderListing, statusOf } from './render-listing.js';

type Search = ParamsOf<'listingsItems', '2021-08-01', 'searchListingsItems'>;

const message = 'Request has missing or invalid parameters and cannot be parsed.';
const pageTokenLifetimeMs = 3_600_000;
/** Amazon turns no more pages than this many results have. Source: `numberOfResults` of listingsItems 2021-08-01. */
const mostPaged = 1_000;

export const getListingsItem = implement(
  'listingsItems',
  '2021-08-01',
  'getListingsItem',
  ({ params, seller, world }) => {
    const listings = params.marketplaceIds
      .map((id) => seller.listing(id, params.sku))
      .filter((listing) => listing !== undefined);
    if (listings.length === 0)
      throw notFound(`SKU '${params.sku}' not found in marketplace ${params.marketplaceIds.join(', ')}`);
    return renderListing(listings, world.catalog, new Set(params.includedData ?? ['summaries']));
  },
);

export const searchListingsItems = implement('listingsItems', '2021-08-01', 'searchListingsItems', (call) => {
  const { params, seller, world } = call;
  if ((params.identifiers === undefined) !== (params.identifiersType === undefined))
    throw invalidInput(message, 'identifiers and identifiersType are required together.');
  const pageSize = params.pageSize ?? 10;
  if (pageSize < 1) throw invalidInput(message, 'pageSize must be at least 1.');
  const found = select(call);
  const { pageToken, ...rest } = params;
  const owner = `listingsItems.searchListingsItems|${seller.sellerId}`;
  const query = JSON.stringify(rest);
  const start = pageToken === undefined ? 0 : call.pages.read<number>(owner, query, pageToken, 'pageToken');
  const token = (at: number) => call.pages.issue(owner, query, at, pageTokenLifetimeMs);
  const pagination = {
    ...(start + pageSize < Math.min(found.length, mostPaged) ? { nextToken: token(start + pageSize) } : {}),
    ...(start > 0 ? { previousToken: token(Math.max(0, start - pageSize)) } : {}),
  };
  const included = new Set<string>(params.includedData ?? ['summaries']);
  return {
    numberOfResults: found.length,
    ...(Object.keys(pagination).length > 0 ? { pagination } : {}),
    items: found.slice(start, Math.min(start + pageSize, mostPaged)).map((listing) => {
      const everywhere = params.marketplaceIds
        .map((id) => seller.listing(id, listing.sku))
        .filter((one) => one !== undefined);
      return renderListing(everywhere, world.catalog, included);
    }),
  };
});

/** One listing per SKU: that of the first marketplace which has it. */
function select(call: OperationCall<Search>): readonly Listing[] {
  const { params, seller, world } = call;
  const bySku = new Map<string, Listing>();
  const identifiers = params.identifiers && new Set(withWhole(params.identifiers, params.identifiersType));
  // Sellers may have hundreds of thousands of listings, and whoever names 20 SKUs may do so thousands of times.
  const named = params.identifiersType === 'SKU' ? identifiers : undefined;
  for (const id of params.marketplaceIds) {
    const listings =
      named === undefined
        ? seller.listings(id).values()
        : [...named].map((sku) => seller.listing(id, sku)).filter((listing) => listing !== undefined);
    for (const listing of listings) if (!bySku.has(listing.sku)) bySku.set(listing.sku, listing);
  }
  const identify = (listing: Listing): string | undefined => {
    switch (params.identifiersType) {
      case 'SKU':
        return listing.sku;
      case 'ASIN':
        return listing.asin;
      case 'FNSKU':
        return listing.fnSku;
      case 'EAN':
      case 'GTIN':
        return world.catalog.byAsin(listing.asin)?.ean;
      default:
        return undefined;
    }
  };
  // The sandbox knows no variations or packages, so nothing belongs to a parent.
  if (params.variationParentSku !== undefined || params.packageHierarchySku !== undefined) return [];
  return [...bySku.values()]
    .filter((listing) => identifiers === undefined || identifiers.has(identify(listing) ?? ''))
    .filter((listing) => matches(params, listing))
    .sort(comparatorOf(params));
}

function matches(params: Search, listing: Listing): boolean {
  const status = statusOf(listing);
  const within = (ms: number, after: string | undefined, before: string | undefined) =>
    (after === undefined || ms >= (momentOf(after) as number)) &&
    (before === undefined || ms <= (momentOf(before) as number));
  return (
    within(listing.createdMs, params.createdAfter, params.createdBefore) &&
    within(listing.updatedMs, params.lastUpdatedAfter, params.lastUpdatedBefore) &&
    (params.withStatus?.every((one) => status.includes(one)) ?? true) &&
    !(params.withoutStatus?.some((one) => status.includes(one)) ?? false) &&
    (params.withIssueSeverity?.some((severity) =>
      listing.issues.some((issue) => issue.severity === severity),
    ) ??
      true)
  );
}

function comparatorOf({
  sortBy = 'lastUpdatedDate',
  sortOrder = 'DESC',
}: Search): (a: Listing, b: Listing) => number {
  const sign = sortOrder === 'ASC' ? 1 : -1;
  const bySku = (a: Listing, b: Listing) => (a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0);
  if (sortBy === 'sku') return (a, b) => sign * bySku(a, b);
  const time = sortBy === 'createdDate' ? 'createdMs' : 'updatedMs';
  return (a, b) => sign * (a[time] - b[time] || bySku(a, b));
}
