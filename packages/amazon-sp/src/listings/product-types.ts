import type { KeyValueStore } from '@fluxori/core';

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
  readonly #prefix: string;

  constructor(options: { store: KeyValueStore; sellerId: string }) {
    this.#store = options.store;
    this.#prefix = `sp-api/product-type/${options.sellerId}/`;
  }

  async get(marketplaceId: string, sku: string): Promise<ListingFacts | undefined> {
    const known = await this.#store.get(this.#key(marketplaceId, sku));
    if (typeof known === 'string') return { productType: known };
    const facts = known as Partial<ListingFacts> | null | undefined;
    return typeof facts?.productType === 'string' ? (facts as ListingFacts) : undefined;
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
