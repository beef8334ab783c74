import type { JsonValue, KeyValueStore } from '@fluxori/core';

/** Values that are got with one question, so that others are not held up for long. */
const mostAtOnce = 1_000;

/** Many values at a time, from any key value store. */
export class BulkKeyValues {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.#store.keys(prefix);
  }

  async get(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    if (this.#store.getMany === undefined) return Promise.all(keys.map((key) => this.#store.get(key)));
    const found: (JsonValue | undefined)[] = [];
    for (let start = 0; start < keys.length; start += mostAtOnce) {
      found.push(...(await this.#store.getMany(keys.slice(start, start + mostAtOnce))));
    }
    return found;
  }

  async set(
    entries: readonly { readonly key: string; readonly value: unknown }[],
    options: { ttlMs?: number } = {},
  ): Promise<void> {
    const plain = entries.map(({ key, value }) => ({
      key,
      value: JSON.parse(JSON.stringify(value)) as JsonValue,
    }));
    if (this.#store.setMany !== undefined) return this.#store.setMany(plain, options);
    for (const { key, value } of plain) await this.#store.set(key, value, options);
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (this.#store.deleteMany !== undefined) return this.#store.deleteMany(keys);
    for (const key of keys) await this.#store.delete(key);
  }
}
