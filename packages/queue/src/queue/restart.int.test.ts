import { openBackend } from '@fluxori/backend';
import { RateLimitError } from '@fluxori/core';
import type { FreshPlace } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob, type JobDefinition } from '../job/job-definition.js';
import { freshFolder } from '../testing/fresh-folder.js';
import { farAway, next, work } from '../testing/rig.js';
import { OperationQueues } from './operation-queues.js';

let place: FreshPlace;
beforeEach(async () => {
  place = await freshFolder();
});
afterEach(() => place.remove());

async function withQueues(jobs: readonly JobDefinition[], use: (queues: OperationQueues) => Promise<void>) {
  await using backend = await openBackend(place.url);
  await using queues = new OperationQueues({ backend, jobs });
  await use(queues);
}

const kind = (name: string, section: string, run: JobDefinition['run']) =>
  defineJob<unknown, unknown, unknown>({ name, section, version: 1, payload: z.unknown(), run });

describe('a backend that is closed and opened again', () => {
  it('still has the jobs of every section: waiting, parked with the reason, and what ended', async () => {
    const retryAt = farAway();
    let isReopened = false;
    const parking = kind('orders.import', 'orders', async () => {
      if (isReopened) return 'imported';
      throw new RateLimitError('No token.', { retryAt });
    });
    const quick = kind('inventory.sync', 'inventory', async () => Date.now());
    const delayMs = 1_500;
    const ids: string[] = [];
    let addedAt = 0;
    await withQueues([parking, quick], async (queues) => {
      const order = await queues.add('orders.import', work());
      const parked = next(queues.section('orders'), 'parked');
      await queues.start(['orders']);
      await parked;
      ids.push(order.jobId, (await queues.add('inventory.sync', work())).jobId);
      addedAt = Date.now();
      ids.push((await queues.add('inventory.sync', { ...work(), delayMs })).jobId);
    });
    await withQueues([parking, quick], async (queues) => {
      isReopened = true;
      expect(queues.sections).toEqual(['orders', 'inventory']);
      await expect(queues.totals()).resolves.toMatchObject({ waiting: 1, parked: 2, active: 0 });
      await expect(queues.get(ids[0]!)).resolves.toMatchObject({
        state: 'parked',
        section: 'orders',
        parked: { until: retryAt, reason: 'No token.' },
      });
      await queues.expedite(ids[1]!);
      await queues.start();
      await queues.waitFor(ids[1]!);
      await expect(queues.waitFor<number>(ids[2]!)).resolves.toBeGreaterThanOrEqual(addedAt + delayMs);
      await queues.expedite(ids[0]!);
      await expect(queues.waitFor(ids[0]!)).resolves.toBe('imported');
      await expect(queues.list({ states: ['completed'] })).resolves.toHaveLength(3);
      await expect(queues.cancel(ids[0]!)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await expect(queues.cancel('nowhere-1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(queues.add('orders.export', work())).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
      expect(() => queues.section('feeds')).toThrow('There is no section "feeds"');
    });
  });
});
