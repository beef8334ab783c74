import type { JsonValue, KeyValueStore } from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import { deleteValue, listKeys, setValue } from './lua/key-value-scripts.js';
import type { RedisLink } from './redis-link.js';

/** How many keys one script lists, so that others are not held up for long. */
const page = 1_000;

/** Values that Redis keeps, and ends by its own clock. */
export class RedisKeyValueStore implements KeyValueStore {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async get(key: string): Promise<JsonValue | undefined> {
    const json = await this.#link.run((client) => client.get(`${this.#link.root}kv/${key}`));
    return json === null ? undefined : (JSON.parse(json) as JsonValue);
  }

  async getMany(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    if (keys.length === 0) return [];
    const names = keys.map((key) => `${this.#link.root}kv/${key}`);
    const found = await this.#link.run((client) => client.mget(names));
    return found.map((json) => (json === null ? undefined : (JSON.parse(json) as JsonValue)));
  }

  async set(key: string, value: JsonValue, { ttlMs }: { ttlMs?: number } = {}): Promise<void> {
    if (ttlMs !== undefined && ttlMs <= 0) return this.delete(key);
    await this.#link.script(setValue, [key, storableJson(value), ttlMs ?? '']);
  }

  async delete(key: string): Promise<void> {
    await this.#link.script(deleteValue, [key]);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for (let last: string | undefined; last !== ''; ) {
      const [found, next] = (await this.#link.script(listKeys, [prefix, last ?? '', page])) as [
        string[],
        string,
      ];
      keys.push(...found);
      last = next;
    }
    return keys;
  }
}
