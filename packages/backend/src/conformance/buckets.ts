import type { BucketGrant, BucketLimit, TakeOptions, TakeResult } from '@fluxori/core';
import { type Bench, failureOf, type SuiteApi } from './under-test.js';

/** Takes `times` tokens; fails when one is refused. */
export async function takeAll(
  bench: Bench,
  limits: readonly BucketLimit[],
  times: number,
): Promise<BucketGrant[]> {
  const grants: BucketGrant[] = [];
  for (let index = 0; index < times; index++) {
    const result = await bench.backend.buckets.take(limits, { priority: 3 });
    if (!result.granted) throw new Error(`token ${index + 1} of ${times} was refused`);
    grants.push(result.grant);
  }
  return grants;
}

export async function settleAll(
  bench: Bench,
  grants: readonly BucketGrant[],
  consumed = true,
): Promise<void> {
  for (const grant of grants) await bench.backend.buckets.settle(grant, { consumed });
}

/** What a take was answered, and when. */
export interface Told {
  readonly answer: TakeResult;
  /** When it was answered, in epoch milliseconds. */
  readonly atMs: number;
  /** When it may be tried again, in epoch milliseconds; `atMs` when a token was given. */
  readonly turnMs: number;
  /** By how much that may be late: who asks another clock knows no more than that it answered in between. */
  readonly slackMs: number;
}

export async function ask(bench: Bench, limits: readonly BucketLimit[], options: TakeOptions): Promise<Told> {
  const askedMs = bench.now();
  const answer = await bench.backend.buckets.take(limits, options);
  const atMs = bench.now();
  const turnMs = answer.granted ? atMs : answer.retryAt;
  return { answer, atMs, turnMs, slackMs: bench.slackMs + atMs - askedMs };
}

/** A process that is held up for no longer renews what it has in flight in time; the shared drivers' lease is 3 s in these suites. */
const heldUpMs = 1_500;

