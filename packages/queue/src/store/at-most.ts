import { ownTime } from '@fluxori/core';

/**
 * Waits for the work, however it ends, and no longer than so many milliseconds of this process' own time: what is not done by then goes on by itself.
 */
export async function atMost(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  if (work === undefined) return;
  const over = new AbortController();
  await Promise.race([work.catch(() => {}), ownTime(ms, over.signal).catch(() => {})]);
  over.abort();
}
