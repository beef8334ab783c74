import { describe, expect, it } from '@jest/globals';
import { RunTime } from './run-time.js';
import { sleep } from './sleep.js';

function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the time of a process', () => {
  it('goes by with the clock while it runs', async () => {
    const time = new RunTime();
    const startedAt = performance.now();
    while (time.ms < 300) await sleep(10);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
    time.stop();
  });

  it('hardly goes by while it stands still, so that a limit is not over when it goes on', async () => {
    let expired = 0;
    const time = new RunTime({ ms: 1_000, expire: () => expired++ });
    standStill(2_000);
    await sleep(0);
    expect(time.ms).toBeLessThan(1_000);
    expect(expired).toBe(0);
    while (expired === 0) await sleep(10);
    await sleep(200);
    expect(expired).toBe(1);
  });

  it('is over for nobody who stopped it', async () => {
    let expired = 0;
    new RunTime({ ms: 50, expire: () => expired++ }).stop();
    await sleep(300);
    expect(expired).toBe(0);
  });
});
