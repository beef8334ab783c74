interface TestGlobals {
  it(name: string, body: () => Promise<void>): void;
}

/**
 * Tests that mostly wait for the clock, all begun with the first of them and waited for together, so that the time passes once. Each still has a
 * name and an end of its own. What is opened for them is closed after the first, when all are over.
 */
export function atOnce(scenes: Readonly<Record<string, () => Promise<void>>>): void {
  const { it } = globalThis as unknown as TestGlobals;
  let ends: ReadonlyMap<string, Promise<void>> | undefined;
  for (const name of Object.keys(scenes)) {
    it(name, async () => {
      if (ends === undefined) {
        ends = new Map(Object.entries(scenes).map(([each, play]) => [each, play()]));
        await Promise.allSettled(ends.values());
      }
      // For its own alone: one that hangs is waited for by the first and by itself, and not by all.
      await ends.get(name);
    });
  }
}
