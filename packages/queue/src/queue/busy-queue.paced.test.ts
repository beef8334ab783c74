import { sleep } from '@fluxori/core';
import { clockIsHeld, promised } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { onMemory, onSharedBackends } from '../testing/each-backend.js';
import { type Grant, limitedCall, type Question } from '../testing/limited-call.js';
import { next, type Rig, until, work } from '../testing/rig.js';
import { watchLag } from '../testing/watch-lag.js';

/** In how many turns of the event loop something was seen: a count, which no busy machine changes. */
class Turns {
  count = 0;
  #pending = false;

  seen(): void {
    if (this.#pending) return;
    this.#pending = true;
    setImmediate(() => {
      this.#pending = false;
      this.count += 1;
    });
  }
}

/** As many as the promise says; where the clock is not held, far more than there are tokens for while a test lasts. Over a network fewer last as long. */
const crowds = clockIsHeld ? { here: 5_000, shared: 2_000 } : { here: 1_000, shared: 600 };

function isSoonServed(rig: () => Rig, shared: boolean): void {
  const crowd = shared ? crowds.shared : crowds.here;

  describe(`a critical job behind ${crowd} bulk jobs of the same account and operation`, () => {
    const limit = { key: 'orders.searchOrders@acme-za', ratePerSecond: 10, burst: 5 };
    /** One token's time, and what a busy machine may add, beside the longest that it kept a timer waiting. */
    const soonMs = 1_000 / limit.ratePerSecond + 150;
    /** Who has been told a turn has a claim to its token for so long after it. */
    const graceMs = 2_000;
    const concurrency = 32;

    it('gets the next token while they are being parked, and when all of them are', async () => {
      const grants: Grant[] = [];
      const questions: Question[] = [];
      let meanwhile = new Set<number>();
      const turns = new Turns();
      const listeners = {
        asks: (n: number) => {
          turns.seen();
          meanwhile.add(n);
        },
        answered: (question: Question) => void questions.push(question),
      };
      const { buckets } = rig().backend;
      const queue = rig().queue(limitedCall(buckets, limit, grants, listeners), { concurrency });
      await queue.addBulk(
        Array.from({ length: crowd }, (_, n) => ({ name: 'test.work', ...work(n), priority: 'bulk' })),
      );
      const begun = next(queue, 'parked');
      const lag = watchLag();
      await queue.start();
      await begun;
      const { waiting } = await queue.counts();
      expect(waiting).toBeGreaterThan(0);
      await expectNextToken(-1);
      await until(async () => (await queue.counts()).waiting === 0);
      // Timers and sockets had their turns meanwhile: were the loop blocked, all of the jobs would ask within a few.
      expect(turns.count).toBeGreaterThan(crowd / 4);
      const settledAt = Date.now();
      const before = grants.length;
      await expectNextToken(-2);
      lag.stop();
      // How fast tokens come is the buckets' promise; that parked jobs take them up, this process'.
      if (shared) return;
      await sleep(2_000);
      const rate = ((grants.length - before) / (Date.now() - settledAt)) * 1_000;
      if (clockIsHeld) expect(rate).toBeGreaterThan(limit.ratePerSecond * 0.8);
      expect(rate).toBeLessThan(limit.ratePerSecond * 1.2 + 1);
      await until(async () => grants.length >= before + 2 * limit.ratePerSecond);

      async function expectNextToken(n: number): Promise<void> {
        const { jobId } = await queue.add('test.work', { ...work(n), priority: 'critical' });
        const addedAt = Date.now();
        meanwhile = new Set();
        await queue.waitFor(jobId);
        // The worker brings it next: before it asked only those that it had in hand already. Over several connections one may be held up, and
        // then it is before most.
        const ahead = [...meanwhile].indexOf(n);
        const isInOrder = clockIsHeld || rig().backend.kind !== 'postgres';
        expect(ahead).toBeLessThanOrEqual(isInOrder ? concurrency : crowd / 2);
        // On a store over the network the order is the promise; how long its answers take is not ours.
        const granted = grants.find((grant) => grant.n === n)!;
        if (!shared) expect(granted.at - addedAt).toBeLessThan(promised(soonMs) + lag.longest());
        expectNobodyBefore(questions.filter((question) => question.n === n));
      }
    });

    /**
     * It is promised the very next token each time, and finds it when it comes. Others may be served meanwhile with what is left over, as after a
     * time in which nobody could ask; then there is one for it as well. On a store over a network a token counts from when its call is known there to
     * be over, so that its turn may move a little while it waits; who has a claim to a token is the conformance suites' matter there.
     */
    function expectNobodyBefore(questions: readonly Question[]): void {
      const refused = questions.filter(({ retryAt }) => retryAt !== undefined);
      const tokenMs = 1_000 / limit.ratePerSecond;
      const nextTokenMs = shared ? promised(tokenMs + 400) : tokenMs + 25;
      for (const { retryAt, answeredAt } of refused)
        expect(retryAt! - answeredAt).toBeLessThanOrEqual(nextTokenMs);
      const late = refused.filter(
        ({ retryAt }, index) => questions[index + 1]!.answeredAt > retryAt! + graceMs,
      );
      // The second time because it came a moment early.
      if (!shared) expect(refused.length - late.length).toBeLessThanOrEqual(2);
    }
  });

  describe('a job', () => {
    it('starts within 100 ms of being added to an idle worker', async () => {
      const queue = rig().queue(async () => Date.now());
      await queue.start();
      await sleep(50);
      const times: number[] = [];
      for (let i = 0; i < 5; i++) {
        const addedAt = Date.now();
        const { jobId } = await queue.add('test.work', work());
        times.push((await queue.waitFor<number>(jobId)) - addedAt);
      }
      expect(Math.min(...times)).toBeLessThan(promised(100));
    });
  });
}

onMemory((rig) => isSoonServed(rig, false));
onSharedBackends((rig) => isSoonServed(rig, true));