export function describeBuckets({ describe, it, itWaits, expect }: SuiteApi, bench: Bench): void {
  const bucket = (ratePerSecond: number, burst: number): BucketLimit => ({
    key: bench.unique('bucket'),
    ratePerSecond,
    burst,
  });
  /** Nobody gets one before it has come in, and nobody is told that it takes longer. */
  const expectNextToken = (told: Told, emptyFromMs: number, tokenMs: number) => {
    expect(told.answer.granted).toBe(false);
    expect(told.turnMs).toBeGreaterThanOrEqual(emptyFromMs + tokenMs - bench.slackMs);
    expect(told.turnMs).toBeLessThanOrEqual(told.atMs + tokenMs + told.slackMs);
  };
  const stateOf = async ({ key }: BucketLimit) => (await bench.backend.buckets.inspect(key))[0]!;

  describe('buckets', () => {
    it('are full at first, give the burst, and then tell when the next token comes', async () => {
      const limit = bucket(0.001, 3);
      const fromMs = bench.now();
      await settleAll(bench, await takeAll(bench, [limit], 3));
      const refused = await ask(bench, [limit], { priority: 3 });
      expect(refused.answer).toMatchObject({ granted: false, limitedBy: limit.key });
      expectNextToken(refused, fromMs, 1_000_000);
    });

    itWaits('give the token at the moment that was told, for odd rates too', async () => {
      for (const ratePerSecond of [3, 7.3, 11, 0.9]) {
        const limit = bucket(ratePerSecond, 1);
        let told = await ask(bench, [limit], { priority: 3 });
        // On a slow machine the next has come in meanwhile.
        for (; told.answer.granted; told = await ask(bench, [limit], { priority: 3 })) {
          await settleAll(bench, [told.answer.grant]);
        }
        await bench.pass(Math.max(told.turnMs - bench.now(), 0));
        expect(await bench.backend.buckets.take([limit], { priority: 3 })).toMatchObject({ granted: true });
      }
    });

    it('take from all buckets or from none', async () => {
      const empty = bucket(0.01, 1);
      const full = bucket(5, 4);
      await settleAll(bench, await takeAll(bench, [empty], 1));
      const refused = await bench.backend.buckets.take([full, empty], { priority: 3 });
      expect(refused).toMatchObject({ granted: false, limitedBy: empty.key });
      expect((await stateOf(full)).level).toBeCloseTo(4, 6);
    });

    itWaits('fill up to the burst less what is in flight, until that is settled', async () => {
      await bench.play(async (inTime) => {
        const limit = bucket(10, 5);
        const grants = await takeAll(bench, [limit], 5);
        await bench.pass(1_500);
        const full = await stateOf(limit);
        const refused = await bench.backend.buckets.take([limit], { priority: 3 });
        await settleAll(bench, grants.slice(0, 3));
        await bench.pass(1_500);
        const state = await stateOf(limit);
        await settleAll(bench, grants);
        // What is in flight has ended when its process could not renew it for a lease.
        inTime(Number.POSITIVE_INFINITY, heldUpMs);
        expect(full).toMatchObject({ level: 0, inFlight: 5 });
        expect(refused).toMatchObject({ granted: false });
        expect(state.level).toBeCloseTo(3, 6);
        expect(state.inFlight).toBe(2);
      });
    });

    it('get a token back when its request never reached the other side, and only once', async () => {
      const limit = bucket(0.1, 4);
      const [grant] = await takeAll(bench, [limit], 1);
      await bench.backend.buckets.settle(grant!, { consumed: false });
      await bench.backend.buckets.settle(grant!, { consumed: false });
      await bench.backend.buckets.settle(
        { id: 'of another process', keys: [limit.key] },
        { consumed: false },
      );
      const state = await stateOf(limit);
      expect(state.level).toBeCloseTo(4, 2);
      expect(state.inFlight).toBe(0);
    });

    it('carry their level over when the limit changes, and are never above the new burst', async () => {
      const limit = bucket(0.0001, 10);
      await settleAll(bench, await takeAll(bench, [limit], 4));
      await settleAll(bench, await takeAll(bench, [{ ...limit, ratePerSecond: 0.0002, burst: 20 }], 1));
      expect((await stateOf(limit)).level).toBeCloseTo(5, 0);
      await settleAll(bench, await takeAll(bench, [{ ...limit, burst: 2 }], 1));
      expect(await stateOf(limit)).toMatchObject({ burst: 2, ratePerSecond: 0.0001 });
      expect((await stateOf(limit)).level).toBeCloseTo(1, 0);
    });

    it('are emptied by drain', async () => {
      const limit = bucket(0.001, 10);
      const fromMs = bench.now();
      await bench.backend.buckets.drain(limit);
      expectNextToken(await ask(bench, [limit], { priority: 3 }), fromMs, 1_000_000);
    });

    itWaits(
      'give nothing before the end of a pause, not even at another rate, and one token then',
      async () => {
        await bench.play(async (inTime, stretch) => {
          const limit = bucket(20, 10);
          const slow = { ...limit, ratePerSecond: 0.5 / stretch };
          const untilMs = bench.now() + 1_000 * stretch;
          await bench.backend.buckets.drain(limit, { untilMs });
          const { level } = await stateOf(limit);
          const answers: Told[] = [];
          for (const one of [limit, { ...limit, ratePerSecond: 40 }, slow]) {
            answers.push(await ask(bench, [one], { priority: 3 }));
          }
          inTime(900 * stretch);
          expect(level).toBeLessThan(0);
          let turnMs = untilMs;
          for (const told of answers) {
            expect(told.answer.granted).toBe(false);
            expect(told.turnMs).toBeGreaterThanOrEqual(untilMs);
            expect(told.turnMs).toBeLessThanOrEqual(untilMs + told.slackMs + bench.lateMs * stretch);
            turnMs = Math.max(turnMs, told.turnMs);
          }
          await bench.pass(Math.max(turnMs - bench.now(), 0) + bench.slackMs);
          const first = await bench.backend.buckets.take([slow], { priority: 3 });
          const second = await bench.backend.buckets.take([slow], { priority: 3 });
          // A second token comes after two seconds.
          inTime(2_500 * stretch);
          expect(first).toMatchObject({ granted: true });
          expect(second).toMatchObject({ granted: false });
        });
      },
    );

    it('are listed by the beginning of their key, in order', async () => {
      const prefix = `${bench.unique('listed')}%`;
      for (const name of ['b', 'a', 'C']) {
        const limit = { key: `${prefix}${name}`, ratePerSecond: 1, burst: 2 };
        await settleAll(bench, await takeAll(bench, [limit], 1));
      }
      const states = await bench.backend.buckets.inspect(prefix);
      expect(states.map(({ key }) => key.slice(prefix.length))).toEqual(['C', 'a', 'b']);
      expect(states[0]).toMatchObject({ ratePerSecond: 1, burst: 2, inFlight: 0, waiting: 0 });
    });

    it('serve nobody twice when many ask at once', async () => {
      const limit = bucket(0.001, 25);
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => bench.backend.buckets.take([limit], { priority: 3 })),
      );
      expect(answers.filter((answer) => answer.granted).length).toBe(25);
    });

    it('refuse limits that make no sense', async () => {
      for (const wrong of [{ ratePerSecond: 0 }, { ratePerSecond: Number.NaN }, { burst: 0 }, { key: '' }]) {
        const limit = { ...bucket(1, 1), ...wrong };
        const failure = await failureOf(bench.backend.buckets.take([limit], { priority: 3 }));
        expect(failure).toMatchObject({ code: 'VALIDATION_FAILED', field: Object.keys(wrong)[0] });
      }
    });
  });
}
