import type { KeyValueStore } from '@fluxori/core';

const dayMs = 24 * 60 * 60 * 1000;

/** Remembers which product type a SKU has: a change of a listing must name it, and it hardly ever changes. */
export class ProductTypes {
  readonly #store: KeyValueStore;
  readonly #prefix: string;

  constructor(options: { store: KeyValueStore; sellerId: string }) {
    this.#store = options.store;
    this.#prefix = `sp-api/product-type/${options.sellerId}/`;
  }

  async get(marketplaceId: string, sku: string): Promise<string | undefined> {
    const known = await this.#store.get(this.#key(marketplaceId, sku));
    return typeof known === 'string' ? known : undefined;
  }

  async set(marketplaceId: string, sku: string, productType: string): Promise<void> {
    await this.#store.set(this.#key(marketplaceId, sku), productType, { ttlMs: dayMs });
  }

  async forget(marketplaceId: string, sku: string): Promise<void> {
    await this.#store.delete(this.#key(marketplaceId, sku));
  }

  #key(marketplaceId: string, sku: string): string {
    return `${this.#prefix}${marketplaceId}/${sku}`;
  }
}
