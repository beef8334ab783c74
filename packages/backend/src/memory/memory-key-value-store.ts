import type { Clock, JsonValue, KeyValueStore } from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import type { Lifetime } from '../life/lifetime.js';

interface Entry {
  readonly json: string;
  readonly expiresAt: number;
}

/** Values in a map. They are kept as JSON text, so that nobody shares an object with the store. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #life: Lifetime;

  constructor(clock: Clock, life: Lifetime) {
    this.#clock = clock;
    this.#life = life;
  }

  async get(key: string): Promise<JsonValue | undefined> {
    this.#life.check();
    const entry = this.#live(key);
    return entry && (JSON.parse(entry.json) as JsonValue);
  }

  async getMany(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  async set(key: string, value: JsonValue, options: { ttlMs?: number } = {}): Promise<void> {
    this.#life.check();
    const expiresAt =
      options.ttlMs === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() + options.ttlMs;
    this.#entries.set(key, { json: storableJson(value), expiresAt });
  }

  async setMany(
    entries: readonly { readonly key: string; readonly value: JsonValue }[],
    options: { ttlMs?: number } = {},
  ): Promise<void> {
    for (const { key, value } of entries) await this.set(key, value, options);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.delete(key);
  }

  async delete(key: string): Promise<void> {
    this.#life.check();
    this.#entries.delete(key);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    this.#life.check();
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefix) && this.#live(key)).sort();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt > this.#clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
