import { type BucketLimit, priorities, type TakeResult } from '@fluxori/core';
import { settleAll, takeAll, waitOf } from './buckets.js';
import type { Bench, TestApi } from './under-test.js';

const { critical, normal, bulk } = priorities;

/** How long a token takes where nobody waits for it, and where somebody does. */
const slowMs = 100_000;
const quickMs = 1_000;
/** For so long after its turn a waiter at the quick bucket has a claim; less what its answers may be late. */
const claimMs = 1_800;

export function describeTurns({ describe, it, expect }: TestApi, bench: Bench): void {
  /** A bucket that has just been emptied, and how to ask it. A token takes so long that it makes no difference when a busy machine is late. */
  const emptied = async (tokenMs = slowMs) => {
    const limit: BucketLimit = { key: bench.unique('turns'), ratePerSecond: 1_000 / tokenMs, burst: 4 };
    await settleAll(bench, await takeAll(bench, [limit], 4));
    const ask = (waiter: string | undefined, priority: number) =>
      bench.backend.buckets.take([limit], { priority, ...(waiter !== undefined && { waiter }) });
    const waiting = async () => (await bench.backend.buckets.inspect(limit.key))[0]!.waiting;
    return { limit, ask, waiting };
  };
  /** The turn is that of so many tokens from when the bucket was emptied, which is a moment ago. */
  const expectTurn = (answer: TakeResult, tokens: number, tokenMs = slowMs, lateMs = 0.2 * tokenMs) => {
    expect(waitOf(bench, answer)).toBeGreaterThan(tokens * tokenMs - lateMs);
    expect(waitOf(bench, answer)).toBeLessThanOrEqual(tokens * tokenMs + bench.slackMs);
  };

  describe('turns', () => {
    it('are told one token apart, in order of arrival, and kept by who asks again', async () => {
      const { ask, waiting } = await emptied();
      expectTurn(await ask('a', normal), 1);
      expectTurn(await ask('b', normal), 2);
      expectTurn(await ask('c', normal), 3);
      expectTurn(await ask('b', normal), 2);
      expect(await waiting()).toBe(3);
    });

    it('come earlier for the more urgent, who is not overtaken by those who were there before', async () => {
      await bench.play(async (inTime) => {
        const { ask } = await emptied(quickMs);
        for (let index = 0; index < 20; index++) await ask(`bulk ${index}`, bulk);
        const answer = await ask('urgent', critical);
        const waitMs = waitOf(bench, answer);
        inTime(0.9 * quickMs);
        expectTurn(answer, 1, quickMs, 0.9 * quickMs);
        await bench.pass(waitMs);
        const others = [
          await ask('bulk 0', bulk),
          await ask('a bulk newcomer', bulk),
          await ask(undefined, bulk),
        ];
        const urgent = await ask('urgent', critical);
        inTime(waitMs + claimMs);
        expect(others.map(({ granted }) => granted)).toEqual([false, false, false]);
        expect(urgent).toMatchObject({ granted: true });
      });
    });

    it('are the next token for a critical one behind 5,000 bulk waiters', async () => {
      const { ask, waiting } = await emptied(quickMs);
      for (let index = 0; index < 5_000; index += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, step) => ask(`bulk ${index + step}`, bulk)));
      }
      expect(await waiting()).toBeGreaterThan(4_900);
      const answer = await ask('critical', critical);
      expect(waitOf(bench, answer)).toBeLessThanOrEqual(1_000 + bench.slackMs);
      const last = await ask('the last', bulk);
      expect(waitOf(bench, last) === -1 || waitOf(bench, last) > 1_000_000).toBe(true);
    }, 180_000);

    it('hold within one urgency too: who comes late does not take the token of who is due', async () => {
      await bench.play(async (inTime) => {
        const { ask } = await emptied(quickMs);
        const answer = await ask('first', normal);
        const waitMs = waitOf(bench, answer);
        inTime(0.9 * quickMs);
        await bench.pass(waitMs);
        const newcomer = await ask('newcomer', normal);
        const first = await ask('first', normal);
        inTime(waitMs + claimMs);
        expect(newcomer).toMatchObject({ granted: false });
        expect(first).toMatchObject({ granted: true });
      });
    });

    it('fall to the next when a waiter is forgotten', async () => {
      const { ask, waiting } = await emptied();
      await ask('a', normal);
      await ask('b', normal);
      await bench.backend.buckets.forget('a');
      await bench.backend.buckets.forget('nobody');
      expect(await waiting()).toBe(1);
      expectTurn(await ask('b', normal), 1);
    });

    it('are lost by a waiter that does not come, so that a dead job blocks nobody', async () => {
      const { ask, waiting } = await emptied(quickMs);
      await ask('dead', critical);
      await bench.pass(3_400);
      expect(await waiting()).toBe(0);
      expect(await ask('alive', bulk)).toMatchObject({ granted: true });
    });

    it('move up when a waiter becomes more urgent', async () => {
      const { ask, waiting } = await emptied();
      for (const name of ['a', 'b', 'c']) await ask(name, bulk);
      expectTurn(await ask('c', critical), 1);
      expect(await waiting()).toBe(3);
    });

    it('are taken in the bucket that one waits for only, so that a shared bucket goes on serving others', async () => {
      const { limit } = await emptied();
      const shared: BucketLimit = { key: bench.unique('shared'), ratePerSecond: 50, burst: 50 };
      for (let index = 0; index < 100; index++) {
        await bench.backend.buckets.take([shared, limit], {
          priority: critical,
          waiter: `${limit.key} ${index}`,
        });
      }
      await settleAll(bench, await takeAll(bench, [shared], 50));
      const refused = await bench.backend.buckets.take([shared], {
        priority: bulk,
        waiter: 'of another seller',
      });
      expect(waitOf(bench, refused)).toBeLessThanOrEqual(20 + bench.slackMs);
    });
  });
}
