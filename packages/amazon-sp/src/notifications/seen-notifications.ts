import type { KeyValueStore } from '@fluxori/core';

const room = 'notifications/seen/';

/** What has been done already, by every process that shares the store. */
export class SeenNotifications {
  readonly #keyValues: KeyValueStore;
  readonly #ttlMs: number;

  constructor(keyValues: KeyValueStore, ttlMs: number) {
    this.#keyValues = keyValues;
    this.#ttlMs = ttlMs;
  }

  /** Those of these ids. */
  async of(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const keys = ids.map(keyOf);
    const values = this.#keyValues.getMany
      ? await this.#keyValues.getMany(keys)
      : await Promise.all(keys.map((key) => this.#keyValues.get(key)));
    return new Set(ids.filter((_, index) => values[index] !== undefined));
  }

  async add(ids: readonly string[]): Promise<void> {
    const options = { ttlMs: this.#ttlMs };
    const entries = ids.map((id) => ({ key: keyOf(id), value: true }));
    if (entries.length === 0) return;
    if (this.#keyValues.setMany) await this.#keyValues.setMany(entries, options);
    else await Promise.all(entries.map(({ key, value }) => this.#keyValues.set(key, value, options)));
  }
}

function keyOf(id: string): string {
  return room + encodeURIComponent(id.slice(0, 200));
}
