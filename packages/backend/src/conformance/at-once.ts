import type { TestApi } from './under-test.js';

/**
 * An `it` for tests that mostly wait: they are all begun when the first of them is run, and each tells how its own ended. The first takes as long as the
 * longest, the others no time; nothing else runs meanwhile.
 */
export function atOnce(it: TestApi['it']): TestApi['it'] {
  const bodies: (() => Promise<void>)[] = [];
  let ends: readonly Promise<void>[] | undefined;
  return (name, body, timeoutMs) => {
    const place = bodies.push(body) - 1;
    it(
      name,
      async () => {
        if (ends === undefined) {
          ends = bodies.map((one) => one());
          await Promise.allSettled(ends);
        }
        // For its own alone: one that hangs is waited for by the first and by itself, and not by all.
        await ends[place];
      },
      timeoutMs,
    );
  };
}
