import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { RemoteError } from '@fluxori/core';
import type { AmazonListing } from './listing-mapping.js';

type SearchParams = ParamsOf<'listingsItems', '2021-08-01', 'searchListingsItems'>;

/** Amazon pages through no more than so many results of one search. Source: `numberOfResults` of listingsItems 2021-08-01. */
export const mostPaged = 1_000;

/**
 * A walk over all of a seller's listings, however many, as searches in order of creation. Creation never changes, so that listings which change
 * meanwhile do not move pages under the walk; and where Amazon stops paging, the next search begins at the last one's moment of creation.
 */
export interface ListingWalk {
  readonly params: SearchParams;
  /** Results of this search so far. */
  readonly seen: number;
  /** The latest moment of creation so far, and the SKUs that share it. */
  readonly newest?: { readonly at: string; readonly skus: readonly string[] };
  /** SKUs at the beginning of this search that the one before has brought already. */
  readonly known: readonly string[];
}

export function beginWalk(params: SearchParams): ListingWalk {
  return { params: { ...params, sortBy: 'createdDate', sortOrder: 'ASC' }, seen: 0, known: [] };
}

/**
 * What a page brings that is new, and where the walk goes on; undefined when it is over.
 * @throws RemoteError when more listings than Amazon pages through were created in one and the same moment.
 */
export function afterPage(
  walk: ListingWalk,
  items: readonly AmazonListing[],
  nextToken: string | undefined,
): { readonly fresh: readonly AmazonListing[]; readonly next?: ListingWalk } {
  const { params } = walk;
  const known = new Set(walk.known);
  const fresh = items.filter(({ sku }) => !known.has(sku));
  const seen = walk.seen + items.length;
  const newest = newestOf(walk, items);
  if (nextToken !== undefined) {
    return { fresh, next: { ...walk, params: { ...params, pageToken: nextToken }, seen, newest } };
  }
  if (seen < mostPaged || newest === undefined) return { fresh };
  if (newest.at === params.createdAfter) {
    throw new RemoteError(
      `More than ${mostPaged} listings were created at ${newest.at}; Amazon pages through no more of them.`,
      {
        code: 'REMOTE_REFUSED',
        status: 200,
        retryable: false,
        operation: 'listingsItems.searchListingsItems',
        remedy: 'Fetch the listings with the report GET_MERCHANT_LISTINGS_ALL_DATA instead.',
      },
    );
  }
  const { pageToken: _, ...same } = params;
  return {
    fresh,
    next: { params: { ...same, createdAfter: newest.at }, seen: 0, newest, known: newest.skus },
  };
}

function newestOf({ newest, params }: ListingWalk, items: readonly AmazonListing[]): ListingWalk['newest'] {
  let at = newest?.at;
  let skus = [...(newest?.skus ?? [])];
  for (const { sku, summaries } of items) {
    const created = summaries?.find(
      ({ marketplaceId }) => marketplaceId === params.marketplaceIds[0],
    )?.createdDate;
    if (created === undefined) continue;
    if (at === undefined || Date.parse(created) > Date.parse(at)) {
      at = created;
      skus = [sku];
    } else if (created === at && !skus.includes(sku)) skus.push(sku);
  }
  return at === undefined ? undefined : { at, skus };
}
