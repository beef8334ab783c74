import { accountId, NotFoundError, orderId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { PgPool } from 'bullmq';
import { z } from 'zod';
import type { OperationQueue } from '../queue/operation-queue.js';
import { onEachBackend } from '../testing/each-backend.js';
import { account, farAway, until } from '../testing/rig.js';
import { JobsHolder } from './jobs-holder.js';

const order = '902-1234567-1234567';
const payload = z.object({ n: z.number(), orderId: z.string().optional(), to: z.string().optional() });

/** What of a Redis client is asked here. */
interface Streams {
  xrange(key: string, from: string, to: string): Promise<unknown>;
}

describe('Jobs that name somebody who is to be forgotten', () => {
  onEachBackend((rig) => {
    /** What stands in BullMQ's stream of events, as one text. */
    const eventsOf = async (queue: OperationQueue): Promise<string> => {
      const bull = await queue.bullQueue();
      const { connection } = await rig().backend.queueConnection();
      if (rig().backend.kind === 'redis')
        return JSON.stringify(
          await (connection as unknown as Streams).xrange(bull.keys.events as string, '-', '+'),
        );
      const { rows } = await (connection as PgPool).query('select data from event where queue = $1', [
        bull.name,
      ]);
      return JSON.stringify(rows);
    };

    it('are removed when they have ended, whatever part of them names him, and told when they have not', async () => {
      const queue = rig().queue(
        async (ctx) => {
          const { n } = ctx.payload;
          if (n === 2) throw new NotFoundError(`There is no order ${order}.`);
          if (n === 3) return { orderIds: [order] };
          if (n === 4) {
            await ctx.checkpoint({ step: 1, of: order } as never);
            throw new Error('stopped');
          }
          if (n === 6) ctx.park({ until: farAway(), reason: 'a test' });
          return { n };
        },
        {},
        { payload, attempts: 1 } as never,
      );
      const add = async (n: number, more: object = {}, owner = account) =>
        (await queue.add('test.work', { accountId: owner, payload: { n, ...more } })).jobId;
      const named = await Promise.all([
        add(1, { orderId: order }),
        add(1, { to: 'Naledi.K@Example.co.za' }),
        add(2),
        add(3),
        add(4),
      ]);
      const others = [await add(1), await add(1, { orderId: order }, accountId('other-za'))];
      const parked = await add(6, { orderId: order });
      await queue.start();
      for (const jobId of [...named, ...others]) await queue.waitFor(jobId).catch(() => undefined);
      await untilIs(queue, parked, 'parked');
      const cancelled = await add(6, { orderId: order });
      await untilIs(queue, cancelled, 'parked');
      await queue.cancel(cancelled);
      await untilIs(queue, cancelled, 'cancelled');

      expect(await eventsOf(queue)).toContain(order);
      const holder = new JobsHolder(queue);
      const part = { accountIds: [account], orders: [{ accountId: account, orderId: orderId('902-1') }] };
      expect(await holder.erase(part)).toEqual({ deleted: { jobs: 0 }, remaining: [] });
      const erasure = {
        accountIds: [account],
        orders: [{ accountId: account, orderId: orderId(order) }],
        buyerEmail: 'naledi.k@example.co.za',
      };
      const { deleted, remaining } = await holder.erase(erasure);
      expect(remaining[0]).toMatchObject({ what: expect.stringContaining(parked) });
      expect(remaining).toHaveLength(1);
      expect(await eventsOf(queue)).not.toContain(order);
      for (const jobId of named) expect([jobId, await queue.get(jobId)]).toEqual([jobId, undefined]);
      for (const jobId of others) expect((await queue.get(jobId))?.state).toBe('completed');
      // A cancelled job's description does not show its payload, and so names nobody.
      expect(deleted.jobs).toBeGreaterThanOrEqual(named.length);
      const checkpoint = `queue/${await nameOf(queue)}/checkpoint/${named[4]}`;
      expect(await rig().backend.records.readState(account, checkpoint)).toBeUndefined();
      expect(await rig().backend.keyValues.get(checkpoint)).toBeUndefined();

      await queue.cancel(parked);
      expect((await holder.erase(erasure)).remaining).toEqual([]);
    });

    it('are left alone when nobody is named', async () => {
      const queue = rig().queue(async () => ({ order }), {}, { payload } as never);
      const { jobId } = await queue.add('test.work', { accountId: account, payload: { n: 1 } });
      await queue.start();
      await queue.waitFor(jobId);
      const none = { accountIds: [account], orders: [] };
      expect(await new JobsHolder(queue).erase(none)).toEqual({ deleted: { jobs: 0 }, remaining: [] });
      expect((await queue.get(jobId))?.state).toBe('completed');
    });
  });
});

async function nameOf(queue: { bullQueue(): Promise<{ name: string }> }): Promise<string> {
  return (await queue.bullQueue()).name;
}

function untilIs(queue: OperationQueue, jobId: string, state: string): Promise<void> {
  return until(async () => (await queue.get(jobId))?.state === state);
}
