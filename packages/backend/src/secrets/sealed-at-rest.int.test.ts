import type { KeyValueStore } from '@fluxori/core';
import { describeWith, freshPlace, type Service, services } from '@fluxori/test-services';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { openBackend } from '../open-backend.js';
import { generateSealKey, sealKeysFrom } from './seal-keys.js';
import { SealedKeyValueStore } from './sealed-key-value-store.js';
import { Sealer } from './sealer.js';

const token = { access_token: 'Atza|a-token-that-nobody-may-read', token_type: 'bearer', expires_in: 3600 };
const telling = ['Atza|', 'nobody-may-read', 'access_token'];

/** All that the place holds, as text, whatever it is kept in. */
const everythingIn: Record<Service, (url: string) => Promise<string>> = {
  async redis(url) {
    const redis = new Redis(url.replace(/\?.*/, ''), { lazyConnect: true });
    await redis.connect();
    try {
      const prefix = new URL(url).searchParams.get('prefix') as string;
      const texts: unknown[] = [];
      for (const key of await redis.keys(`*${prefix}*`)) {
        const read: Record<string, () => Promise<unknown>> = {
          string: () => redis.get(key),
          hash: () => redis.hgetall(key),
          zset: () => redis.zrange(key, '0', '-1'),
          set: () => redis.smembers(key),
          list: () => redis.lrange(key, 0, -1),
        };
        const type = await redis.type(key);
        // A kind that this does not know would be a place to hide in.
        texts.push(key, await (read[type] as () => Promise<unknown>)());
      }
      return JSON.stringify(texts);
    } finally {
      redis.disconnect();
    }
  },
  async postgres(url) {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const tables = await client.query<{ name: string }>(
        `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
         where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
      );
      const texts: unknown[] = [];
      for (const { name } of tables.rows) {
        const { rows } = await client.query(`select t::text as row from ${name} t`);
        texts.push(name, rows);
      }
      return JSON.stringify(texts);
    } finally {
      await client.end();
    }
  },
};

for (const service of services) {
  describeWith(service, `a token in ${service}`, () => {
    async function everythingAfter(keep: (store: KeyValueStore) => KeyValueStore): Promise<string> {
      const { url, remove } = await freshPlace(service);
      try {
        await using backend = await openBackend(url);
        const store = keep(backend.keyValues);
        await store.set('token/hash-of-the-account', token, { ttlMs: 60_000 });
        expect(await store.get('token/hash-of-the-account')).toEqual(token);
        return await everythingIn[service](url);
      } finally {
        await remove();
      }
    }

    it('is found by this search when it is not sealed', async () => {
      const everything = await everythingAfter((store) => store);
      for (const text of telling) expect(everything).toContain(text);
    });

    it('is not readable when it is sealed', async () => {
      const sealer = new Sealer(sealKeysFrom(generateSealKey()));
      const everything = await everythingAfter((store) => new SealedKeyValueStore({ store, sealer }));
      expect(everything).toContain('hash-of-the-account');
      for (const text of telling) expect(everything).not.toContain(text);
    });
  });
}
