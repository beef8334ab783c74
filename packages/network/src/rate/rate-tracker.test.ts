import { openBackend } from '@fluxori/backend';
import {
  type Backend,
  isErrorOf,
  ManualClock,
  type Priority,
  type RateLimitError,
  silentLogger,
} from '@fluxori/core';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { handOver } from '../testing/hand-over.js';
import { RateTracker } from './rate-tracker.js';
import type { UsagePlan } from './usage-plan.js';

const plan: UsagePlan = {
  key: 'app/acme/eu/orders.searchOrders',
  ratePerSecond: 2,
  burst: 5,
  source: 'published',
  label: 'orders.searchOrders@acme',
  observable: true,
};

let clock: ManualClock;
let backend: Backend;
let tracker: RateTracker;

beforeEach(async () => {
  clock = new ManualClock();
  backend = await openBackend('memory:', { clock });
  tracker = trackerOn(backend);
});

afterEach(async () => {
  await backend[Symbol.asyncDispose]();
});

function trackerOn(on: Backend): RateTracker {
  return new RateTracker({ buckets: on.buckets, keyValues: on.keyValues, clock, random: () => 0 });
}

/** Moves time on in steps, letting the lane hand out what has become free. */
async function pass(ms: number, stepMs = 500): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await clock.advance(stepMs);
    await handOver();
  }
}

async function useUpBurst(): Promise<void> {
  for (let i = 0; i < plan.burst; i += 1) await tracker.settle(await tracker.acquire([plan]));
}

