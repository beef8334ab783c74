import { type BucketLimit, priorities } from '@fluxori/core';
import { ask as askOf, settleAll, type Told, takeAll } from './buckets.js';
import type { Bench, SuiteApi } from './under-test.js';

const { critical, normal, bulk } = priorities;

/** How long a token takes where nobody waits for it, and where somebody does. */
const slowMs = 100_000;
const quickMs = 1_000;
/** For so many tokens after its turn a waiter at the quick bucket has a claim; less what its answers may be late. */
const claim = 1.8;

export function describeTurns({ describe, it, itWaits, expect }: SuiteApi, bench: Bench): void {
  /** A bucket that has just been emptied, and how to ask it. */
  const emptied = async (tokenMs = slowMs) => {
    const limit: BucketLimit = { key: bench.unique('turns'), ratePerSecond: 1_000 / tokenMs, burst: 4 };
    const fromMs = bench.now();
    await settleAll(bench, await takeAll(bench, [limit], 4));
    const ask = (waiter: string | undefined, priority: number) =>
      askOf(bench, [limit], { priority, ...(waiter !== undefined && { waiter }) });
    /** The turn is that of so many tokens from when the bucket was emptied. */
    const expectTurn = ({ answer, turnMs, atMs, slackMs }: Told, tokens: number) => {
      expect(answer.granted).toBe(false);
      expect(turnMs).toBeGreaterThanOrEqual(fromMs + tokens * tokenMs - bench.slackMs);
      expect(turnMs).toBeLessThanOrEqual(atMs + tokens * tokenMs + slackMs);
    };
    const waiting = async () => (await bench.backend.buckets.inspect(limit.key))[0]!.waiting;
    return { limit, ask, waiting, expectTurn };
  };

  describe('turns', () => {
    it('are told one token apart, in order of arrival, and kept by who asks again', async () => {
      const { ask, waiting, expectTurn } = await emptied();
      expectTurn(await ask('a', normal), 1);
      expectTurn(await ask('b', normal), 2);
      expectTurn(await ask('c', normal), 3);
      expectTurn(await ask('b', normal), 2);
      expect(await waiting()).toBe(3);
    });

    itWaits(
      'come earlier for the more urgent, who is not overtaken by those who were there before',
      async () => {
        await bench.play(async (inTime, stretch) => {
          const tokenMs = quickMs * stretch;
          const { ask, expectTurn } = await emptied(tokenMs);
          for (let index = 0; index < 20; index++) await ask(`bulk ${index}`, bulk);
          const told = await ask('urgent', critical);
          inTime(0.9 * tokenMs);
          expectTurn(told, 1);
          const waitMs = told.turnMs - bench.now();
          await bench.pass(Math.max(waitMs, 0));
          const others = [
            await ask('bulk 0', bulk),
            await ask('a bulk newcomer', bulk),
            await ask(undefined, bulk),
          ];
          const urgent = await ask('urgent', critical);
          inTime(waitMs + claim * tokenMs);
          expect(others.map(({ answer }) => answer.granted)).toEqual([false, false, false]);
          expect(urgent.answer).toMatchObject({ granted: true });
        });
      },
    );

    it('are the next token for a critical one behind 5,000 bulk waiters', async () => {
      const { ask, waiting, expectTurn } = await emptied();
      for (let index = 0; index < 5_000; index += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, step) => ask(`bulk ${index + step}`, bulk)));
      }
      expect(await waiting()).toBe(5_000);
      expectTurn(await ask('critical', critical), 1);
      expectTurn(await ask('the last', bulk), 5_002);
    });

    itWaits('hold within one urgency too: who comes late does not take the token of who is due', async () => {
      await bench.play(async (inTime, stretch) => {
        const tokenMs = quickMs * stretch;
        const { ask } = await emptied(tokenMs);
        const told = await ask('first', normal);
        const waitMs = told.turnMs - bench.now();
        inTime(0.9 * tokenMs);
        await bench.pass(Math.max(waitMs, 0));
        const newcomer = await ask('newcomer', normal);
        const first = await ask('first', normal);
        inTime(waitMs + claim * tokenMs);
        expect(newcomer.answer).toMatchObject({ granted: false });
        expect(first.answer).toMatchObject({ granted: true });
      });
    });

    it('fall to the next when a waiter is forgotten', async () => {
      const { ask, waiting, expectTurn } = await emptied();
      await ask('a', normal);
      await ask('b', normal);
      await bench.backend.buckets.forget('a');
      await bench.backend.buckets.forget('nobody');
      expect(await waiting()).toBe(1);
      expectTurn(await ask('b', normal), 1);
    });

    itWaits('are lost by a waiter that does not come, so that a dead job blocks nobody', async () => {
      const { ask, waiting } = await emptied(quickMs);
      await ask('dead', critical);
      await bench.pass(3_400);
      expect(await waiting()).toBe(0);
      expect((await ask('alive', bulk)).answer).toMatchObject({ granted: true });
    });

    it('move up when a waiter becomes more urgent', async () => {
      const { ask, waiting, expectTurn } = await emptied();
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
      const told = await askOf(bench, [shared], { priority: bulk, waiter: 'of another seller' });
      expect(told.turnMs).toBeLessThanOrEqual(told.atMs + 20 + told.slackMs);
    });
  });
}
