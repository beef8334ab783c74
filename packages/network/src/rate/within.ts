import type { Clock } from '@fluxori/core';

/** What `work` brings within `ms` milliseconds; undefined when it takes longer or fails, of which `onFailure` hears. */
export async function within<T>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
  onFailure: (error: unknown) => void,
): Promise<T | undefined> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(
    () => {
      onFailure(new Error(`no answer within ${ms} ms`));
      return undefined;
    },
    () => undefined,
  );
  const done = work.catch((error: unknown) => {
    if (!over.signal.aborted) onFailure(error);
    return undefined;
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    // With a reason, since none would make an error each time, with its stack, that nobody sees.
    over.abort('over');
  }
}
