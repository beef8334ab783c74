import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend } from '@fluxori/backend';
import { RateLimitError } from '@fluxori/core';
import { preparedDataFolder } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob, type JobDefinition } from '../job/job-definition.js';
import { next, work } from '../testing/rig.js';
import { OperationQueues } from './operation-queues.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-restart-'));
  await preparedDataFolder(folder, openBackend);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function withQueues(jobs: readonly JobDefinition[], use: (queues: OperationQueues) => Promise<void>) {
  await using backend = await openBackend(`pglite:${folder}`);
  await using queues = new OperationQueues({ backend, jobs });
  await use(queues);
}

const kind = (name: string, section: string, run: JobDefinition['run']) =>
  defineJob<unknown, unknown, unknown>({ name, section, version: 1, payload: z.unknown(), run });

describe('a backend that is closed and opened again', () => {
  it('still has the jobs of every section: waiting, parked with the reason, and what ended', async () => {
    let wakeAt: Date | undefined;
    const parking = kind('orders.import', 'orders', async () => {
      wakeAt ??= new Date(Date.now() + 2_000);
      if (Date.now() < wakeAt.getTime()) throw new RateLimitError('No token.', { retryAt: wakeAt });
      return 'imported';
    });
    const quick = kind('inventory.sync', 'inventory', async () => 'synced');
    const ids: string[] = [];
    await withQueues([parking, quick], async (queues) => {
      const order = await queues.add('orders.import', work());
      const parked = next(queues.section('orders'), 'parked');
      await queues.start(['orders']);
      await parked;
      ids.push(order.jobId, (await queues.add('inventory.sync', work())).jobId);
    });
    await withQueues([parking, quick], async (queues) => {
      expect(queues.sections).toEqual(['orders', 'inventory']);
      await expect(queues.totals()).resolves.toMatchObject({ waiting: 1, parked: 1, active: 0 });
      await expect(queues.get(ids[0]!)).resolves.toMatchObject({
        state: 'parked',
        section: 'orders',
        parked: { until: wakeAt, reason: 'No token.' },
      });
      await queues.expedite(ids[1]!);
      await queues.start();
      await expect(queues.waitFor(ids[1]!)).resolves.toBe('synced');
      await expect(queues.waitFor(ids[0]!)).resolves.toBe('imported');
      expect(Date.now()).toBeGreaterThanOrEqual(wakeAt!.getTime());
      await expect(queues.list({ states: ['completed'] })).resolves.toHaveLength(2);
      await expect(queues.cancel(ids[0]!)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await expect(queues.cancel('nowhere-1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(queues.add('orders.export', work())).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
      expect(() => queues.section('feeds')).toThrow('There is no section "feeds"');
    });
  });
});