describe('acquire', () => {
  it('gives the burst at once and then one token per interval, in order of arrival', async () => {
    const order: number[] = [];
    const all = Array.from({ length: 8 }, (_, index) =>
      tracker.acquire([plan]).then(async (grant) => {
        order.push(index);
        await tracker.settle(grant);
      }),
    );
    await handOver();
    expect(order).toEqual([0, 1, 2, 3, 4]);
    await pass(500);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    await pass(1000);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await Promise.all(all);
    expect(tracker.lanes).toBe(0);
  });

  it('gives the next token to a critical call that arrives behind many others', async () => {
    await useUpBurst();
    const served: string[] = [];
    const ask = (name: string, priority: Priority) =>
      tracker.acquire([plan], { priority }).then(async (grant) => {
        served.push(name);
        await tracker.settle(grant);
      });
    const stop = new AbortController();
    const bulk = Array.from({ length: 2000 }, () =>
      tracker.acquire([plan], { priority: 'bulk', signal: stop.signal }).then(
        (grant) => {
          served.push('bulk');
          return tracker.settle(grant);
        },
        () => undefined,
      ),
    );
    await pass(250, 250);
    void ask('critical', 'critical');
    await handOver();
    await pass(250, 250);
    expect(served).toEqual(['critical']);
    await pass(500);
    expect(served).toEqual(['critical', 'bulk']);
    stop.abort(new Error('enough'));
    await Promise.all(bulk);
    await handOver();
    expect(tracker.lanes).toBe(0);
  });

  it('orders the waiting by priority and, within one, by arrival', async () => {
    await useUpBurst();
    const served: string[] = [];
    const ask = (name: string, priority: Priority) =>
      tracker.acquire([plan], { priority }).then((grant) => {
        served.push(name);
        return tracker.settle(grant);
      });
    const all = [
      ask('low 1', 'low'),
      ask('normal 1', 'normal'),
      ask('low 2', 'low'),
      ask('high 1', 'high'),
      ask('normal 2', 'normal'),
    ];
    await handOver();
    await pass(2500);
    await Promise.all(all);
    expect(served).toEqual(['high 1', 'normal 1', 'normal 2', 'low 1', 'low 2']);
  });

  it('settles an aborted waiter at once, without a token, and serves the next', async () => {
    await useUpBurst();
    const stop = new AbortController();
    const reason = new Error('the caller left');
    const aborted = tracker.acquire([plan], { signal: stop.signal });
    const next = tracker.acquire([plan]);
    await handOver();
    const watch = new Stopwatch();
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect(watch.stop()).toBeLessThan(promised(50));
    await pass(500);
    await expect(next).resolves.toMatchObject({ waitedMs: 500 });
    expect(tracker.lanes).toBe(0);
  });

  it('stops looking at the store when the last waiter has left, and keeps no lane', async () => {
    await useUpBurst();
    const stop = new AbortController();
    const waiting = tracker.acquire([plan], { signal: stop.signal });
    waiting.catch(() => undefined);
    await handOver();
    expect(clock.sleeping).toBe(1);
    stop.abort();
    await handOver();
    expect(clock.sleeping).toBe(0);
    expect(tracker.lanes).toBe(0);
    const [state] = await tracker.inspect();
    expect(state).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  it('gives a token back that the store grants after the caller has left', async () => {
    let grantLate: (() => void) | undefined;
    const slow = {
      ...backend.buckets,
      take: async (...args: Parameters<typeof backend.buckets.take>) => {
        await new Promise<void>((resolve) => {
          grantLate = resolve;
        });
        return backend.buckets.take(...args);
      },
      settle: backend.buckets.settle.bind(backend.buckets),
    };
    const slowTracker = new RateTracker({ buckets: slow, clock });
    const stop = new AbortController();
    const asked = slowTracker.acquire([plan], { signal: stop.signal });
    asked.catch(() => undefined);
    await handOver();
    stop.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    grantLate?.();
    await handOver();
    expect(await backend.buckets.inspect('')).toMatchObject([{ level: 5, inFlight: 0 }]);
  });

  it('says at once when the wait would be too long, and keeps the named waiter in line', async () => {
    await useUpBurst();
    const refusal = await tracker
      .acquire([plan], { maxWaitMs: 100, waiter: 'job-1', account: 'acme', operation: 'orders.searchOrders' })
      .catch((error: unknown) => error);
    expect(isErrorOf(refusal, 'RateLimitError')).toBe(true);
    const error = refusal as RateLimitError;
    expect(error.retryAt.getTime()).toBe(clock.now() + 500);
    expect(error).toMatchObject({
      code: 'RATE_LIMITED',
      account: 'acme',
      operation: 'orders.searchOrders',
      rate: { bucket: 'orders.searchOrders@acme', rate: 2, burst: 5, level: 0, source: 'published' },
    });
    expect((await tracker.inspect())[0]).toMatchObject({ waiting: 1, label: 'orders.searchOrders@acme' });
    const second = await tracker
      .acquire([plan], { maxWaitMs: 100, waiter: 'job-2' })
      .catch((one: unknown) => one);
    expect((second as RateLimitError).retryAt.getTime()).toBe(clock.now() + 1000);
    await tracker.forget('job-1');
    await tracker.forget('job-2');
    expect((await tracker.inspect())[0]).toMatchObject({ waiting: 0 });
  });

  it('gives up a place without ever failing whoever does not wait for it: a store that is away is logged', async () => {
    const warnings: unknown[] = [];
    const away = new Error('the store is away');
    const buckets = {
      ...backend.buckets,
      forget: () => Promise.reject(away),
    } as unknown as Backend['buckets'];
    const logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields) };
    await expect(new RateTracker({ buckets, clock, logger }).forget('job-1')).resolves.toBeUndefined();
    expect(warnings).toEqual([{ waiter: 'job-1', error: 'Error: the store is away' }]);
  });

  it('counts those who wait in this process when it tells a turn', async () => {
    await useUpBurst();
    const stop = new AbortController();
    const waiting = Array.from({ length: 4 }, () => tracker.acquire([plan], { signal: stop.signal }));
    for (const one of waiting) one.catch(() => undefined);
    await handOver();
    const refusal = await tracker.acquire([plan], { maxWaitMs: 100 }).catch((error: unknown) => error);
    expect((refusal as RateLimitError).retryAt.getTime()).toBe(clock.now() + 5 * 500);
    const urgent = await tracker
      .acquire([plan], { maxWaitMs: 100, priority: 'critical' })
      .catch((error: unknown) => error);
    expect((urgent as RateLimitError).retryAt.getTime()).toBe(clock.now() + 500);
    stop.abort();
  });

  it('waits within the limit of the caller', async () => {
    await useUpBurst();
    const waiting = tracker.acquire([plan], { maxWaitMs: 600, waiter: 'job-1' });
    await handOver();
    await pass(500);
    await expect(waiting).resolves.toMatchObject({ waitedMs: 500 });
    expect((await tracker.inspect())[0]).toMatchObject({ waiting: 0 });
  });

  it('tells the new turn when more urgent calls have used up the wait', async () => {
    await useUpBurst();
    const waiting = tracker.acquire([plan], { maxWaitMs: 600, priority: 'low', waiter: 'job-1' });
    waiting.catch(() => undefined);
    await handOver();
    const urgent = [1, 2].map(() => tracker.acquire([plan], { priority: 'critical' }));
    await handOver();
    await pass(600, 100);
    await expect(waiting).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await pass(500, 100);
    for (const grant of await Promise.all(urgent)) await tracker.settle(grant);
  });

  it('takes from all buckets or none, and names the one that is short', async () => {
    const shared: UsagePlan = {
      ...plan,
      key: 'app/all',
      burst: 1,
      ratePerSecond: 1,
      label: 'app',
      observable: false,
    };
    await tracker.settle(await tracker.acquire([plan, shared]));
    const refusal = await tracker.acquire([plan, shared], { maxWaitMs: 0 }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', rate: { bucket: 'app' } });
    expect(await tracker.inspect('app/acme')).toMatchObject([{ level: 4 }]);
  });

  it('tells everybody who waits when the store fails', async () => {
    await useUpBurst();
    const failing = { ...backend.buckets, take: () => Promise.reject(new Error('the store is gone')) };
    const broken = new RateTracker({ buckets: failing as typeof backend.buckets, clock });
    await expect(broken.acquire([plan])).rejects.toThrow('the store is gone');
    expect(broken.lanes).toBe(0);
  });

  it('closes the lanes of many accounts when their callers leave', async () => {
    const stop = new AbortController();
    const waiting: Promise<unknown>[] = [];
    for (let account = 0; account < 500; account += 1) {
      const own = { ...plan, key: `app/account-${account}/eu/orders`, burst: 1 };
      await tracker.acquire([own]);
      waiting.push(tracker.acquire([own], { signal: stop.signal }).catch(() => undefined));
    }
    await handOver();
    expect(tracker.lanes).toBe(500);
    stop.abort();
    await Promise.all(waiting);
    await handOver();
    expect(tracker.lanes).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  it('keeps nothing per account once nobody waits', async () => {
    for (let account = 0; account < 10_000; account += 1) {
      const own = { ...plan, key: `app/account-${account}/eu/orders`, burst: 1 };
      await tracker.settle(await tracker.acquire([own]));
    }
    expect(tracker.lanes).toBe(0);
  });
});

describe('what it learns', () => {
  it('takes the announced rate over the configured one, for the observable bucket only', async () => {
    const configured: UsagePlan = { ...plan, source: 'configured', ratePerSecond: 1 };
    const shared: UsagePlan = { ...plan, key: 'app/all', label: 'app', observable: false };
    tracker.observe([shared, configured], '4.0');
    const grant = await tracker.acquire([shared, configured]);
    expect(grant.plans).toMatchObject([
      { label: 'app', ratePerSecond: 2, source: 'published' },
      { ratePerSecond: 4, burst: 5, source: 'observed' },
    ]);
  });

  it('remembers it over a restart', async () => {
    tracker.observe([plan], '0.5');
    await handOver();
    const grant = await trackerOn(backend).acquire([plan]);
    expect(grant.plans).toMatchObject([{ ratePerSecond: 0.5, source: 'observed' }]);
  });

  it('writes only what is new', async () => {
    let writes = 0;
    const counting = {
      get: backend.keyValues.get.bind(backend.keyValues),
      delete: backend.keyValues.delete.bind(backend.keyValues),
      keys: backend.keyValues.keys.bind(backend.keyValues),
      set: async (...args: Parameters<typeof backend.keyValues.set>) => {
        writes += 1;
        return backend.keyValues.set(...args);
      },
    };
    const learning = new RateTracker({ buckets: backend.buckets, keyValues: counting, clock });
    for (const announced of ['2.0', '2.0', '2', '3.0', '3.0']) learning.observe([plan], announced);
    expect(writes).toBe(2);
  });

  it.each(['', 'abc', '0', '-1', 'NaN', 'Infinity', '1e9', '2.0, 3.0', '1001'])(
    'ignores the header %j',
    async (announced) => {
      tracker.observe([plan], announced);
      const grant = await tracker.acquire([plan]);
      expect(grant.plans).toMatchObject([{ ratePerSecond: 2, source: 'published' }]);
    },
  );
});

describe('a refusal in spite of a token', () => {
  it('empties the bucket and pauses for a token’s time, and for longer when it happens again at once', async () => {
    const pauses: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const grant = await acquireNow();
      await tracker.settle(grant);
      await clock.advance(1);
      const until = await tracker.throttled(grant);
      pauses.push(until.getTime() - clock.now());
      const refused = await tracker.acquire([plan], { maxWaitMs: 0 }).catch((error: unknown) => error);
      expect((refused as RateLimitError).retryAt.getTime()).toBe(until.getTime());
      await clock.advance(until.getTime() - clock.now());
    }
    expect(pauses.slice(0, 2)).toEqual([500, 1000]);
    expect(pauses[2]).toBeGreaterThan(1900);
  });

  it('lets a single one cost no more than the tokens that were not there', async () => {
    await throttledOnce();
    await clock.advance(10_000);
    expect(await tracker.inspect()).toMatchObject([{ ratePerSecond: 2, level: 5 }]);
    expect((await tracker.inspect())[0]).not.toHaveProperty('yielding');
    expect((await burstNow()).length).toBe(5);
  });

  it('keeps to a part of the rate and of the burst when it happens again, and shows the whole limit beside that part', async () => {
    await throttledOnce();
    await throttledOnce();
    const [state] = await tracker.inspect();
    expect(state).toMatchObject({
      ratePerSecond: 2,
      burst: 5,
      source: 'published',
      yielding: { share: expect.closeTo(0.5, 1), since: expect.any(Date) },
    });
    await clock.advance(10_000);
    expect((await burstNow()).length).toBeLessThan(4);
  });

  it('takes the whole back within 450 tokens after the other program has stopped', async () => {
    await throttledOnce();
    await throttledOnce();
    await clock.advance(220_000);
    // The bucket holds what it held with the smaller burst, until the next request tells it the whole limit.
    await tracker.settle(await acquireNow());
    await clock.advance(3_000);
    expect((await burstNow()).length).toBe(5);
    expect((await tracker.inspect())[0]).not.toHaveProperty('yielding');
  });

  it('counts requests that were under way together as one', async () => {
    const grants = await Promise.all([1, 2, 3, 4].map(() => tracker.acquire([plan])));
    await clock.advance(10);
    const ends = [];
    for (const grant of grants) ends.push((await tracker.throttled(grant)).getTime());
    expect(new Set(ends).size).toBe(1);
  });

  it('takes one that comes much later, when nothing is left to anybody, for a stray one again', async () => {
    await throttledOnce();
    await throttledOnce();
    await clock.advance(400_000);
    expect(await throttledOnce()).toBe(500);
    expect((await tracker.inspect())[0]).not.toHaveProperty('yielding');
  });

  it('waits as long as the remote side asks', async () => {
    const grant = await acquireNow();
    expect((await tracker.throttled(grant, { retryAfterMs: 30_000 })).getTime()).toBe(clock.now() + 30_000);
  });

  it('spares the bucket that all accounts share', async () => {
    const shared: UsagePlan = { ...plan, key: 'app/all', label: 'app', observable: false };
    const grant = await tracker.acquire([shared, plan]);
    await tracker.throttled(grant);
    expect(await tracker.inspect('app/all')).toMatchObject([{ level: 4 }]);
  });

  async function acquireNow() {
    return tracker.acquire([plan], { maxWaitMs: 0 });
  }

  /** @returns the pause, in milliseconds; it is over. */
  async function throttledOnce(): Promise<number> {
    const grant = await acquireNow();
    await tracker.settle(grant);
    await clock.advance(1);
    const pauseMs = (await tracker.throttled(grant)).getTime() - clock.now();
    await clock.advance(pauseMs);
    return pauseMs;
  }

  /** All tokens that are there now. */
  async function burstNow() {
    const grants = [];
    for (;;) {
      const grant = await acquireNow().catch(() => undefined);
      if (grant === undefined) break;
      grants.push(grant);
    }
    for (const grant of grants) await tracker.settle(grant);
    return grants;
  }
});
