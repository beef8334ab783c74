import type { TestApi } from './under-test.js';

/**
 * An `it` for tests that mostly wait: they are all begun when the first of them is run, and each tells how its own ended. The first takes as long as the
 * longest, the others no time; nothing else runs meanwhile.
 */
export function atOnce(it: TestApi['it']): TestApi['it'] {
  const bodies: (() => Promise<void>)[] = [];
  let ends: Promise<PromiseSettledResult<void>[]> | undefined;
  return (name, body, timeoutMs) => {
    const place = bodies.push(body) - 1;
    it(
      name,
      async () => {
        ends ??= Promise.allSettled(bodies.map((one) => one()));
        const end = (await ends)[place]!;
        if (end.status === 'rejected') throw end.reason;
      },
      timeoutMs,
    );
  };
}
