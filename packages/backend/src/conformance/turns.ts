import { type BucketLimit, priorities } from '@fluxori/core';
import { settleAll, takeAll, waitOf } from './buckets.js';
import type { Bench, TestApi } from './under-test.js';

const { critical, normal, bulk } = priorities;

export function describeTurns({ describe, it, expect }: TestApi, bench: Bench): void {
  /** A bucket of a token a second that has just been emptied, and how to ask it. So slow, because a busy machine is late, too. */
  const emptied = async () => {
    const limit: BucketLimit = { key: bench.unique('turns'), ratePerSecond: 1, burst: 4 };
    await settleAll(bench, await takeAll(bench, [limit], 4));
    const ask = (waiter: string | undefined, priority: number) =>
      bench.backend.buckets.take([limit], { priority, ...(waiter !== undefined && { waiter }) });
    const waiting = async () => (await bench.backend.buckets.inspect(limit.key))[0]!.waiting;
    return { limit, ask, waiting };
  };
  const between = (value: number, from: number, to: number) => {
    expect(value).toBeGreaterThan(from);
    expect(value).toBeLessThanOrEqual(to + bench.slackMs);
  };

  describe('turns', () => {
    it('are told one token apart, in order of arrival, and kept by who asks again', async () => {
      const { ask, waiting } = await emptied();
      between(waitOf(bench, await ask('a', normal)), 200, 1_000);
      between(waitOf(bench, await ask('b', normal)), 1_200, 2_000);
      between(waitOf(bench, await ask('c', normal)), 2_200, 3_000);
      between(waitOf(bench, await ask('b', normal)), 1_200, 2_000);
      expect(await waiting()).toBe(3);
    });

    it('come earlier for the more urgent, who is not overtaken by those who were there before', async () => {
      const { ask } = await emptied();
      for (let index = 0; index < 20; index++) await ask(`bulk ${index}`, bulk);
      const answer = await ask('urgent', critical);
      between(waitOf(bench, answer), 100, 1_000);
      await bench.pass(waitOf(bench, answer));
      expect(await ask('bulk 0', bulk)).toMatchObject({ granted: false });
      expect(await ask('a bulk newcomer', bulk)).toMatchObject({ granted: false });
      expect(await ask(undefined, bulk)).toMatchObject({ granted: false });
      expect(await ask('urgent', critical)).toMatchObject({ granted: true });
    });

    it('are the next token for a critical one behind 5,000 bulk waiters', async () => {
      const { ask, waiting } = await emptied();
      for (let index = 0; index < 5_000; index += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, step) => ask(`bulk ${index + step}`, bulk)));
      }
      expect(await waiting()).toBeGreaterThan(4_900);
      const answer = await ask('critical', critical);
      expect(waitOf(bench, answer)).toBeLessThanOrEqual(1_000 + bench.slackMs);
      const last = await ask('the last', bulk);
      expect(waitOf(bench, last) === -1 || waitOf(bench, last) > 1_000_000).toBe(true);
    }, 60_000);

    it('hold within one urgency too: who comes late does not take the token of who is due', async () => {
      const { ask } = await emptied();
      const answer = await ask('first', normal);
      await bench.pass(waitOf(bench, answer));
      expect(await ask('newcomer', normal)).toMatchObject({ granted: false });
      expect(await ask('first', normal)).toMatchObject({ granted: true });
    });

    it('fall to the next when a waiter is forgotten', async () => {
      const { ask, waiting } = await emptied();
      await ask('a', normal);
      await ask('b', normal);
      await bench.backend.buckets.forget('a');
      await bench.backend.buckets.forget('nobody');
      expect(await waiting()).toBe(1);
      between(waitOf(bench, await ask('b', normal)), 100, 1_000);
    });

    it('are lost by a waiter that does not come, so that a dead job blocks nobody', async () => {
      const { ask, waiting } = await emptied();
      await ask('dead', critical);
      await bench.pass(3_400);
      expect(await waiting()).toBe(0);
      expect(await ask('alive', bulk)).toMatchObject({ granted: true });
    });

    it('move up when a waiter becomes more urgent', async () => {
      const { ask, waiting } = await emptied();
      for (const name of ['a', 'b', 'c']) await ask(name, bulk);
      between(waitOf(bench, await ask('c', critical)), 100, 1_000);
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
