import { type BucketLimit, priorities, sleep } from '@fluxori/core';
import type { SuiteApi } from '../under-test.js';
import type { Company } from './company.js';

/** The time is the store's: what a process believes the time to be makes no difference. */
export function describeTimeOfMany({ describe, it, itWaits, expect }: SuiteApi, company: Company): void {
  describe('the time', () => {
    it('of a bucket is the same for those whose own clocks are an hour wrong', async () => {
      // In an hour, 3 tokens would come in.
      const limit: BucketLimit = { key: company.unique('clock'), ratePerSecond: 0.001, burst: 1 };
      await company.here.buckets.take([limit], { priority: priorities.normal });
      for (const { one, turn } of company.others.map((other, index) => ({ one: other, turn: index + 1 }))) {
        const waiter = company.unique('waiter');
        const answer = await one.call('buckets', 'take', [limit], { priority: priorities.normal, waiter });
        if (answer.granted) throw new Error(`A clock that is off by ${one.clockOffsetMs} ms got a token.`);
        const seconds = (answer.retryAt - one.clockOffsetMs - Date.now()) / 1000;
        expect(seconds).toBeGreaterThan(1_000 * turn - 200);
        expect(seconds).toBeLessThan(1_000 * turn + 200);
      }
    });

    itWaits('of a value is up for all at once, whoever has set it', async () => {
      const [, ahead, behind] = company.others;
      const [long, short] = [company.unique('long'), company.unique('short')];
      await behind!.call('keyValues', 'set', long, 1, { ttlMs: 1_800_000 });
      await ahead!.call('keyValues', 'set', short, 1, { ttlMs: 300 });
      expect(await company.here.keyValues.get(long)).toBe(1);
      expect(await ahead!.call('keyValues', 'get', long)).toBe(1);
      await sleep(400);
      expect(await company.here.keyValues.get(short)).toBe(undefined);
      expect(await behind!.call('keyValues', 'get', short)).toBe(undefined);
      expect(await behind!.call('keyValues', 'keys', short)).toEqual([]);
    });
  });
}
