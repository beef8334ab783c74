import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { describeWith } from './describe-with.js';
import { type FreshPlace, freshPlace } from './fresh-place.js';
import { serviceUrl } from './service.js';

describeWith('redis', 'a fresh place in Redis', () => {
  it('has a prefix of its own, and takes everything under it along when it is removed', async () => {
    const [mine, theirs] = await Promise.all([freshPlace('redis'), freshPlace('redis')]);
    const prefixOf = (place: FreshPlace) => new URL(place.url).searchParams.get('prefix');
    const redis = new Redis(serviceUrl('redis')!);
    await redis.mset(`{${prefixOf(mine)}}:a`, 1, `{${prefixOf(mine)}}:b`, 1, `{${prefixOf(theirs)}}:a`, 1);
    await mine.remove();
    expect(await redis.exists(`{${prefixOf(mine)}}:a`, `{${prefixOf(mine)}}:b`)).toBe(0);
    expect(await redis.exists(`{${prefixOf(theirs)}}:a`)).toBe(1);
    await theirs.remove();
    redis.disconnect();
  });
});

describeWith('postgres', 'a fresh place in PostgreSQL', () => {
  let places: FreshPlace[];
  beforeAll(async () => {
    places = await Promise.all(Array.from({ length: 3 }, () => freshPlace('postgres')));
  });
  afterAll(() => Promise.all(places.map((place) => place.remove())));

  it('is a database of its own', async () => {
    for (const { url } of places) {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query('CREATE TABLE mine (id int)');
      await client.end();
    }
  });

  it('sorts as people do, so that nobody relies on the order of code units by chance', async () => {
    const client = new Client({ connectionString: places[0]!.url });
    await client.connect();
    const { rows } = await client.query(
      "SELECT 'a' < 'B' AS sorted, current_setting('server_version_num')::int AS version",
    );
    await client.end();
    expect(rows[0].sorted).toBe(rows[0].version >= 150_000);
  });

  it('goes although somebody is still connected', async () => {
    const place = await freshPlace('postgres');
    const client = new Client({ connectionString: place.url });
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await place.remove();
    expect(String(await lost)).toContain('terminat');
    const again = new Client({ connectionString: place.url });
    await expect(again.connect()).rejects.toMatchObject({ code: '3D000' });
  });
});
