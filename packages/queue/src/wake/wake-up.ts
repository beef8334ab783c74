import { type AccountId, accountId } from '@fluxori/core';
import type { BullQueue } from '../queue/bull-types.js';
import { sectionOf } from '../queue/enqueue.js';
import { promoteAll } from '../queue/promote.js';
import { checkWakeKey } from './wake-keys.js';
import type { Sleeper, Wakes } from './wakes.js';

/** @returns the queue of a section; undefined for one that is not open here. */
type QueueOf = (section: string) => Promise<BullQueue> | undefined;

/**
 * Lets the jobs go on that are parked until one of these happens.
 * @returns how many were.
 * @throws ValidationError for an account or a key that is none; NetworkError (`BACKEND_UNAVAILABLE`): then wake again.
 */
export async function wakeUp(
  wakes: Wakes,
  queueOf: QueueOf,
  account: string,
  keys: readonly string[],
): Promise<number> {
  const owner = accountId(account);
  for (const key of keys) checkWakeKey(key, owner);
  const distinct = [...new Set(keys)];
  return promoteSleepers(await wakes.call(owner, distinct), queueOf);
}

/**
 * Whoever was about to wake a job, or to look whether it was woken on its way, has perhaps died: a worker looks at its start at all that has
 * been marked lately.
 */
export async function wakeForgotten(wakes: Wakes, queueOf: QueueOf): Promise<number> {
  let woken = 0;
  for (const [account, keys] of await wakes.marked()) {
    woken += await promoteSleepers(await wakes.sleepers(account as AccountId, keys), queueOf);
  }
  return woken;
}

async function promoteSleepers(sleepers: readonly Sleeper[], queueOf: QueueOf): Promise<number> {
  let woken = 0;
  for (const [section, group] of Map.groupBy(sleepers, ({ jobId }) => sectionOf(jobId))) {
    const queue = await queueOf(section);
    if (queue === undefined) continue;
    woken += await promoteAll(
      queue,
      group.map(({ jobId }) => jobId),
    );
  }
  return woken;
}
