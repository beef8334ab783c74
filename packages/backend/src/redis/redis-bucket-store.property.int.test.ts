import { randomUUID } from 'node:crypto';
import { type BucketGrant, type BucketLimit, type Clock, silentLogger, systemClock } from '@fluxori/core';
import { describeWith, freshPlace } from '@fluxori/test-services';
import { fc } from '@fluxori/test-services/fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { BucketLedger } from '../buckets/bucket-ledger.js';
import { Lifetime } from '../life/lifetime.js';
import { bucketScripts } from './lua/bucket-scripts.js';
import { leaseOf } from './pending-settles.js';
import { RedisBucketStore } from './redis-bucket-store.js';
import { createRedisClient, type RedisClient } from './redis-client.js';
import { RedisLink } from './redis-link.js';
import { readRedisUrl } from './redis-url.js';

/** So long that the store renews nothing by itself while the test runs. */
const leaseMs = 600_000;
/** Redis reads the time from a key; these scripts exist only here. */
const heldStill = `
local function wallClock()
  return tonumber(redis.call('GET', KEYS[1] .. 'test-clock'))
end`;
const scripts = bucketScripts(leaseMs, heldStill);
const startMs = 1_800_000_000_000;

const limitOf = fc.record({
  ratePerSecond: fc.oneof(
    fc.constantFrom(0.0167, 0.5, 2, 4, 10),
    fc.double({ min: 0.05, max: 30, noNaN: true }),
  ),
  burst: fc.integer({ min: 1, max: 6 }),
});
const bucket = fc.integer({ min: 0, max: 2 });
const waiterName = fc.option(
  fc.integer({ min: 0, max: 7 }).map((index) => `waiter ${index}`),
  { nil: undefined },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      buckets: fc.array(bucket, { minLength: 1, maxLength: 3 }),
      priority: fc.integer({ min: 1, max: 5 }),
      waiter: waiterName,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat({ max: 20 }),
      consumed: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  },
  // To the very moment that somebody was told, where being a millisecond off would show.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reach' as const), which: fc.nat({ max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(leaseMs, leaseMs + 10_000),
    }),
  },
  // Of those whose holders are alive, some are in time, some late but not too late, and some have ended.
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('renew' as const),
      afterMs: fc.constantFrom(1, leaseMs / 2, leaseMs),
      which: fc.array(fc.nat({ max: 20 }), { maxLength: 3 }),
    }),
  },
  // Somebody sets the clock: back is a pause without length, forward is believed.
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('set' as const), ms: fc.integer({ min: -90_000, max: 5_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('drain' as const),
      bucket,
      pauseMs: fc.option(fc.integer({ min: 0, max: 8_000 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), bucket, limit: limitOf }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('forget' as const), waiter: waiterName }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

describeWith('redis', 'the scripts of the buckets', () => {
  let client: RedisClient;
  let prefix: string;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const place = await freshPlace('redis');
    remove = place.remove;
    const address = readRedisUrl(place.url.replace('redis:', ''), false);
    prefix = address.prefix;
    client = createRedisClient(address, { name: 'property test', silenceMs: 600_000, waits: false });
    client.on('error', () => {});
    client.setMaxListeners(0);
    await client.connect();
  });
  afterAll(async () => {
    client.disconnect();
    await remove();
  });

  it('answer as the ledger does, whatever is done in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(limitOf, limitOf, limitOf),
        fc.array(step, { minLength: 20, maxLength: 120 }),
        async (limits, steps) => {
          await compare(client, `{${prefix}}${randomUUID()}/`, limits, steps);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Does the same with both and compares every answer. */
async function compare(
  client: RedisClient,
  root: string,
  firstLimits: readonly Omit<BucketLimit, 'key'>[],
  steps: readonly Step[],
): Promise<void> {
  let nowMs = startMs;
  const clock: Clock = { now: () => nowMs, sleep: systemClock.sleep };
  const life = new Lifetime(root);
  const link = new RedisLink({
    client,
    label: 'redis',
    root,
    life,
    logger: silentLogger,
    clock,
    patienceMs: 0,
  });
  let ids = 0;
  const store = new RedisBucketStore({ link, life, clock, leaseMs, scripts, newId: () => `grant ${ids++}` });
  const ledger = new BucketLedger({ clock, leaseMs });
  const limits: BucketLimit[] = firstLimits.map((limit, index) => ({ key: `bucket ${index}`, ...limit }));
  const grants: { ours: BucketGrant; theirs: BucketGrant }[] = [];
  const told: number[] = [];
  const goTo = async (ms: number) => {
    nowMs = ms;
    await client.set(`${root}test-clock`, String(ms));
  };
  await goTo(startMs);
  await store.open();
  const run = async (one: Step) => {
    if (one.do === 'take') {
      const asked = one.buckets.map((index) => limits[index]!);
      const options = { priority: one.priority, ...(one.waiter !== undefined && { waiter: one.waiter }) };
      const theirs = ledger.take(asked, options);
      const ours = await store.take(asked, options);
      expect(ours.granted).toBe(theirs.granted);
      if (ours.granted && theirs.granted) grants.push({ ours: ours.grant, theirs: theirs.grant });
      if (!ours.granted && !theirs.granted) {
        expect(ours.limitedBy).toBe(theirs.limitedBy);
        // One millisecond is what reading another clock costs.
        expect(ours.retryAt - theirs.retryAt).toBeGreaterThanOrEqual(0);
        expect(ours.retryAt - theirs.retryAt).toBeLessThanOrEqual(1);
        told.push(theirs.retryAt);
      }
    } else if (one.do === 'settle' && grants.length > 0) {
      const [grant] = grants.splice(one.which % grants.length, 1);
      ledger.settle(grant!.theirs.id, one.consumed);
      await store.settle(grant!.ours, { consumed: one.consumed });
      // Settles ride with the next call; the ledger has them at once, so this one goes now.
      await store.open();
    } else if (one.do === 'renew') {
      await goTo(nowMs + one.afterMs);
      const alive = grants.length === 0 ? [] : one.which.map((which) => grants[which % grants.length]!);
      ledger.renew(alive.map(({ theirs }) => theirs.id));
      await link.script(scripts.renew, [alive.length, ...alive.map(({ ours }) => leaseOf(ours))]);
    } else if (one.do === 'pass') await goTo(nowMs + one.ms);
    else if (one.do === 'set') {
      await goTo(nowMs + one.ms);
      // Both must have seen the clock being set before it goes on.
      await store.open();
      ledger.settle('nothing', true);
    } else if (one.do === 'reach' && told.length > 0)
      await goTo(Math.max(told[one.which % told.length]!, nowMs));
    else if (one.do === 'drain') {
      const end = one.pauseMs === undefined ? undefined : nowMs + one.pauseMs;
      ledger.drain(limits[one.bucket]!, end);
      await store.drain(limits[one.bucket]!, end === undefined ? {} : { untilMs: end });
    } else if (one.do === 'limit') limits[one.bucket] = { ...limits[one.bucket]!, ...one.limit };
    else if (one.do === 'forget' && one.waiter !== undefined) {
      // Every script reads the clock and ends leases; of the ledger's methods this one does not.
      ledger.settle('nothing', true);
      ledger.forget(one.waiter);
      await store.forget(one.waiter);
    }
  };
  try {
    for (const one of steps) await run(one);
    await expectSame(ledger, store);
  } finally {
    await life.end(async () => {
      link.end();
      await store.close();
    });
  }
}

async function expectSame(ledger: BucketLedger, store: RedisBucketStore): Promise<void> {
  const theirs = ledger.inspect('');
  const ours = await store.inspect('');
  expect(ours.map(({ key }) => key)).toEqual(theirs.map(({ key }) => key));
  for (const [index, state] of ours.entries()) {
    const other = theirs[index]!;
    expect(state).toMatchObject({
      ratePerSecond: other.ratePerSecond,
      burst: other.burst,
      inFlight: other.inFlight,
      waiting: other.waiting,
    });
    expect(state.level).toBeCloseTo(other.level, 6);
    expect(Math.abs(state.nextTokenAt - other.nextTokenAt)).toBeLessThanOrEqual(1);
  }
}
