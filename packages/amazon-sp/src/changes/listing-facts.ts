import type { Sku } from '@fluxori/core';
import { isShippedByAmazon } from '../listings/listing-mapping.js';
import type { ListingsClient } from '../listings/listings-client.js';
import type { ListingFacts, ProductTypes } from '../listings/product-types.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { listingName } from './change.js';
import { searchBatch } from './change-plan.js';
import type { MergedListing } from './merge-changes.js';

/** Facts that Amazon has just told are `fresh`; others may have grown old. */
export interface UsableFacts extends ListingFacts {
  readonly fresh: boolean;
}

/** `missing`: the seller has no such listing. `untyped`: it has, but without a product type it cannot be changed. */
export type KnownListing = UsableFacts | 'missing' | 'untyped';

/** What a feed must know of the listings that it changes: asked of the store once, and of Amazon 20 at a time. */
export class ListingFactsBook {
  readonly #productTypes: ProductTypes;
  readonly #listings: Pick<ListingsClient, 'page'>;
  /** Undefined: neither the store nor Amazon was asked; null: the store does not know. */
  readonly #known = new Map<string, KnownListing | null>();

  constructor(productTypes: ProductTypes, listings: Pick<ListingsClient, 'page'>) {
    this.#productTypes = productTypes;
    this.#listings = listings;
  }

  /** Enough for a message? A quantity must not go to goods that Amazon ships, so of those it is looked at anew whose they are. */
  of(listing: MergedListing): KnownListing | undefined {
    const facts = this.#known.get(listingName(listing));
    if (facts === undefined || facts === null || typeof facts === 'string') return facts ?? undefined;
    return listing.fields.quantity !== undefined && facts.byAmazon === undefined ? undefined : facts;
  }

  /** Asks the store about those that it was not asked about. */
  async recall(listings: readonly MergedListing[]): Promise<void> {
    const fresh = listings.filter((listing) => !this.#known.has(listingName(listing)));
    const found = await this.#productTypes.getMany(fresh);
    for (const [index, listing] of fresh.entries()) {
      const facts = found[index];
      // That Amazon ships it was true when it was looked at; the seller may ship it himself by now.
      const kept = facts?.byAmazon ? { productType: facts.productType } : facts;
      this.#known.set(listingName(listing), kept === undefined ? null : { ...kept, fresh: false });
    }
  }

  /** Asks Amazon about up to 20 of one marketplace. */
  async lookUp(listings: readonly MergedListing[], options: SpCallOptions): Promise<void> {
    const [first] = listings;
    if (first === undefined) return;
    const { marketplaceId } = first;
    const skus = listings.map(({ sku }) => sku as Sku);
    const page = await this.#listings.page({ ...options, marketplaceId, skus });
    const found = new Map(page.listings.map((one) => [one.sku, one]));
    for (const listing of listings) {
      const amazon = found.get(listing.sku);
      const productType =
        amazon?.summaries?.find((one) => one.marketplaceId === marketplaceId)?.productType ??
        amazon?.productTypes?.find((one) => one.marketplaceId === marketplaceId)?.productType;
      const known: KnownListing =
        amazon === undefined
          ? 'missing'
          : productType === undefined
            ? 'untyped'
            : { productType, byAmazon: isShippedByAmazon(amazon), fresh: true };
      this.#known.set(listingName(listing), known);
    }
    await this.#productTypes.setMany(
      marketplaceId,
      listings.flatMap((listing) => {
        const known = this.#known.get(listingName(listing));
        if (known === null || known === undefined || typeof known === 'string') return [];
        const { fresh: _, ...facts } = known;
        return [{ sku: listing.sku, facts }];
      }),
    );
  }

  forget(listings: Iterable<{ readonly marketplaceId: string; readonly sku: string }>): void {
    for (const listing of listings) this.#known.delete(listingName(listing));
  }
}

/** In groups of which each can be looked up at once: of one marketplace, and a SKU with a comma by itself. */
export function lookUpGroups(listings: readonly MergedListing[]): readonly (readonly MergedListing[])[] {
  const groups: MergedListing[][] = [];
  for (const [, here] of Map.groupBy(listings, ({ marketplaceId }) => marketplaceId)) {
    const plain = here.filter(({ sku }) => !sku.includes(','));
    for (let start = 0; start < plain.length; start += searchBatch) {
      groups.push(plain.slice(start, start + searchBatch));
    }
    for (const listing of here) if (listing.sku.includes(',')) groups.push([listing]);
  }
  return groups;
}
