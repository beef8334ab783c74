import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, type PrivateServer, startServer } from '@fluxori/test-services';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { undisturbed } from '../conformance/under-test.js';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';

/** A process that is held up for no longer renews its lease of five seconds in time. */
const heldUpMs = 2_500;

describeWith('redis', 'buckets in Redis', () => {
  let server: PrivateServer;
  let admin: Redis;
  let backend: FluxoriBackend;

  beforeAll(async () => {
    server = await startServer('redis');
    admin = new Redis(server.url);
    backend = await openBackend(server.url);
  });
  afterAll(async () => {
    await backend.close();
    admin.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** Small, and no script. */
  const askRedis = () => admin.ping();

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
    // With one for each settle it would be 400; some are of a machine that pauses for longer than settles wait for company.
    expect(scripts).toBeLessThan(390);
  });

  it('hear of what was settled soon, though nothing more is taken', async () => {
    const limit = { key: 'last', ratePerSecond: 1, burst: 3 };
    const taken = await backend.buckets.take([limit], { priority: 3 });
    if (taken.granted) await backend.buckets.settle(taken.grant);
    while ((await admin.zcard('{fluxori}/leases')) > 0) await sleep(5);
    expect(await admin.hget('{fluxori}/bucket/last', 'inFlight')).toBe('0');
  });

  it('give the same grant to a take that is sent again', async () => {
    await using patient = await openBackend(`${server.url}?prefix=twice&lease=600&patience=600`);
    const limit = { key: 'twice', ratePerSecond: 0.00001, burst: 2 };
    const answer = patient.buckets.take([limit], { priority: 3 });
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    expect(await answer).toMatchObject({ granted: true });
    const [state] = await patient.buckets.inspect('twice');
    expect(state).toMatchObject({ inFlight: 1 });
    expect(state!.level).toBeCloseTo(1, 2);
  });

  it('have a lease of five seconds, renewed while the process lives; one that has ended stays so', async () => {
    const leases = '{fluxori}/leases';
    let plays = 0;
    let leased = '';
    const { grant, member } = await undisturbed(async (inTime) => {
      leased = `leased ${++plays}`;
      const taken = await backend.buckets.take([{ key: leased, ratePerSecond: 0.0001, burst: 2 }], {
        priority: 3,
      });
      if (!taken.granted) throw new Error('A full bucket refused.');
      const members = await admin.zrange(leases, '0', '-1');
      const member = members.find((one) => one.startsWith(taken.grant.id)) ?? '';
      const end = async () => Number(await admin.zscore(leases, member));
      const first = await end();
      const [seconds, micros] = await admin.time();
      expect(first - (Number(seconds) * 1000 + Number(micros) / 1000)).toBeLessThanOrEqual(5_000);
      while (first > 0 && (await end()) === first) await sleep(20);
      const renewed = await end();
      inTime(Number.POSITIVE_INFINITY, heldUpMs);
      expect(renewed).toBeGreaterThan(first);
      return { grant: taken.grant, member };
    }, askRedis);

    // As if it had not been heard of in time: somebody else looks, and then it comes again. Where it comes first, it was in time.
    do await admin.zadd(leases, 'XX', 0, member);
    while ((await backend.buckets.inspect(leased))[0]!.inFlight > 0);
    while ((await scriptsDuring(() => sleep(100))) === 0);
    expect(await admin.zscore(leases, member)).toBe(null);
    await backend.buckets.settle(grant, { consumed: false });
    const [state] = await backend.buckets.inspect(leased);
    expect(state).toMatchObject({ inFlight: 0 });
    expect(state!.level).toBeCloseTo(1, 1);
  });

  it('that have hung for a while cost one script now and then, all together', async () => {
    let plays = 0;
    await undisturbed(async (inTime) => {
      const limit = { key: `hanging ${++plays}`, ratePerSecond: 0.001, burst: 100 };
      const takes = Array.from({ length: 100 }, () => backend.buckets.take([limit], { priority: 3 }));
      const answers = await Promise.all(takes);
      const startedAt = performance.now();
      const scripts = await scriptsDuring(() => sleep(3_000));
      const seconds = (performance.now() - startedAt) / 1_000;
      const [hanging] = await backend.buckets.inspect(limit.key);
      for (const answer of answers) if (answer.granted) await backend.buckets.settle(answer.grant);
      const [settled] = await backend.buckets.inspect(limit.key);
      inTime(Number.POSITIVE_INFINITY, heldUpMs);
      expect(scripts).toBeGreaterThanOrEqual(1);
      expect(scripts).toBeLessThanOrEqual(1 + seconds);
      expect(hanging).toMatchObject({ inFlight: 100 });
      expect(settled).toMatchObject({ inFlight: 0 });
    }, askRedis);
  });
});
