import { sleep } from '@fluxori/core';
import { describeWith, freshPlace } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';

describeWith('postgres', 'a PostgreSQL that several processes share', () => {
  let place: Awaited<ReturnType<typeof freshPlace>>;
  let backends: FluxoriBackend[];
  /** No lease ends because a machine stands still. */
  const patient = 'lease=600&patience=600';
  beforeAll(async () => {
    place = await freshPlace('postgres');
    // All at once: one of them makes the tables, and the others wait for it.
    backends = await Promise.all(Array.from({ length: 6 }, () => openBackend(`${place.url}?${patient}`)));
    await Promise.all(backends.map((backend) => backend.queueConnection()));
  });
  afterAll(async () => {
    await Promise.all(backends.map((backend) => backend.close()));
    await place.remove();
  });

  it('gives the burst once, to whoever asks', async () => {
    const limits = [
      { key: 'shared', ratePerSecond: 0.001, burst: 30 },
      { key: 'wider', ratePerSecond: 0.001, burst: 1_000 },
    ];
    const answers = await Promise.all(
      backends.flatMap((backend, index) =>
        // In every order of the keys: nobody waits for another crosswise.
        Array.from({ length: 20 }, () =>
          backend.buckets.take(index % 2 === 0 ? limits : limits.toReversed(), { priority: 3 }),
        ),
      ),
    );
    expect(answers.filter(({ granted }) => granted).length).toBe(30);
    const states = await backends[0]!.buckets.inspect('');
    expect(states.map(({ key, inFlight }) => [key, inFlight])).toEqual([
      ['shared', 30],
      ['wider', 30],
    ]);
  });

  it('lets one into a lock at a time, and no process keep it for ever', async () => {
    let inside = 0;
    let most = 0;
    const entered = backends.map(() => 0);
    let over = false;
    await Promise.all(
      backends.map(async (backend, index) => {
        // Each of them asks for it again and again, two at a time.
        const greedy = async () => {
          while (!over) {
            const enter = async () => {
              most = Math.max(most, ++inside);
              entered[index]!++;
              await sleep(1);
              inside--;
              if (entered.every((times) => times >= 3)) over = true;
            };
            await backend.locks.withLock('greedy', enter, { ttlMs: 600_000 });
          }
        };
        await Promise.all([greedy(), greedy()]);
      }),
    );
    expect(most).toBe(1);
    expect(Math.min(...entered)).toBeGreaterThanOrEqual(3);
  });

  it('forgets values by its own clock, and never a lock between two who write them', async () => {
    const late = { now: () => Date.now() - 3_600_000, sleep };
    const [here, there] = await Promise.all([
      openBackend(place.url, { clock: late }),
      openBackend(place.url),
    ]);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? here : there).keyValues.set(`brief ${index % 20}`, index, { ttlMs: 5 }),
      ),
    );
    await sleep(20);
    expect(await there.keyValues.keys('brief')).toEqual([]);
    await here.keyValues.set('longer', 1, { ttlMs: 1_800_000 });
    expect(await there.keyValues.get('longer')).toBe(1);
    const limit = { key: 'told', ratePerSecond: 0.001, burst: 1 };
    await here.buckets.take([limit], { priority: 3 });
    const answer = await here.buckets.take([limit], { priority: 3 });
    // An hour behind, and told the time on its own clock all the same.
    expect(answer.granted ? 0 : answer.retryAt - late.now()).toBeLessThanOrEqual(1_060_000);
    expect(answer.granted ? 0 : answer.retryAt - late.now()).toBeGreaterThan(700_000);
    await Promise.all([here.close(), there.close()]);
  });

  it('keeps apart what lies in different schemas of one database', async () => {
    const { Queue } = await import('bullmq');
    const other = await openBackend(`${place.url}?schema=second&${patient}`);
    await other.keyValues.set('where', 'second');
    expect(await backends[0]!.keyValues.get('where')).toBe(undefined);
    const counts: number[] = [];
    for (const backend of [other, backends[0]!]) {
      const { connection, backendFactory } = await backend.queueConnection();
      const queue = new Queue('same', { connection }, backendFactory);
      if (backend === other) await queue.add('work', 1);
      counts.push(await queue.count());
      await queue.close();
    }
    expect(counts).toEqual([1, 0]);
    await other.close();
  });

  describe('and its upkeep', () => {
    it('drops buckets that have been full for long, with the dead in their lines', async () => {
      const sql = new pg.Client(place.url);
      await sql.connect();
      await sql.query(
        `insert into fluxori.bucket (key, rate_per_second, burst, level, in_flight, level_at_ms, lanes)
           select 'idle ' || i, 1, 5, 5, 0, fluxori.wall_ms() - 700000, '{"3": 1}' from generate_series(1, 500) i`,
      );
      await sql.query(
        `insert into fluxori.waiter select 'dead ' || i, 'idle ' || i, 3, i, fluxori.wall_ms() - 9000, fluxori.wall_ms() - 5000
           from generate_series(1, 500) i`,
      );
      let after: string | null = '';
      while (after !== null) {
        const { rows }: pg.QueryResult = await sql.query(
          'select last_key from fluxori.bucket_sweep($1, 100, 600000)',
          [after],
        );
        after = rows[0].last_key;
      }
      expect((await backends[0]!.buckets.inspect('idle')).length).toBe(0);
      const { rows } = await sql.query(
        `select count(*)::int as count from fluxori.waiter where name like 'dead%'`,
      );
      expect(rows[0].count).toBe(0);
      // The others are there still.
      expect((await backends[0]!.buckets.inspect('shared')).length).toBe(1);
      await sql.end();
    });
  });
});
