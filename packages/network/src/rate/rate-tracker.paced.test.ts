import { setTimeout as sleep } from 'node:timers/promises';
import { openBackend } from '@fluxori/backend';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NetworkAwareClient } from '../client/network-aware-client.js';
import { plainError } from '../testing/plain-error.js';
import { ScriptedServer } from '../testing/scripted-server.js';
import { throttlingScript } from '../testing/throttling-script.js';
import { RateTracker } from './rate-tracker.js';
import type { UsagePlan } from './usage-plan.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function against(ratePerSecond: number, burst: number, planned: Partial<UsagePlan> = {}) {
  const { script, throttled } = throttlingScript(ratePerSecond, burst);
  const server = await new ScriptedServer(script).start();
  const backend = await openBackend('memory:');
  const tracker = new RateTracker({ buckets: backend.buckets, keyValues: backend.keyValues });
  const client = new NetworkAwareClient({ env: {} });
  open.push(
    () => server.stop(),
    async () => backend[Symbol.asyncDispose](),
    () => client.close(),
  );
  const plan: UsagePlan = {
    key: 'app/acme/eu/orders.searchOrders',
    label: 'orders.searchOrders@acme',
    ratePerSecond,
    burst,
    source: 'published',
    observable: true,
    ...planned,
  };
  const call = () =>
    client.call({
      operation: 'orders.searchOrders',
      account: 'acme',
      method: 'GET',
      url: server.url,
      idempotent: true,
      rate: { tracker, plans: [plan] },
      toError: plainError,
    });
  return { server, tracker, call, throttled };
}

describe('concurrent calls against a true token bucket', () => {
  it.each([
    { calls: 60, rate: 20, burst: 5 },
    { calls: 150, rate: 60, burst: 30 },
    { calls: 12, rate: 4, burst: 1 },
  ])(
    'serves $calls at $rate/s burst $burst without one refusal and in nearly the least time',
    async (given) => {
      const { server, tracker, call, throttled } = await against(given.rate, given.burst);
      const startedAt = performance.now();
      const watch = new Stopwatch();
      await Promise.all(Array.from({ length: given.calls }, call));
      const tookMs = performance.now() - startedAt;
      const leastMs = ((given.calls - given.burst) / given.rate) * 1000;
      expect(throttled()).toBe(0);
      expect(server.requests).toHaveLength(given.calls);
      expect(tookMs).toBeGreaterThanOrEqual(leastMs * 0.99);
      // A bucket of one token cannot gain the next while a request is under way, which costs some milliseconds each.
      expect(watch.stop()).toBeLessThan(promised(leastMs * (given.burst === 1 ? 1.15 : 1.05) + 30));
      expect(tracker.lanes).toBe(0);
    },
  );

  it('keeps to the rate that the host announces, though a faster one was published', async () => {
    const { call, throttled, tracker } = await against(10, 5, { ratePerSecond: 40 });
    await call();
    // Until the next request tells it the rate, our bucket fills at the published one: both are full again after this.
    await sleep(150);
    await Promise.all(Array.from({ length: 15 }, call));
    expect(throttled()).toBe(0);
    expect((await tracker.inspect())[0]).toMatchObject({ ratePerSecond: 10, burst: 5, source: 'observed' });
  });

  it('serves all although another program draws from the same limit', async () => {
    const { call, throttled, server } = await against(20, 5);
    let drawn = 0;
    const stop = setInterval(() => {
      drawn += 1;
      fetch(server.url).catch(() => undefined);
    }, 200);
    try {
      await Promise.all(Array.from({ length: 20 }, call));
    } finally {
      clearInterval(stop);
    }
    // Each token that the other program takes is one that is not there for us, or not for it: no more are refused than that.
    expect(drawn).toBeGreaterThan(0);
    expect(throttled()).toBeLessThanOrEqual(drawn);
  });
});
