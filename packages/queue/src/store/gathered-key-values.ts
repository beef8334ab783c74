import { Gathered, type JsonValue, type KeyValueStore } from '@fluxori/core';

/** From so many keys on, a question is worth a statement of its own. */
const many = 20;

interface Entry {
  readonly key: string;
  readonly value: JsonValue;
  readonly ttlMs: number | undefined;
}

/**
 * A store that is asked once for what many jobs want of it at about the same time: each job that parks or goes on reads and writes a few small
 * values of its own, and a store counts questions. What was answered is as sure as without: a write is answered when it is written.
 *
 * Of one key, whoever writes it twice waits for the first write before the second.
 */
export class GatheredKeyValues implements KeyValueStore {
  readonly #store: KeyValueStore;
  readonly #reads: Gathered<string, JsonValue | undefined>;
  readonly #writes: Gathered<Entry, undefined>;
  readonly #deletes: Gathered<string, undefined>;

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#reads = new Gathered((keys) => this.#read(keys));
    this.#writes = new Gathered((entries) => this.#write(entries));
    this.#deletes = new Gathered((keys) => this.#delete(keys));
  }

  get(key: string): Promise<JsonValue | undefined> {
    return this.#reads.ask(key);
  }

  getMany(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    return keys.length < many ? Promise.all(keys.map((key) => this.#reads.ask(key))) : this.#read(keys);
  }

  set(key: string, value: JsonValue, { ttlMs }: { ttlMs?: number } = {}): Promise<void> {
    return this.#writes.ask({ key, value, ttlMs });
  }

  delete(key: string): Promise<void> {
    return this.#deletes.ask(key);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#deletes.ask(key)));
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.#store.keys(prefix);
  }

  async #read(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    const store = this.#store;
    if (keys.length === 1) return [await store.get(keys[0]!)];
    return store.getMany === undefined ? Promise.all(keys.map((key) => store.get(key))) : store.getMany(keys);
  }

  async #write(entries: readonly Entry[]): Promise<undefined[]> {
    const store = this.#store;
    for (const [ttlMs, group] of Map.groupBy(entries, (entry) => entry.ttlMs)) {
      const options = ttlMs === undefined ? {} : { ttlMs };
      if (store.setMany !== undefined && group.length > 1) await store.setMany(group, options);
      else for (const { key, value } of group) await store.set(key, value, options);
    }
    return entries.map(() => undefined);
  }

  async #delete(keys: readonly string[]): Promise<undefined[]> {
    const store = this.#store;
    if (store.deleteMany !== undefined && keys.length > 1) await store.deleteMany(keys);
    else for (const key of keys) await store.delete(key);
    return keys.map(() => undefined);
  }
}
