import { accountId, type Clock, sleep } from '@fluxori/core';
import { type BackendUnderTest, failureOf, type TestApi } from './under-test.js';

export function describeLifecycle(
  { describe, it, expect }: TestApi,
  driver: BackendUnderTest,
  clock: Clock,
): void {
  describe('its life', () => {
    it('says how it is, ends once, and then refuses clearly', async () => {
      const place = await driver.place();
      const backend = await place.open(clock);
      expect((await backend.health()).status).toBe('up');
      const holding = failureOf(
        backend.locks.withLock(
          'held',
          ({ signal }) =>
            new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason));
            }),
        ),
      );
      const waiting = failureOf(backend.locks.withLock('held', async () => {}));
      await sleep(20);
      await Promise.all([backend.close(), backend.close()]);
      await backend.close();
      await backend[Symbol.asyncDispose]();
      expect((await backend.health()).status).toBe('down');
      const limit = { key: 'x', ratePerSecond: 1, burst: 1 };
      const calls: Promise<unknown>[] = [
        holding,
        waiting,
        failureOf(backend.keyValues.get('x')),
        failureOf(backend.keyValues.set('x', 1)),
        failureOf(backend.buckets.take([limit], { priority: 1 })),
        failureOf(backend.buckets.drain(limit)),
        failureOf(backend.records.write({ accountId: accountId('x'), state: { a: 1 } })),
        failureOf(backend.records.list('order')),
        failureOf(backend.locks.withLock('x', async () => {})),
        failureOf(backend.queueConnection()),
      ];
      for (const failure of await Promise.all(calls)) {
        expect(failure).toMatchObject({ name: 'ConfigurationError', code: 'BACKEND_UNAVAILABLE' });
      }
      // Cleaning up after oneself is never an error: these are often not awaited.
      expect(await failureOf(backend.buckets.settle({ id: 'late', keys: ['x'] }))).toBe(undefined);
      expect(await failureOf(backend.buckets.forget('late'))).toBe(undefined);
      await place.remove?.();
    });

    if (!driver.persists) return;

    it('finds everything again when it is opened again, and no bucket fuller than it is', async () => {
      const place = await driver.place();
      const account = accountId('acme');
      const limit = { key: 'kept', ratePerSecond: 0.0001, burst: 10 };
      const before = await place.open(clock);
      await before.keyValues.set('kept', { a: 1 });
      await before.records.write({ accountId: account, state: { mark: 'here' } });
      for (let index = 0; index < 6; index++) await before.buckets.take([limit], { priority: 3 });
      const untilMs = clock.now() + 600_000;
      await before.buckets.drain({ ...limit, key: 'paused' }, { untilMs });
      await before.close();

      const after = await place.open(clock);
      expect(await after.keyValues.get('kept')).toEqual({ a: 1 });
      expect(await after.records.readState(account, 'mark')).toBe('here');
      const [kept, paused] = await after.buckets.inspect('');
      expect(kept!.level).toBeCloseTo(4, 1);
      expect(kept!.inFlight).toBe(0);
      // A millisecond or two are lost in rounding, from one clock to another and back.
      expect(paused!.nextTokenAt).toBeGreaterThanOrEqual(untilMs - 5);
      await after.close();
      await place.remove?.();
    });
  });
}
