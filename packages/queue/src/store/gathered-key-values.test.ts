import type { JsonValue, KeyValueStore } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { GatheredKeyValues } from './gathered-key-values.js';

/** A store in memory that notes what it was asked. */
function noting(): { readonly store: KeyValueStore; readonly asked: string[] } {
  const values = new Map<string, JsonValue>();
  const asked: string[] = [];
  const store: KeyValueStore = {
    async get(key) {
      asked.push(`get ${key}`);
      return values.get(key);
    },
    async getMany(keys) {
      asked.push(`get ${keys.join(' ')}`);
      return keys.map((key) => values.get(key));
    },
    async set(key, value, { ttlMs } = {}) {
      asked.push(`set ${key} for ${ttlMs}`);
      values.set(key, value);
    },
    async setMany(entries, { ttlMs } = {}) {
      asked.push(`set ${entries.map(({ key }) => key).join(' ')} for ${ttlMs}`);
      for (const { key, value } of entries) values.set(key, value);
    },
    async delete(key) {
      asked.push(`delete ${key}`);
      values.delete(key);
    },
    async deleteMany(keys) {
      asked.push(`delete ${keys.join(' ')}`);
      for (const key of keys) values.delete(key);
    },
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
  return { store, asked };
}

describe('what many ask of a store at the same moment', () => {
  it('goes as one question of its kind, and each has its own answer', async () => {
    const { store, asked } = noting();
    const gathered = new GatheredKeyValues(store);
    await Promise.all([1, 2, 3].map((n) => gathered.set(`key-${n}`, n, { ttlMs: 500 })));
    const values = await Promise.all([3, 1, 9].map((n) => gathered.get(`key-${n}`)));
    expect(values).toEqual([3, 1, undefined]);
    await Promise.all([1, 2].map((n) => gathered.delete(`key-${n}`)));
    await expect(gathered.keys('key-')).resolves.toEqual(['key-3']);
    expect(asked).toEqual(['set key-1 key-2 key-3 for 500', 'get key-3 key-1 key-9', 'delete key-1 key-2']);
  });

  it('keeps the time that each value is to live', async () => {
    const { store, asked } = noting();
    const gathered = new GatheredKeyValues(store);
    await Promise.all([
      gathered.set('a', 1, { ttlMs: 500 }),
      gathered.set('b', 2),
      gathered.set('c', 3, { ttlMs: 500 }),
    ]);
    expect(asked).toEqual(['set a c for 500', 'set b for undefined']);
  });

  it('goes as it is when it is alone', async () => {
    const { store, asked } = noting();
    const gathered = new GatheredKeyValues(store);
    await gathered.set('a', 1);
    await expect(gathered.getMany(['a'])).resolves.toEqual([1]);
    await gathered.deleteMany(['a']);
    expect(asked).toEqual(['set a for undefined', 'get a', 'delete a']);
  });
});
