import { sleep } from '@fluxori/core';

/** Waits for the work, and no longer than so many milliseconds. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, sleep(ms, done.signal).catch(() => {})]).finally(() => done.abort());
}
