import { sleep } from '@fluxori/core';

/** Below the limit of a test, so that it says itself what it waited for, and waits no longer when its test is over. */
const longestMs = 540_000;

/**
 * Waits for as long as it takes: how quick the machine is decides nothing.
 *
 * @param what - what is waited for, for the error.
 * @throws Error when it has not come for almost as long as a test may take.
 */
export async function until(
  isSo: () => Promise<boolean> | boolean,
  what = 'what the test waits for',
): Promise<void> {
  for (const startedAt = performance.now(); !(await isSo()); await sleep(10)) {
    if (performance.now() - startedAt > longestMs) throw new Error(`${what} has not come to be.`);
  }
}
