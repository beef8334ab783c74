import { setImmediate as turn } from 'node:timers/promises';
import { isStoreTrouble } from '../store/store-trouble.js';
import type { BullQueue } from './bull-types.js';

/** A parked job goes on now. One that is no longer parked needs nothing. */
export async function promote(queue: BullQueue, jobId: string): Promise<void> {
  await queue
    .getBackend()
    .promote(jobId)
    .catch(() => {});
}

/** So many are asked for at once in the end: enough that the way to a store over the network does not count. */
const mostAtOnce = 50;

/**
 * Many go on, in the order given. The first ones strictly so, then as many at once as went before: over several connections those might
 * overtake each other, and an idle worker would begin with the less urgent one.
 *
 * @returns how many were parked and go on.
 * @throws NetworkError (`BACKEND_UNAVAILABLE`) when the store went away meanwhile; what was not promoted stays parked.
 */
export async function promoteAll(queue: BullQueue, jobIds: readonly string[]): Promise<number> {
  const backend = queue.getBackend();
  let promoted = 0;
  for (let start = 0; start < jobIds.length; ) {
    const end = start + Math.min(Math.max(start, 1), mostAtOnce);
    const answers = await Promise.allSettled(jobIds.slice(start, end).map((jobId) => backend.promote(jobId)));
    start = end;
    for (const answer of answers) {
      if (answer.status === 'fulfilled') promoted += 1;
      else if (isStoreTrouble(answer.reason)) throw answer.reason;
    }
    await turn();
  }
  return promoted;
}
