import type { JsonValue, KeyValueStore } from '@fluxori/core';
import { storableJson } from '../json/storable-json.js';
import { deleteValue, deleteValues, listKeys, setValue, setValues } from './lua/key-value-scripts.js';
import type { RedisLink } from './redis-link.js';

/** How many keys one script lists, so that others are not held up for long. */
const page = 1_000;
/** How many values one script writes or deletes, and how many bytes of them at most. */
const written = { values: 500, bytes: 1_000_000 } as const;

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

  async setMany(
    entries: readonly { readonly key: string; readonly value: JsonValue }[],
    { ttlMs }: { ttlMs?: number } = {},
  ): Promise<void> {
    if (ttlMs !== undefined && ttlMs <= 0) return this.deleteMany(entries.map(({ key }) => key));
    let args: string[] = [];
    let bytes = 0;
    const send = async () => {
      if (args.length > 0) await this.#link.script(setValues, [ttlMs ?? '', ...args]);
      args = [];
      bytes = 0;
    };
    for (const { key, value } of entries) {
      const json = storableJson(value);
      if (bytes + json.length > written.bytes || args.length >= 2 * written.values) await send();
      args.push(key, json);
      bytes += json.length;
    }
    await send();
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += written.values) {
      await this.#link.script(deleteValues, keys.slice(start, start + written.values));
    }
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
