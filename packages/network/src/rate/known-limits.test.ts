import { openBackend } from '@fluxori/backend';
import { type Backend, type KeyValueStore, ManualClock } from '@fluxori/core';
import { fc } from '@fluxori/test-services/fast-check';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { networkMetrics } from '../metric-names.js';
import { type KnownLimit, knownLimitFrom, merged, recordOf } from './known-limit.js';
import { rateGauges } from './rate-gauges.js';
import { RateTracker } from './rate-tracker.js';
import type { UsagePlan } from './usage-plan.js';

const plan: UsagePlan = {
  key: 'app/acme/eu/orders',
  ratePerSecond: 2,
  burst: 5,
  source: 'published',
  label: 'orders@acme',
  observable: true,
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

/** A process of its own: it shares nothing with the others but the backend. */
function processWith(keyValues: KeyValueStore = backend.keyValues): RateTracker {
  return new RateTracker({ buckets: backend.buckets, keyValues, clock, random: () => 0 });
}

function keyValuesWith(changed: Partial<KeyValueStore>): KeyValueStore {
  const { keyValues } = backend;
  return {
    get: (key) => keyValues.get(key),
    set: (...args) => keyValues.set(...args),
    delete: (key) => keyValues.delete(key),
    keys: (prefix) => keyValues.keys(prefix),
    ...changed,
  };
}

async function take(tracker: RateTracker) {
  const grant = await tracker.acquire([plan], { maxWaitMs: 0 });
  await tracker.settle(grant);
  return grant;
}

/** One request that is refused, and the pause after it. */
async function throttledOn(tracker: RateTracker): Promise<void> {
  const grant = await take(tracker);
  await clock.advance(1);
  const until = await tracker.throttled(grant);
  await clock.advance(until.getTime() - clock.now());
}

describe('what one process has learnt', () => {
  it('is forgotten 30 days after it was last heard of, and not while it is announced again and again', async () => {
    const dayMs = 24 * 3_600_000;
    let writes = 0;
    const keyValues = keyValuesWith({
      set: (...args) => {
        writes += 1;
        return backend.keyValues.set(...args);
      },
    });
    const one = processWith(keyValues);
    await take(one);
    one.observe([plan], '4.0');
    const rateOf = async () => (await take(processWith())).plans[0]?.ratePerSecond;
    for (let hour = 0; hour < 40 * 24; hour++) {
      await clock.advance(3_600_000);
      one.observe([plan], '4.0');
    }
    expect(await rateOf()).toBe(4);
    // Once a day, however often it is announced.
    expect(writes).toBe(41);
    await clock.advance(29 * dayMs);
    expect(await rateOf()).toBe(4);
    await clock.advance(2 * dayMs);
    expect(await rateOf()).toBe(plan.ratePerSecond);
    expect(await backend.keyValues.keys('rate/known/')).toEqual([]);
  });

  it('is known to another that works on, within two seconds', async () => {
    const [one, other] = [processWith(), processWith()];
    await take(other);
    one.observe([plan], '4.0');
    await clock.advance(2_500);
    await take(other);
    await clock.advance(0);
    expect((await take(other)).plans).toMatchObject([{ ratePerSecond: 4, source: 'observed' }]);
  });

  it('is kept to by another: the part of the limit that is left', async () => {
    const [one, other] = [processWith(), processWith()];
    await take(other);
    await throttledOn(one);
    await throttledOn(one);
    await clock.advance(2_500);
    await take(other);
    await clock.advance(0);
    const [state] = await other.inspect();
    expect(state?.yielding?.share).toBeLessThan(0.6);
    await clock.advance(60_000);
    await take(other);
    expect(await backend.buckets.inspect('')).toMatchObject([{ burst: expect.closeTo(2.9, 0) }]);
  });

  it('is told of buckets that this process has not used', async () => {
    const one = processWith();
    await take(one);
    one.observe([plan], '4.0');
    await throttledOn(one);
    await throttledOn(one);
    expect(await processWith().inspect()).toMatchObject([
      {
        label: plan.key,
        source: 'observed',
        ratePerSecond: 4,
        burst: 5,
        yielding: { since: expect.any(Date) },
      },
    ]);
    expect(await processWith().inspect('', { usedHere: true })).toEqual([]);
  });

  it('is a gauge: the least part of the rate that is left, by limit', async () => {
    const one = processWith();
    const share = async () =>
      (await rateGauges(one).read({ signal: new AbortController().signal })).filter(
        ({ name }) => name === networkMetrics.share.name,
      );
    await throttledOn(one);
    expect(await share()).toEqual([
      { name: networkMetrics.share.name, labels: { limit: 'orders', scope: 'account' }, value: 1 },
    ]);
    await throttledOn(one);
    expect((await share())[0]?.value).toBeCloseTo(0.5, 1);
  });

  it('is written again when another process’ record has overwritten it', async () => {
    const one = processWith();
    await throttledOn(one);
    one.observe([plan], '4.0');
    const key = `rate/known/${plan.key}`;
    const record = await backend.keyValues.get(key);
    await backend.keyValues.set(key, {});
    await clock.advance(2_500);
    await take(one);
    await clock.advance(0);
    expect(await backend.keyValues.get(key)).toEqual(record);
  });
});

describe('a refusal that several processes hear at once', () => {
  it('counts once', async () => {
    const processes = [processWith(), processWith(), processWith()];
    const round = async () => {
      const grants = [];
      for (const one of processes) grants.push(await one.acquire([plan]));
      await clock.advance(10);
      const untils = [];
      for (const [index, one] of processes.entries()) {
        const grant = grants[index];
        if (grant !== undefined) untils.push((await one.throttled(grant)).getTime());
        await clock.advance(5);
      }
      for (const [index, one] of processes.entries()) await one.settle(grants[index] ?? (await take(one)));
      return untils;
    };
    expect(new Set(await round()).size).toBe(1);
    expect((await processes[2]?.inspect())?.[0]).not.toHaveProperty('yielding');
  });

  it('counts once too when their clocks do not agree', async () => {
    const skewed = new ManualClock(clock.now() + 3_000);
    const other = new RateTracker({
      buckets: backend.buckets,
      keyValues: backend.keyValues,
      clock: skewed,
      random: () => 0,
    });
    const one = processWith();
    await take(other);
    // It does not look again yet: what it finds after the refusal may have been written at any time since.
    await skewed.advance(1_500);
    await clock.advance(1_500);
    const [first, second] = [await one.acquire([plan]), await other.acquire([plan])];
    await one.throttled(first);
    await other.throttled(second);
    expect((await other.inspect())[0]).not.toHaveProperty('yielding');
  });
});

describe('a store that does not share what is known', () => {
  it('costs a call a second at most when it hangs, and nothing from then on', async () => {
    const never = () => new Promise<never>(() => undefined);
    const tracker = processWith(keyValuesWith({ get: never, set: never }));
    const first = take(tracker);
    await clock.advance(1_000);
    await first;
    await take(tracker);
    await clock.advance(5_000);
    await take(tracker);
  });

  it('costs the knowledge, not the call, when it fails', async () => {
    const fail = () => Promise.reject(new Error('the store is gone'));
    const tracker = processWith(keyValuesWith({ get: fail, set: fail }));
    await throttledOn(tracker);
    await throttledOn(tracker);
    tracker.observe([plan], '4.0');
    expect((await tracker.inspect())[0]?.yielding?.share).toBeLessThan(0.6);
  });
});

describe('a record of what is known', () => {
  const observed = fc.record({
    turn: fc.integer({ min: 1, max: 4 }),
    ratePerSecond: fc.constantFrom(1, 2, 4),
  });
  const yielding = fc
    .record({
      turn: fc.integer({ min: 1, max: 4 }),
      at: fc.integer({ min: 0, max: 9 }),
      share: fc.constantFrom(0.25, 0.5),
    })
    .map((part) => ({ ...part, since: 0, peak: 0.5, ratePerSecond: 2, burst: 5, pauseMs: 500 }));
  const known: fc.Arbitrary<KnownLimit> = fc
    .record({ observed: fc.option(observed), yielding: fc.option(yielding) })
    .map((parts) => ({
      ...(parts.observed && { observed: parts.observed }),
      ...(parts.yielding && { yielding: parts.yielding }),
    }));
  /** Which of two is kept may differ in when, never in what is done. */
  const meaning = ({ observed, yielding }: KnownLimit) => [observed, yielding?.turn, yielding?.share];

  it('comes to the same whoever learns of it first, and however often', () => {
    fc.assert(
      fc.property(known, known, known, (a, b, c) => {
        expect(meaning(merged(a, b))).toEqual(meaning(merged(b, a)));
        expect(meaning(merged(merged(a, b), c))).toEqual(meaning(merged(a, merged(b, c))));
        expect(merged(merged(a, b), b)).toEqual(merged(a, b));
      }),
    );
  });

  it('is read as it was written, and what makes no sense is left out', () => {
    fc.assert(fc.property(known, (one) => expect(knownLimitFrom(recordOf(one))).toEqual(one)));
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(knownLimitFrom(value as never)).toBeDefined()));
    expect(
      knownLimitFrom({ observed: { turn: 1, ratePerSecond: -1 }, yielding: { turn: 1, share: 2 } }),
    ).toEqual({});
  });
});
