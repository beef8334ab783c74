import type { JsonValue, KeyValueStore } from '@fluxori/core';
import { BulkKeyValues } from '../changes/bulk-key-values.js';

const dayMs = 24 * 60 * 60 * 1000;

/** What a change of a listing must know of it. */
export interface ListingFacts {
  /** A change must name it. */
  readonly productType: string;
  /** Whether Amazon ships it from its warehouses; undefined when that was not looked at. */
  readonly byAmazon?: boolean;
}

/** Remembers which product type a SKU has and who ships it, which hardly ever change. */
export class ProductTypes {
  readonly #store: KeyValueStore;
  readonly #bulk: BulkKeyValues;
  readonly #prefix: string;

  constructor(options: { store: KeyValueStore; sellerId: string }) {
    this.#store = options.store;
    this.#bulk = new BulkKeyValues(options.store);
    this.#prefix = `sp-api/product-type/${options.sellerId}/`;
  }

  async get(marketplaceId: string, sku: string): Promise<ListingFacts | undefined> {
    return factsIn(await this.#store.get(this.#key(marketplaceId, sku)));
  }

  /** In the order of `listings`. */
  async getMany(
    listings: readonly { readonly marketplaceId: string; readonly sku: string }[],
  ): Promise<readonly (ListingFacts | undefined)[]> {
    const keys = listings.map(({ marketplaceId, sku }) => this.#key(marketplaceId, sku));
    return (await this.#bulk.get(keys)).map(factsIn);
  }

  async setMany(
    marketplaceId: string,
    known: readonly { readonly sku: string; readonly facts: ListingFacts }[],
  ): Promise<void> {
    const entries = known.map(({ sku, facts }) => ({ key: this.#key(marketplaceId, sku), value: facts }));
    if (entries.length > 0) await this.#bulk.set(entries, { ttlMs: dayMs });
  }

  async set(marketplaceId: string, sku: string, facts: ListingFacts): Promise<void> {
    await this.#store.set(this.#key(marketplaceId, sku), { ...facts }, { ttlMs: dayMs });
  }

  async forget(marketplaceId: string, sku: string): Promise<void> {
    await this.#store.delete(this.#key(marketplaceId, sku));
  }

  #key(marketplaceId: string, sku: string): string {
    return `${this.#prefix}${marketplaceId}/${sku}`;
  }
}

/** Earlier releases kept the product type alone. */
function factsIn(value: JsonValue | undefined): ListingFacts | undefined {
  if (typeof value === 'string') return { productType: value };
  const facts = value as Partial<ListingFacts> | null | undefined;
  return typeof facts?.productType === 'string' ? (facts as ListingFacts) : undefined;
}
