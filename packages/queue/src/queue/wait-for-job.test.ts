import { accountId, type Clock, silentLogger, sleep } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import type { JobView } from '../job/job-view.js';
import { latch } from '../testing/rig.js';
import { JobEvents } from './job-events.js';
import { waitForJob } from './wait-for-job.js';

it('a job that failed and was removed before it could be looked at again ends with its error', async () => {
  const about = { jobId: 'test-1', name: 'test.work', section: 'test', accountId: accountId('acme-za') };
  const events = new JobEvents(silentLogger);
  const looked = latch();
  let view: JobView | undefined = { ...about, state: 'active' } as JobView;
  const clock: Clock = {
    now: () => 0,
    sleep: (_ms, signal) => {
      looked.open();
      return sleep(3_600_000, signal);
    },
  };
  const closed = new AbortController().signal;
  const waiting = waitForJob(about.jobId, { events, clock, look: async () => view, closed });
  await looked.opened;
  view = undefined;
  events.emit('failed', { ...about, error: { name: 'ValidationError', message: 'Wrong.' } });
  await expect(waiting).rejects.toMatchObject({ name: 'ValidationError', message: 'Wrong.' });
});
