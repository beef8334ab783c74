import { openBackend } from '@fluxori/backend';
import { type Clock, ManualClock, NetworkError, RateLimitError, silentLogger } from '@fluxori/core';
import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { listingsFeedWindow, SubmissionWindow } from './submission-window.js';
import { listingsFeedPlan } from './usage-plans.js';

const { count, windowMs } = listingsFeedWindow;

/** One submission: when it is wanted, how long its request takes, when within that it arrives, and what its sender hears. */
interface Wish {
  readonly atMs: number;
  readonly tookMs: number;
  readonly arrives: number;
  readonly hears: 'answer' | 'nothing' | 'refusal' | 'never sent';
}

const wish: fc.Arbitrary<Wish> = fc.record({
  // Bursts, and others at any time.
  atMs: fc.oneof(fc.constant(0), fc.constant(290_000), fc.integer({ min: 0, max: 1_500_000 })),
  tookMs: fc.oneof(fc.constant(20), fc.integer({ min: 0, max: 120_000 })),
  arrives: fc.double({ min: 0, max: 1, noNaN: true }),
  hears: fc.oneof(
    { weight: 6, arbitrary: fc.constant('answer' as const) },
    fc.constantFrom('nothing' as const, 'refusal' as const, 'never sent' as const),
  ),
});

type Gate = (process: number, submit: () => Promise<unknown>) => Promise<unknown>;

/** Lives through the wishes by that gate, and gives the moments at which Amazon counted one. */
async function arrivalsOf(wishes: readonly Wish[], clock: ManualClock, gate: Gate): Promise<number[]> {
  const arrived: number[] = [];
  const submit = async ({ tookMs, arrives, hears }: Wish) => {
    await clock.sleep(tookMs * arrives);
    if (hears === 'refusal')
      throw new RateLimitError('429', { retryAt: new Date(clock.now()), attempts: 1, at: new Date() });
    if (hears === 'never sent') throw new NetworkError('x', { host: 'h', outcome: 'not-sent' });
    arrived.push(clock.now());
    await clock.sleep(tookMs * (1 - arrives));
    if (hears === 'nothing') throw new NetworkError('x', { host: 'h', outcome: 'unknown' });
  };
  let over = 0;
  const all = wishes.map(async (one, index) => {
    await clock.sleep(one.atMs);
    await gate(index % 2, () => submit(one)).catch(() => undefined);
    over++;
  });
  while (over < wishes.length) await clock.advance(60_000);
  await Promise.all(all);
  return arrived.sort((a, b) => a - b);
}

/** The most in any five minutes, wherever they begin. */
function mostInAWindow(arrived: readonly number[]): number {
  const within = (from: number) => arrived.filter((at) => at >= from && at < from + windowMs).length;
  return Math.max(0, ...arrived.map(within));
}

describe('the window of JSON_LISTINGS_FEED', () => {
  it('holds five submissions at most, whenever it begins, for two processes and whatever becomes of the answers', async () => {
    let busiest = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { minLength: 1, maxLength: 25 }), async (wishes) => {
        const clock = new ManualClock();
        await using backend = await openBackend('memory:', { clock });
        const { keyValues, locks } = backend;
        const windows = [0, 1].map(
          () =>
            new SubmissionWindow({
              ...{ keyValues, locks, clock, logger: silentLogger, limit: listingsFeedWindow },
              ...{ key: 'sp-api-window/x', label: 'x' },
            }),
        );
        const arrived = await arrivalsOf(wishes, clock, (process, submit) =>
          (windows[process] as SubmissionWindow).run(submit),
        );
        const most = mostInAWindow(arrived);
        busiest = Math.max(busiest, most);
        expect(most).toBeLessThanOrEqual(count);
        const counted = wishes.filter(({ hears }) => hears === 'answer' || hears === 'nothing');
        expect(arrived).toHaveLength(counted.length);
      }),
      { numRuns: 60 },
    );
    // It is used to the full.
    expect(busiest).toBe(count);
  });

  const burst: readonly Wish[] = Array.from({ length: 12 }, () => ({
    ...{ atMs: 0, tookMs: 0, arrives: 0, hears: 'answer' },
  }));

  it('lets the sixth go as soon as five minutes are over, where a token bucket lets more through', async () => {
    const clock = new ManualClock();
    await using backend = await openBackend('memory:', { clock });
    const { keyValues, locks } = backend;
    const window = new SubmissionWindow({
      ...{ keyValues, locks, clock, logger: silentLogger, limit: listingsFeedWindow },
      ...{ key: 'sp-api-window/x', label: 'x' },
    });
    const begin = clock.now();
    const arrived = await arrivalsOf(burst, clock, (_, submit) => window.run(submit));
    expect(arrived.map((at) => Math.round((at - begin) / 60_000))).toEqual([
      ...[0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10],
    ]);

    const limit = { key: 'x', ...listingsFeedPlan };
    const throughBucket = await arrivalsOf(burst, clock, async (_, submit) => {
      for (;;) {
        const taken = await backend.buckets.take([limit], { priority: 3 });
        if (taken.granted) return submit().finally(() => backend.buckets.settle(taken.grant));
        await clock.sleep(taken.retryAt - clock.now());
      }
    });
    expect(mostInAWindow(throughBucket)).toBeGreaterThan(count);
  });

  it('tells when there is room again, instead of waiting, whoever cannot wait that long', async () => {
    const clock = new ManualClock();
    await using backend = await openBackend('memory:', { clock });
    const { keyValues, locks } = backend;
    const window = new SubmissionWindow({
      ...{ keyValues, locks, clock, logger: silentLogger, limit: listingsFeedWindow },
      ...{ key: 'sp-api-window/x', label: 'feeds.createFeed/JSON_LISTINGS_FEED@acme-za' },
    });
    for (let n = 0; n < count; n++) await window.run(async () => n);
    const submit = async () => 'submitted';
    await expect(window.run(submit, { maxWaitMs: 1_000, account: 'acme-za' })).rejects.toMatchObject({
      ...{ name: 'RateLimitError', account: 'acme-za', retryAt: new Date(clock.now() + 301_000) },
      message: expect.stringMatching(/JSON_LISTINGS_FEED@acme-za: Amazon takes 5 in 5 minutes/),
    });
    await clock.advance(301_000);
    expect(await window.run(submit, { maxWaitMs: 0 })).toBe('submitted');
  });

  it('lets nobody wait for longer than a window because the others’ clock is ahead of his', async () => {
    const clock = new ManualClock();
    await using backend = await openBackend('memory:', { clock });
    const { keyValues, locks } = backend;
    const aheadMs = 3_600_000;
    const ahead: Clock = {
      now: () => clock.now() + aheadMs,
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
    const [theirs, ours] = [ahead, clock].map(
      (own) =>
        new SubmissionWindow({
          ...{ keyValues, locks, clock: own, logger: silentLogger, limit: listingsFeedWindow },
          ...{ key: 'sp-api-window/x', label: 'x' },
        }),
    ) as [SubmissionWindow, SubmissionWindow];
    for (let n = 0; n < count; n++) await theirs.run(async () => n);
    const refused = ours.run(async () => 'submitted', { maxWaitMs: 0 });
    await expect(refused).rejects.toMatchObject({ retryAt: new Date(clock.now() + 301_000) });
    await clock.advance(301_000);
    expect(await ours.run(async () => 'submitted', { maxWaitMs: 0 })).toBe('submitted');
  });
});
