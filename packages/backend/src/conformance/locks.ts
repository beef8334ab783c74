import { sleep } from '@fluxori/core';
import { type Bench, failureOf, type TestApi } from './under-test.js';

export function describeLocks({ describe, it, expect }: TestApi, bench: Bench): void {
  describe('locks', () => {
    it('let one in at a time, and everybody in the end', async () => {
      const name = bench.unique('lock');
      let inside = 0;
      let most = 0;
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          bench.backend.locks.withLock(name, async () => {
            most = Math.max(most, ++inside);
            await sleep(1);
            inside--;
            order.push(index);
          }),
        ),
      );
      expect(most).toBe(1);
      expect(order.length).toBe(20);
    });

    it('of different names do not wait for each other', async () => {
      const answer = await bench.backend.locks.withLock(bench.unique('a'), () =>
        bench.backend.locks.withLock(bench.unique('b'), async () => 'both'),
      );
      expect(answer).toBe('both');
    });

    it('are free again when the work fails, and pass its error on', async () => {
      const name = bench.unique('failing');
      const error = new Error('no');
      expect(await failureOf(bench.backend.locks.withLock(name, () => Promise.reject(error)))).toBe(error);
      expect(await bench.backend.locks.withLock(name, async () => 'next')).toBe('next');
    });

    it('turn away at once who is aborted while waiting, and leave the others in line', async () => {
      const name = bench.unique('aborted');
      const controller = new AbortController();
      let finish: () => void = () => {};
      let holding: Promise<void> | undefined;
      await new Promise<void>((enter) => {
        holding = bench.backend.locks.withLock(
          name,
          () =>
            new Promise<void>((resolve) => {
              finish = resolve;
              enter();
            }),
        );
      });
      const impatient = failureOf(
        bench.backend.locks.withLock(name, async () => 'never', { signal: controller.signal }),
      );
      const patient = bench.backend.locks.withLock(name, async () => 'my turn');
      await sleep(20);
      const reason = new Error('enough');
      controller.abort(reason);
      // Not when the lock falls free: it never does before `finish`.
      expect(await impatient).toBe(reason);
      finish();
      await holding;
      expect(await patient).toBe('my turn');
    });

    it('are not even asked for when the signal is aborted beforehand', async () => {
      const reason = new Error('never mind');
      let ran = false;
      const failure = await failureOf(
        bench.backend.locks.withLock(
          bench.unique('beforehand'),
          async () => {
            ran = true;
          },
          { signal: AbortSignal.abort(reason) },
        ),
      );
      expect(failure).toBe(reason);
      expect(ran).toBe(false);
    });

    it('tell the work when it is aborted', async () => {
      const controller = new AbortController();
      const seen = bench.backend.locks.withLock(
        bench.unique('told'),
        async ({ signal }) => {
          controller.abort(new Error('stop'));
          return signal.aborted;
        },
        { signal: controller.signal },
      );
      expect(await seen).toBe(true);
    });
  });
}
