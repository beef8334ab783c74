import { openBackend } from '@fluxori/backend';
import { type Backend, type BucketStore, ManualClock, type TakeResult } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { handOver } from '../testing/hand-over.js';
import { RateTracker } from './rate-tracker.js';
import type { UsagePlan } from './usage-plan.js';

const plan: UsagePlan = {
  key: 'app/acme/orders',
  ratePerSecond: 2,
  burst: 5,
  source: 'published',
  label: 'orders@acme',
};

let clock: ManualClock;
let backend: Backend;

beforeEach(async () => {
  clock = new ManualClock();
  backend = await openBackend('memory:', { clock });
});

afterEach(async () => {
  await backend[Symbol.asyncDispose]();
});

function trackerOn(buckets: BucketStore): RateTracker {
  return new RateTracker({ buckets, clock });
}

/** The store with another `take`. */
function storeWith(take: BucketStore['take']): BucketStore {
  const { buckets } = backend;
  return {
    take,
    settle: (...args) => buckets.settle(...args),
    forget: (...args) => buckets.forget(...args),
    drain: (...args) => buckets.drain(...args),
    inspect: (...args) => buckets.inspect(...args),
  };
}

async function useUpBurst(tracker: RateTracker): Promise<void> {
  for (let i = 0; i < plan.burst; i += 1) await tracker.settle(await tracker.acquire([plan]));
}

describe('a lane', () => {
  it('looks again when somebody more urgent arrives, whose turn comes sooner than that of those who wait', async () => {
    const tracker = trackerOn(backend.buckets);
    await useUpBurst(tracker);
    for (let job = 0; job < 10; job += 1) {
      await tracker.acquire([plan], { maxWaitMs: 0, waiter: `job-${job}` }).catch(() => undefined);
    }
    const stop = new AbortController();
    tracker.acquire([plan], { priority: 'bulk', signal: stop.signal }).catch(() => undefined);
    await handOver();
    const urgent = tracker.acquire([plan], { priority: 'critical' });
    await handOver();
    await clock.advance(500);
    await handOver();
    await expect(Promise.race([urgent, handOver().then(() => 'still waiting')])).resolves.toMatchObject({
      waitedMs: 500,
    });
    stop.abort();
  });

  it('takes a named waiter out of the store that was served with a token asked for in another’s name', async () => {
    let release: (() => void) | undefined;
    const tracker = trackerOn(
      storeWith(async (limits, options) => {
        const result = await backend.buckets.take(limits, options);
        if (options.priority === 5 && result.granted) {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        return result;
      }),
    );
    await useUpBurst(tracker);
    const bulk = tracker.acquire([plan], { priority: 'bulk' });
    await handOver();
    await clock.advance(500);
    // The store has given the token; the answer is on its way when the urgent job lines up.
    const urgent = tracker.acquire([plan], { priority: 'critical', waiter: 'job-1' });
    await handOver();
    expect(await backend.buckets.inspect('')).toMatchObject([{ waiting: 1 }]);
    release?.();
    await expect(urgent).resolves.toMatchObject({ waitedMs: 0 });
    await handOver();
    await clock.advance(500);
    await handOver();
    release?.();
    await bulk;
    expect(await backend.buckets.inspect('')).toMatchObject([{ waiting: 0 }]);
  });

  it('no longer stands in the store for a priority whose callers have all left', async () => {
    const tracker = trackerOn(backend.buckets);
    await useUpBurst(tracker);
    const stop = new AbortController();
    tracker.acquire([plan], { priority: 'high', signal: stop.signal }).catch(() => undefined);
    await handOver();
    const patient = [1, 2, 3].map(() => tracker.acquire([plan], { priority: 'low' }));
    await handOver();
    stop.abort();
    await handOver();
    await clock.advance(500);
    await handOver();
    expect(await backend.buckets.inspect('')).toMatchObject([{ waiting: 1 }]);
    for (let i = 0; i < 2; i += 1) {
      await clock.advance(500);
      await handOver();
    }
    await Promise.all(patient);
  });

  it('gets the token of a newcomer who would overtake those who wait in it', async () => {
    const grant = { id: 'g', keys: [plan.key] };
    const no = (): TakeResult => ({ granted: false, retryAt: clock.now() + 60_000, limitedBy: plan.key });
    // Denied to the first and to the lane that he waits in; there when the newcomer asks; gone when he asks again.
    const script = [no, no, (): TakeResult => ({ granted: true, grant }), no];
    const tracker = trackerOn(storeWith(async () => (script.shift() ?? no)()));
    const first = tracker.acquire([plan]);
    await handOver();
    await expect(tracker.acquire([plan], { maxWaitMs: 10 })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(first).resolves.toMatchObject({ grant });
    await handOver();
    expect(tracker.lanes).toBe(0);
  });

  it('tells all who wait in it when the store fails, and is gone', async () => {
    const no: TakeResult = { granted: false, retryAt: clock.now() + 1_000, limitedBy: plan.key };
    let asked = 0;
    const tracker = trackerOn(
      storeWith(async () => {
        asked += 1;
        if (asked > 3) throw new Error('the store is gone');
        return no;
      }),
    );
    const waiting = [1, 2].map(() => tracker.acquire([plan]));
    for (const one of waiting) one.catch(() => undefined);
    await handOver();
    await clock.advance(2_000);
    for (const one of waiting) await expect(one).rejects.toThrow('the store is gone');
    expect(tracker.lanes).toBe(0);
  });
});
