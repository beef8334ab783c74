import { type BucketLimit, NetworkError, priorities, RateLimitError, sleep } from '@fluxori/core';
import { Stopwatch } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import type { CallTerms } from '../job/job-context.js';
import { onEachBackend } from '../testing/each-backend.js';
import { next, type Run, work } from '../testing/rig.js';

onEachBackend((rig, shared) => {
  interface Grant {
    readonly n: number;
    readonly at: number;
  }

  /** One question for a token, and what came of it, in milliseconds since 1970. */
  interface Question {
    readonly n: number;
    readonly answeredAt: number;
    /** Absent when it was granted. */
    readonly retryAt?: number;
  }

  /** A remote call that needs a token of the backend's own buckets, as the connector's calls do. */
  function limitedCall(
    limit: BucketLimit,
    grants: Grant[],
    {
      questions = [],
      asked,
      turns,
    }: { questions?: Question[]; asked?: (n: number) => void; turns?: Turns } = {},
  ): Run {
    const call = async (n: number, { priority, maxWaitMs, waiter, signal }: CallTerms) => {
      turns?.seen();
      const latest = Date.now() + maxWaitMs;
      for (;;) {
        asked?.(n);
        const answer = await rig().backend.buckets.take([limit], { priority: priorities[priority], waiter });
        const question = { n, answeredAt: Date.now() };
        if (answer.granted) {
          questions.push(question);
          grants.push({ n, at: question.answeredAt });
          await rig().backend.buckets.settle(answer.grant);
          return;
        }
        questions.push({ ...question, retryAt: answer.retryAt });
        const retryAt = new Date(answer.retryAt);
        if (answer.retryAt > latest) throw new RateLimitError(`No token for ${limit.key}.`, { retryAt });
        await sleep(answer.retryAt - Date.now(), signal);
      }
    };
    return (ctx) => ctx.call((terms) => call(ctx.payload.n, terms));
  }

  const bulk = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ name: 'test.work', ...work(n), priority: 'bulk' as const }));

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

  /** The longest that a timer of this process was kept waiting. */
  function watchLag(): { longest: () => number; stop: () => number } {
    let last = performance.now();
    let longest = 0;
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    // A test that fails must not keep the process alive.
    timer.unref();
    return {
      longest: () => longest,
      stop: () => {
        clearInterval(timer);
        return longest;
      },
    };
  }

  /** Over a network fewer of them last as long. */
  const crowd = shared ? 2_000 : 5_000;

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
      const asked = (n: number) => meanwhile.add(n);
      const queue = rig().queue(limitedCall(limit, grants, { questions, asked, turns }), { concurrency });
      await queue.addBulk(bulk(crowd));
      const begun = next(queue, 'parked');
      const lag = watchLag();
      await queue.start();
      await begun;
      const { waiting } = await queue.counts();
      expect(waiting).toBeGreaterThan(0);
      await expectNextToken(-1);
      while ((await queue.counts()).waiting > 0) await sleep(100);
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
      expect(rate).toBeGreaterThan(limit.ratePerSecond * 0.8);
      expect(rate).toBeLessThan(limit.ratePerSecond * 1.2 + 1);

      async function expectNextToken(n: number): Promise<void> {
        const { jobId } = await queue.add('test.work', { ...work(n), priority: 'critical' });
        const addedAt = Date.now();
        meanwhile = new Set();
        await queue.waitFor(jobId);
        // The worker brings it next: before it asked only those that it had in hand already.
        const ahead = [...meanwhile].indexOf(n);
        expect(ahead).toBeLessThanOrEqual(concurrency);
        // On a store over the network the order is the promise; how long its answers take is not ours.
        const granted = grants.find((grant) => grant.n === n)!;
        if (!shared) expect(granted.at - addedAt).toBeLessThan(soonMs + lag.longest());
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
      const nextTokenMs = 1_000 / limit.ratePerSecond + (shared ? 400 : 25);
      for (const { retryAt, answeredAt } of refused)
        expect(retryAt! - answeredAt).toBeLessThanOrEqual(nextTokenMs);
      const late = refused.filter(
        ({ retryAt }, index) => questions[index + 1]!.answeredAt > retryAt! + graceMs,
      );
      // The second time because it came a moment early.
      if (!shared) expect(refused.length - late.length).toBeLessThanOrEqual(2);
    }
  });

  // What follows is about this process; its time is its own on every store.
  if (shared) return;

  describe('a worker slot', () => {
    it('is free while a handler waits for a token for longer than a second', async () => {
      const limit = { key: 'slow', ratePerSecond: 0.5, burst: 1 };
      const grants: Grant[] = [];
      const limited = limitedCall(limit, grants);
      const queue = rig().queue((ctx) => (ctx.payload.n < 2 ? limited(ctx) : Promise.resolve(Date.now())), {
        concurrency: 1,
      });
      const lag = watchLag();
      await queue.start();
      const jobs = await queue.addBulk([0, 1, 2].map((n) => ({ name: 'test.work', ...work(n) })));
      await queue.waitFor(jobs[2]!.jobId);
      await expect(queue.get(jobs[1]!.jobId)).resolves.toMatchObject({ state: 'parked' });
      await queue.waitFor(jobs[1]!.jobId);
      const [first, second] = grants;
      expect(second!.at - first!.at).toBeGreaterThanOrEqual(1_990);
      expect(second!.at - first!.at).toBeLessThan(2_600 + lag.stop());
    });

    it('is held for a short gap, which costs less than parking', async () => {
      const limit = { key: 'quick', ratePerSecond: 5, burst: 1 };
      const grants: Grant[] = [];
      const queue = rig().queue(limitedCall(limit, grants), { concurrency: 1 });
      let parked = 0;
      queue.on('parked', () => {
        parked += 1;
      });
      await queue.start();
      const jobs = await queue.addBulk([0, 1, 2].map((n) => ({ name: 'test.work', ...work(n) })));
      await Promise.all(jobs.map(({ jobId }) => queue.waitFor(jobId)));
      expect(parked).toBe(0);
      expect(grants).toHaveLength(3);
    });
  });

  describe('an outage', () => {
    it('parks what is there without using attempts, and lets the rest of the queue work', async () => {
      let down = true;
      const queue = rig().queue(async (ctx) => {
        if (down && ctx.payload.n > 0) {
          throw new NetworkError('amazon is not reachable.', { host: 'amazon:443', outcome: 'not-sent' });
        }
        return ctx.attempt;
      });
      const attempts: unknown[] = [];
      queue.on('completed', ({ result }) => attempts.push(result));
      await queue.addBulk(bulk(300));
      await queue.start();
      while ((await queue.counts()).parked < 299) await sleep(50);
      await sleep(1_500);
      await expect(queue.counts()).resolves.toMatchObject({ failed: 0, completed: 1 });
      down = false;
      const watch = new Stopwatch();
      const first = next(queue, 'completed');
      await queue.release('amazon:443');
      await first;
      expect(watch.stop()).toBeLessThan(500);
      while (attempts.length < 300) await sleep(20);
      expect(new Set(attempts)).toEqual(new Set([1]));
    });
  });
});
