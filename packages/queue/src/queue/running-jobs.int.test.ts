import { type CanonicalRecord, type RecordBatch, type RecordSink, silentLogger, sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onRedisAndSql } from '../testing/each-backend.js';
import { account, latch, next, type State, until, untilAborted, work } from '../testing/rig.js';
import { QueueLink } from './queue-link.js';

onRedisAndSql((rig) => {
  const level = (id: string): CanonicalRecord =>
    ({
      kind: 'inventory',
      id,
      version: '2026-01-01T00:00:00Z',
      value: { sku: id },
    }) as unknown as CanonicalRecord;

  describe('a checkpoint', () => {
    it('is kept together with the records and watermarks, and is gone when the job has completed', async () => {
      const seen: (State | undefined)[] = [];
      const kept = (jobId: string) =>
        rig().backend.records.readState(account, `queue/room1-test/checkpoint/${jobId}`);
      const queue = rig().queue(async (ctx) => {
        seen.push(ctx.state);
        if (ctx.state === undefined) {
          const result = await ctx.checkpoint(
            { step: 1 },
            { records: [level('a'), level('b')], state: { mark: 'm1' } },
          );
          expect(result).toEqual({ inserted: 2, updated: 0, unchanged: 0 });
          ctx.park({ until: new Date(Date.now() + 50), reason: 'For a moment.' });
        }
        expect(await kept(ctx.jobId)).toEqual({ step: 1 });
        return ctx.readState('mark');
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).resolves.toBe('m1');
      expect(seen).toEqual([undefined, { step: 1 }]);
      await expect(rig().backend.records.count('inventory', { accountId: account })).resolves.toBe(2);
      await queue.close();
      await expect(kept(jobId)).resolves.toBeUndefined();
    });

    it('comes after the sink of the platform, so that a crash between the two repeats and loses nothing', async () => {
      const writes: RecordBatch[] = [];
      let states: unknown[] = [];
      const sink: RecordSink = {
        async write(batch) {
          writes.push(batch);
          if (writes.length === 1) throw new Error('The sink is down.');
          return { inserted: 1, updated: 0, unchanged: 0 };
        },
      };
      const queue = rig().queue(
        async (ctx) => {
          states = [...states, ctx.state];
          await ctx.checkpoint({ step: 1 }, { records: [level('c')], state: { mark: 'm2' } });
          return ctx.readState('mark');
        },
        { sink },
      );
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).rejects.toThrow('unexpected Error');
      await queue.retry(jobId);
      await expect(queue.waitFor(jobId)).resolves.toBe('m2');
      expect(states).toEqual([undefined, undefined]);
      expect(writes.map(({ records, state }) => [records?.length, state])).toEqual([
        [1, undefined],
        [1, undefined],
      ]);
    });
  });

  describe('a run that is over', () => {
    it('has its signal aborted, so that what its handler left behind neither calls nor writes', async () => {
      const calls: string[] = [];
      const left: Promise<unknown>[] = [];
      const queue = rig().queue(async (ctx) => {
        const late = sleep(100).then(() => ctx.checkpoint({ step: 9 }));
        const call = ctx.call(async ({ signal }) => {
          await sleep(100, signal);
          calls.push(ctx.jobId);
        });
        left.push(
          late.then(() => 'written', String),
          call.then(() => 'called', String),
        );
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await queue.waitFor(jobId);
      await expect(Promise.all(left)).resolves.toEqual([
        expect.stringContaining('AbortError'),
        expect.stringContaining('AbortError'),
      ]);
      expect(calls).toEqual([]);
    });

    it('is replaced when the queue gives the job out again: the old one is stopped at once, the new one can be cancelled', async () => {
      let running = 0;
      let most = 0;
      const queue = rig().queue(
        async (ctx) => {
          running += 1;
          try {
            await sleep(5, ctx.signal);
            most = Math.max(most, running);
            await untilAborted(ctx.signal);
          } finally {
            running -= 1;
          }
        },
        { prefix: 'twice' },
      );
      await queue.start();
      const first = next(queue, 'active');
      const { jobId } = await queue.add('test.work', work());
      await first;
      await until(async () => running === 1);
      // What the check for stalled jobs does after the machine was asleep for longer than the lock lives.
      const again = next(queue, 'active');
      const link = new QueueLink(rig().backend, 'twice-test', silentLogger);
      await (await link.queue()).getBackend().moveJobFromActiveToWait(jobId, '0');
      await again;
      await until(async () => running === 1);
      await sleep(50);
      expect(most).toBe(1);
      const cancelled = next(queue, 'cancelled');
      await queue.cancel(jobId);
      await cancelled;
      expect(running).toBe(0);
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'cancelled' });
      await link.close();
    });
  });

  describe('close', () => {
    it('lets a running job finish', async () => {
      const gate = latch();
      let left: unknown;
      const queue = rig().queue(async (ctx) => {
        await gate.opened;
        left = ctx.signal.aborted ? 'told to stop' : 'finished';
        return left;
      });
      await queue.start();
      const active = next(queue, 'active');
      const { jobId } = await queue.add('test.work', work());
      await active;
      setTimeout(gate.open, 100);
      await queue.close({ graceMs: 3_600_000 });
      expect(left).toBe('finished');
      // Asked of another: a store that stands still for longer than this one's last word would be told later.
      await expect(
        rig()
          .queue(async () => {}, {}, {}, true)
          .waitFor(jobId),
      ).resolves.toBe('finished');
    });

    it('can be called twice, and without start', async () => {
      const queue = rig().queue(async () => {});
      await queue.add('test.work', work());
      await Promise.all([queue.close(), queue.close()]);
      await queue.close();
      await expect(queue.add('test.work', work())).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
      await rig()
        .queue(async () => {})
        .close();
    });
  });

  describe('progress', () => {
    it('is told at once in the process, and written a few times a second, the last one always', async () => {
      const queue = rig().queue(async (ctx) => {
        for (let done = 1; done <= 200; done++) await ctx.progress({ done, total: 200, unit: 'orders' });
      });
      const told: number[] = [];
      queue.on('progress', ({ progress }) => told.push(progress.done));
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await queue.waitFor(jobId);
      expect(told).toHaveLength(200);
      await expect(queue.get(jobId)).resolves.toMatchObject({
        progress: { done: 200, total: 200, unit: 'orders' },
      });
    });

    it('is visible from elsewhere while the handler works on', async () => {
      const gate = latch();
      const queue = rig().queue(async (ctx) => {
        await ctx.progress({ done: 1 });
        await ctx.progress({ done: 2 });
        await gate.opened;
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await until(async () => (await queue.get(jobId))?.progress?.done === 2);
      await expect(queue.get(jobId)).resolves.toMatchObject({ state: 'active', progress: { done: 2 } });
      gate.open();
    });
  });

  describe('waitFor', () => {
    it('finds out what another queue object has done', async () => {
      const worker = rig().queue(async () => 'done');
      const producer = rig().queue(async () => {}, {}, {}, true);
      const { jobId } = await producer.add('test.work', work());
      const waiting = producer.waitFor(jobId);
      await worker.start();
      await expect(waiting).resolves.toBe('done');
    });
  });
});
