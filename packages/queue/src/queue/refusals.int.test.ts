import { NotFoundError, ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from '../job/job-definition.js';
import { onAnyBackend } from '../testing/each-backend.js';
import { work } from '../testing/rig.js';
import { OperationQueues } from './operation-queues.js';

onAnyBackend((rig) => {
  describe('what a queue refuses', () => {
    it('is a payload that does not match: the field is named and nothing is enqueued', async () => {
      const queue = rig().queue(async () => {});
      await expect(
        queue.add('test.work', { accountId: 'acme-za', payload: { n: 'one' } }),
      ).rejects.toMatchObject({
        code: 'JOB_PAYLOAD_INVALID',
        field: 'payload.n',
        remedy: expect.stringContaining('add the job again'),
      });
      const good = { name: 'test.work', ...work() };
      await expect(queue.addBulk([good, { ...good, payload: {} }])).rejects.toBeInstanceOf(ValidationError);
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 0 });
    });

    it('is text that the database cannot keep: the field is named, and nothing is enqueued', async () => {
      const queue = rig().queue(async () => {}, {}, { payload: z.any() });
      for (const text of ['a\u0000b', 'half of a pair: \ud83d']) {
        await expect(
          queue.add('test.work', { accountId: 'acme-za', payload: { titles: [{ text }] } }),
        ).rejects.toMatchObject({ code: 'JOB_PAYLOAD_INVALID', field: 'payload.titles.0.text' });
        await expect(
          queue.add('test.work', { accountId: 'acme-za', payload: { [text]: 1 } }),
        ).rejects.toMatchObject({ code: 'JOB_PAYLOAD_INVALID', field: 'payload' });
        await expect(queue.add('test.work', { ...work(), dedupeKey: text })).rejects.toMatchObject({
          name: 'ValidationError',
          field: 'dedupeKey',
        });
      }
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 0, parked: 0 });
    });

    it('is a delay that is no time: nothing is enqueued', async () => {
      const queue = rig().queue(async () => {});
      for (const delayMs of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e15, 10n, { toString: 0 }]) {
        await expect(queue.add('test.work', { ...work(), delayMs: delayMs as number })).rejects.toMatchObject(
          {
            name: 'ValidationError',
            field: 'delayMs',
          },
        );
      }
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 0, parked: 0 });
    });

    it.each<[string, unknown, string]>([
      ['a dedupe key', null, 'dedupeKey'],
      ['a dedupe key', { toString: 0 }, 'dedupeKey'],
      ['a priority', { toString: 0 }, 'priority'],
      ['a priority', 10n, 'priority'],
      ['a version', { toString: 0 }, 'version'],
      ['what it is put in for', null, 'once'],
      ['what it is put in for', { key: 'a', at: '2026-11-01' }, 'once'],
    ])('is %s that is none (%#): nothing is enqueued', async (_, value, field) => {
      const queue = rig().queue(async () => {});
      await expect(queue.add('test.work', { ...work(), [field]: value } as never)).rejects.toMatchObject({
        name: 'ValidationError',
        field,
      });
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 0, parked: 0 });
    });

    it('is a handler that parks until no date: the job fails at once and says so', async () => {
      const queue = rig().queue(async (ctx) =>
        ctx.park({ until: new Date('soon'), reason: 'a typing error' }),
      );
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).rejects.toMatchObject({ name: 'ValidationError', field: 'until' });
    });

    it('is an unknown job, another version, or a malformed account', async () => {
      const queue = rig().queue(async () => {});
      await expect(queue.add('test.other', work())).rejects.toMatchObject({
        code: 'JOB_UNKNOWN',
        message: 'There is no kind of job "test.other" here; known: test.work.',
      });
      await expect(queue.add('test.work', { ...work(), version: 2 })).rejects.toMatchObject({
        code: 'JOB_PAYLOAD_VERSION',
        field: 'version',
      });
      await expect(
        queue.add('test.work', { accountId: 'no account', payload: { n: 1 } }),
      ).rejects.toMatchObject({
        field: 'accountId',
      });
      await expect(queue.counts()).resolves.toMatchObject({ waiting: 0 });
    });

    it('is told when a stored job meets a worker of another version: it fails, and is kept whole for a retry', async () => {
      const before = rig().queue(async () => 'old');
      const { jobId } = await before.add('test.work', work(4));
      const after = rig().queue(async () => 'new', {}, { version: 2 }, true);
      await after.start();
      await expect(after.waitFor(jobId)).rejects.toMatchObject({
        code: 'JOB_PAYLOAD_VERSION',
        field: 'version',
      });
      await after.close();
      const upgraded = rig().queue(
        async (ctx) => ctx.payload.n,
        {},
        { version: 2, migrate: (payload) => ({ n: (payload as { n: number }).n * 10 }) },
        true,
      );
      await upgraded.start();
      await upgraded.retry(jobId);
      await expect(upgraded.waitFor(jobId)).resolves.toBe(40);
    });

    it('is told when a stored job is unknown to the worker', async () => {
      const before = rig().queue(async () => {});
      const { jobId } = await before.add('test.work', work());
      const other = defineJob({
        name: 'test.other',
        section: 'test',
        version: 1,
        payload: z.object({}),
        async run() {},
      });
      const after = rig().queue(async () => {}, { jobs: [other], newerReleaseMs: 0 }, {}, true);
      await after.start();
      await expect(after.waitFor(jobId)).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
      await expect(after.get(jobId)).resolves.toMatchObject({ state: 'failed', payload: { n: 1 } });
    });

    it('is asking for a job that is not there', async () => {
      const queue = rig().queue(async () => {});
      await expect(queue.waitFor('test-none')).rejects.toBeInstanceOf(NotFoundError);
      await expect(queue.cancel('test-none')).rejects.toBeInstanceOf(NotFoundError);
      await expect(queue.expedite('test-none')).rejects.toBeInstanceOf(NotFoundError);
      await expect(queue.get('test-none')).resolves.toBeUndefined();
    });
  });

  describe('several sections', () => {
    const job = (name: string, section: string) =>
      defineJob({ name, section, version: 1, payload: z.object({ n: z.number() }), async run() {} });
    const jobs = [job('orders.import', 'orders'), job('inventory.sync', 'inventory')];

    it('take many jobs at once, each into its own queue, answered in order; one that is refused stops all', async () => {
      await using queues = new OperationQueues({ backend: rig().backend, jobs, prefix: 'several' });
      const items = ['orders.import', 'inventory.sync', 'orders.import'].map((name, n) => ({
        name,
        ...work(n),
      }));
      const wrong = { name: 'inventory.sync', accountId: 'acme-za', payload: {} };
      await expect(queues.addBulk([...items, wrong])).rejects.toMatchObject({ code: 'JOB_PAYLOAD_INVALID' });
      await expect(queues.totals()).resolves.toMatchObject({ waiting: 0 });
      const added = await queues.addBulk(items);
      expect(added.map(({ jobId }) => jobId.split('-')[0])).toEqual(['orders', 'inventory', 'orders']);
      await expect(queues.get(added[2]!.jobId)).resolves.toMatchObject({ payload: { n: 2 } });
    });

    it('cannot have two jobs of one name, nor a queue the job of another section', () => {
      const twice = () =>
        new OperationQueues({ backend: rig().backend, jobs: [...jobs, job('orders.import', 'other')] });
      expect(twice).toThrow('orders.import');
      const strange = () => rig().queue(async () => {}, { jobs });
      expect(strange).toThrow(/orders\.import belongs to the section orders.*inventory\.sync belongs/);
    });
  });
});
