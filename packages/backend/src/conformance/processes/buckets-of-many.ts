import { type BucketLimit, priorities, sleep } from '@fluxori/core';
import type { BackendUnderTest, SuiteApi } from '../under-test.js';
import type { Company } from './company.js';

const { bulk, critical, normal } = priorities;

export function describeBucketsOfMany(
  { describe, it, itWaits, expect }: SuiteApi,
  company: Company,
  driver: BackendUnderTest,
): void {
  const bucket = (ratePerSecond: number, burst: number): BucketLimit => ({
    key: company.unique('bucket'),
    ratePerSecond,
    burst,
  });
  const stateOf = async ({ key }: BucketLimit) => (await company.here.buckets.inspect(key))[0]!;
  const sum = (counts: readonly unknown[]) =>
    counts.reduce<number>((total, count) => total + Number(count), 0);

  describe('buckets', () => {
    it('give all processes together the burst and no more, from all buckets or from none', async () => {
      const [shared, narrow] = [bucket(0.001, 50), bucket(0.001, 20)];
      const takeAll = (limits: readonly BucketLimit[]) =>
        Promise.all(
          company.others.map((one) =>
            one.tell({ do: 'take on', limits, options: { priority: normal }, ms: 0 }),
          ),
        );
      expect(sum(await takeAll([shared, narrow]))).toBe(20);
      // Those that the narrow one refused have taken nothing from the shared one.
      expect((await stateOf(shared)).level).toBeCloseTo(30, 0);
      expect(sum(await takeAll([shared]))).toBe(30);
    });

    it('give all processes together no more than the burst and what has come in since', async () => {
      await company.play(async (inTime, stretch) => {
        const [fast, slow] = [bucket(40, 6), bucket(20, 4)];
        const startedAt = performance.now();
        const counts = await Promise.all(
          [[fast, slow], [slow, fast], [fast]].map((limits, index) =>
            company.others[index]!.tell({
              do: 'take on',
              limits,
              options: { priority: normal },
              ms: 1_500 * stretch,
            }),
          ),
        );
        const seconds = (performance.now() - startedAt) / 1000;
        expect(sum(counts)).toBeLessThanOrEqual(6 + 40 * seconds);
        expect(sum(counts.slice(0, 2))).toBeLessThanOrEqual(4 + 20 * seconds);
        // And it did come in, unless the three had no time to ask for it: more than the burst was given.
        inTime(2_500 * stretch);
        expect(sum(counts)).toBeGreaterThan(6);
      });
    });

    it('show what others have taken, and who waits', async () => {
      await company.play(async (inTime) => {
        const limit = bucket(0.0001, 3);
        const [first, second] = company.others;
        await first!.call('buckets', 'take', [limit], { priority: normal });
        await second!.call('buckets', 'take', [limit], { priority: normal });
        const two = await stateOf(limit);
        await first!.call('buckets', 'take', [limit], { priority: normal });
        await second!.call('buckets', 'take', [limit], {
          priority: normal,
          waiter: company.unique('waiter'),
        });
        const three = await stateOf(limit);
        // What is in flight has ended when its process was held up for a lease.
        inTime(driver.leaseMs ?? Number.POSITIVE_INFINITY);
        expect(two.inFlight).toBe(2);
        expect(two.level).toBeCloseTo(1, 1);
        expect(three).toMatchObject({ inFlight: 3, waiting: 1 });
      });
    });

    it('put the urgent of one process before the others of another, and tell both their turns', async () => {
      const limit = bucket(0.001, 1);
      await company.here.buckets.take([limit], { priority: normal });
      const [first, second] = company.others;
      const names = [company.unique('bulk'), company.unique('critical')] as const;
      await first!.call('buckets', 'take', [limit], { priority: bulk, waiter: names[0] });
      const urgent = await second!.call('buckets', 'take', [limit], { priority: critical, waiter: names[1] });
      const patient = await first!.call('buckets', 'take', [limit], { priority: bulk, waiter: names[0] });
      if (urgent.granted || patient.granted) throw new Error('There was no token to give.');
      const waits = [urgent.retryAt - second!.clockOffsetMs, patient.retryAt - first!.clockOffsetMs] as const;
      // One token apart; 1,000 seconds are one.
      expect(waits[1] - waits[0]).toBeGreaterThan(800_000);
      expect(waits[1] - waits[0]).toBeLessThan(1_200_000);
    });

    it('forget a waiter of another process', async () => {
      const limit = bucket(0.001, 1);
      const waiter = company.unique('waiter');
      await company.here.buckets.take([limit], { priority: normal });
      await company.others[0]!.call('buckets', 'take', [limit], { priority: normal, waiter });
      expect(await stateOf(limit)).toMatchObject({ waiting: 1 });
      await company.here.buckets.forget(waiter);
      expect(await stateOf(limit)).toMatchObject({ waiting: 0 });
    });

    it('are closed for all by the one who was told to wait', async () => {
      const limit = bucket(50, 5);
      const [, ahead, behind] = company.others;
      const untilMs = Date.now() + 600_000;
      await ahead!.call('buckets', 'drain', limit, { untilMs: untilMs + ahead!.clockOffsetMs });
      const answer = await behind!.call('buckets', 'take', [limit], { priority: critical });
      if (answer.granted) throw new Error('A token was given in the pause.');
      const turnMs = answer.retryAt - behind!.clockOffsetMs;
      // As well as both can know the store's clock, whose hour would be another hour.
      expect(turnMs).toBeGreaterThan(untilMs - 60_000);
      expect(turnMs).toBeLessThan(untilMs + 60_000);
    });

    itWaits('keep what a killed process had in flight out of reach until the lease ends', async () => {
      await company.play(async (inTime) => {
        const limit = bucket(20, 5);
        const doomed = await company.another();
        inTime(Number.POSITIVE_INFINITY);
        for (let taken = 0; taken < 3; taken++) {
          await doomed.call('buckets', 'take', [limit], { priority: normal });
        }
        await doomed.kill();
        await sleep(400);
        const state = await stateOf(limit);
        inTime(driver.leaseMs ?? Number.POSITIVE_INFINITY);
        expect(state).toMatchObject({ inFlight: 3 });
        expect(state.level).toBeLessThanOrEqual(2);
        if (driver.leaseMs === undefined) return;
        await sleep(driver.leaseMs);
        expect(await stateOf(limit)).toMatchObject({ inFlight: 0 });
        await sleep(300);
        expect((await stateOf(limit)).level).toBeCloseTo(5, 6);
      });
    });

    if (driver.leaseMs === undefined) return;
    const { leaseMs } = driver;

    itWaits(
      'count what is in flight for as long as its process lives, and bring nothing back for one that was away',
      async () => {
        await company.play(async (inTime) => {
          const limit = bucket(0.001, 5);
          const absent = await company.another();
          const missed = await absent.call('buckets', 'take', [limit], { priority: normal });
          const [living] = company.others;
          await living!.heldUpMs();
          inTime(Number.POSITIVE_INFINITY);
          const held = await living!.call('buckets', 'take', [limit], { priority: normal });
          if (!missed.granted || !held.granted) throw new Error('A full bucket refused.');
          absent.stop();
          await sleep(leaseMs * 1.5);
          const meanwhile = await stateOf(limit);
          absent.goOn();
          // Long enough for it to try to renew what it had.
          await sleep(leaseMs / 2);
          const afterwards = await stateOf(limit);
          await absent.call('buckets', 'settle', missed.grant, { consumed: false });
          await living!.call('buckets', 'settle', held.grant, { consumed: false });
          // It is renewed three times in a lease, unless the machine holds everybody up, or the living one alone.
          inTime(Number.POSITIVE_INFINITY, leaseMs / 2);
          if ((await living!.heldUpMs()) > leaseMs / 2) inTime(0);
          expect(meanwhile).toMatchObject({ inFlight: 1 });
          expect(afterwards).toMatchObject({ inFlight: 1 });
          let state = await stateOf(limit);
          for (; state.inFlight > 0; state = await stateOf(limit)) await sleep(20);
          inTime(Number.POSITIVE_INFINITY, leaseMs / 2);
          // Its token counts as used; the other one came back.
          expect(state.level).toBeCloseTo(4, 1);
        });
      },
    );
  });
}
