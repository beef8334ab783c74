import { accountId, silentLogger, systemClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { StoredJob } from '../job/stored-job.js';
import { ParkRequest } from '../outcome/park-request.js';
import type { BullJob } from '../queue/bull-types.js';
import type { Checkpoints } from '../run/checkpoints.js';
import { chargeStall } from './charge-stall.js';
import { noteBegun } from './recover-orphans.js';

/** A job as BullMQ gives it out, and what its next run meets. */
function stalling() {
  let checkpoint: unknown;
  const job = {
    id: 'test-1',
    name: 'test.work',
    stalledCounter: 0,
    data: { version: 1, accountId: accountId('acme-za'), payload: null } as StoredJob,
    async updateData(data: StoredJob) {
      this.data = data;
    },
  };
  const parts = {
    checkpoints: { read: async () => checkpoint } as unknown as Checkpoints,
    maxCrashes: 3,
    logger: silentLogger,
    clock: systemClock,
    random: () => 0.5,
  };
  return {
    job,
    comesFurther: (state: unknown) => {
      checkpoint = state;
    },
    /** Its lock ran out, and it is given out again. */
    async comesBack(): Promise<unknown> {
      job.stalledCounter += 1;
      return this.runs();
    },
    async runs(): Promise<unknown> {
      const bullJob = job as unknown as BullJob;
      try {
        await chargeStall(bullJob, parts);
      } catch (error) {
        return error;
      }
      await noteBegun(bullJob);
      return 'runs';
    },
  };
}

describe('a job whose lock ran out', () => {
  it('runs again the first time, apart from others the second, and fails the third time at the same point', async () => {
    const it = stalling();
    await expect(it.comesBack()).resolves.toBe('runs');
    const apart = await it.comesBack();
    expect(apart).toBeInstanceOf(ParkRequest);
    expect(apart).toMatchObject({
      parkedFor: 'crash',
      order: { reason: expect.stringContaining('2 times') },
    });
    await expect(it.runs()).resolves.toBe('runs');
    await expect(it.comesBack()).resolves.toMatchObject({ name: 'ValidationError', code: 'JOB_STATE' });
  });

  it('never fails while it comes further in between, however often BullMQ has counted', async () => {
    const it = stalling();
    for (let step = 1; step <= 20; step++) {
      await expect(it.comesBack()).resolves.toBe('runs');
      it.comesFurther({ step });
    }
    expect(it.job.stalledCounter).toBe(20);
  });

  it('is charged once for each time, not for each run', async () => {
    const it = stalling();
    await it.comesBack();
    for (let run = 0; run < 10; run++) await expect(it.runs()).resolves.toBe('runs');
    expect(it.job.data.crashes).toMatchObject({ count: 1, stalled: 1 });
  });
});
