import { describeWith, type PrivateServer, startServer } from '@fluxori/test-services';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';

describeWith('redis', 'buckets in Redis', () => {
  let server: PrivateServer;
  let admin: Redis;
  let backend: FluxoriBackend;

  beforeAll(async () => {
    server = await startServer('redis');
    admin = new Redis(server.url);
    backend = await openBackend(server.url);
  }, 60_000);
  afterAll(async () => {
    await backend.close();
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  }, 60_000);

  /** How many scripts Redis ran while `work` did. */
  async function scriptsDuring(work: () => Promise<void>): Promise<number> {
    await admin.config('RESETSTAT');
    await work();
    const stats = await admin.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].map(([, count]) =>
      Number(count),
    );
    return calls.reduce((sum, count) => sum + count, 0);
  }

  it('cost one round trip for a take, whatever the number of buckets, and none for a settle', async () => {
    const limits = Array.from({ length: 5 }, (_, index) => ({
      key: `bucket ${index}`,
      ratePerSecond: 100,
      burst: 1_000,
    }));
    const scripts = await scriptsDuring(async () => {
      for (let turn = 0; turn < 200; turn++) {
        const taken = await backend.buckets.take(limits, { priority: 3 });
        if (taken.granted) await backend.buckets.settle(taken.grant);
      }
    });
    expect(scripts).toBeGreaterThanOrEqual(200);
    // A busy machine may pause for longer than settles wait for company.
    expect(scripts).toBeLessThan(260);
  });

  it('hear of what was settled soon, though nothing more is taken', async () => {
    const limit = { key: 'last', ratePerSecond: 1, burst: 3 };
    const taken = await backend.buckets.take([limit], { priority: 3 });
    if (taken.granted) await backend.buckets.settle(taken.grant);
    while ((await admin.zcard('{fluxori}/leases')) > 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await admin.hget('{fluxori}/bucket/last', 'inFlight')).toBe('0');
  });

  it('give the same grant to a take that is sent again', async () => {
    const limit = { key: 'twice', ratePerSecond: 0.001, burst: 2 };
    const answer = backend.buckets.take([limit], { priority: 3 });
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    expect(await answer).toMatchObject({ granted: true });
    const [state] = await backend.buckets.inspect('twice');
    expect(state).toMatchObject({ inFlight: 1 });
    expect(state!.level).toBeCloseTo(1, 2);
  });

  it('end the grants of a process that died after a minute of the store, and not before', async () => {
    const limit = { key: 'dead', ratePerSecond: 0.001, burst: 2 };
    await backend.buckets.take([limit], { priority: 3 });
    const [member] = await admin.zrange('{fluxori}/leases', '0', '0');
    const end = await admin.zscore('{fluxori}/leases', member!);
    const [seconds, micros] = await admin.time();
    const leftMs = Number(end) - (Number(seconds) * 1000 + Number(micros) / 1000);
    expect(leftMs).toBeGreaterThan(30_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    // The minute passes for this lease only.
    await admin.zadd('{fluxori}/leases', 0, member!);
    expect((await backend.buckets.inspect('twice'))[0]).toMatchObject({ inFlight: 0 });
    expect((await backend.buckets.inspect('dead'))[0]).toMatchObject({ inFlight: 1 });
  });
});
