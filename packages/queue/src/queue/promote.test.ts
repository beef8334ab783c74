import { sleep } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import type { BullQueue } from './bull-types.js';
import { promoteAll } from './promote.js';

/** A store over several connections: what was sent first takes longest. */
function store() {
  const done: string[] = [];
  let most = 0;
  let underWay = 0;
  const promote = async (jobId: string) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await sleep(Math.max(20 - done.length - 5 * underWay, 0));
    underWay -= 1;
    done.push(jobId);
  };
  const queue = { getBackend: () => ({ promote }) } as unknown as BullQueue;
  return { queue, done, most: () => most };
}

it('the first go on one after the other, so that an idle worker does not begin with the less urgent one', async () => {
  const { queue, done } = store();
  await promoteAll(queue, ['high', 'bulk']);
  expect(done).toEqual(['high', 'bulk']);
});

it('of many, none is there before half of those that go before it, and most go together', async () => {
  const { queue, done, most } = store();
  const jobIds = Array.from({ length: 300 }, (_, n) => String(n));
  await promoteAll(queue, jobIds);
  expect(done).toHaveLength(300);
  for (const [at, jobId] of done.entries()) expect(at).toBeGreaterThanOrEqual(Math.floor(Number(jobId) / 2));
  expect(most()).toBe(50);
});
