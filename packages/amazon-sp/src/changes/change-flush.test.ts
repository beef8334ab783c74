import { openBackend } from '@fluxori/backend';
import { ManualClock } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import { flushWakeKey } from './change-box.js';
import { ChangeFlush } from './change-flush.js';
import { FlushCharge } from './flush-charge.js';

it('whoever finds that another took the charge while he waited for the lock wakes that one before he leaves', async () => {
  const clock = new ManualClock();
  await using backend = await openBackend('memory:', { clock });
  const charge = new FlushCharge({
    ...{ keyValues: backend.keyValues, clock, prefix: 'here/', process: 'this one' },
  });
  const locks = {
    async withLock<T>(_: string, work: (held: { signal: AbortSignal }) => Promise<T>): Promise<T> {
      // It had given the charge back for its last look, found more, and now waits for a limit.
      await charge.take('the other', new Date(clock.now() + 60_000));
      return work({ signal: new AbortController().signal });
    },
  };
  const woken: (readonly string[])[] = [];
  const flush = new ChangeFlush({
    connector: { changes: { charge, locks, lockName: 'flush' } },
    queues: { wakeAll: async (_: string, keys: readonly string[]) => woken.push(keys) },
    ...{ clock, account: 'acme-za', job: 'this job', signal: new AbortController().signal },
  } as never);
  await expect(flush.run()).resolves.toBeUndefined();
  expect(woken).toEqual([[flushWakeKey]]);
});
