import type { AccountId } from '@fluxori/core';
import type { Summon } from './change-box.js';
import type { ChangeQueues } from './change-means.js';

/** Puts a job in that takes changes on, unless one waits already that has not begun. */
export function summonFlush(queues: ChangeQueues, account: AccountId, gatherMs: number): Summon {
  return async (token) => {
    await queues.add('changes.flush', {
      ...{ accountId: account, payload: {}, dedupeKey: token, delayMs: gatherMs },
    });
  };
}
