import { describe, expect, it } from '@jest/globals';
import { ownTime } from './own-time.js';
import { sleep } from './sleep.js';

describe("a process' own time", () => {
  it('is never shorter than that of the clock', async () => {
    const startedAt = performance.now();
    await ownTime(600);
    // A timer may be a millisecond early by that clock.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(597);
  });

  it('hardly goes by while the process stands still, so that what has come is seen before the limit is over', async () => {
    let isOver = false;
    const limit = ownTime(600).then(() => {
      isOver = true;
    });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    await sleep(0);
    expect(isOver).toBe(false);
    await limit;
  });

  it('ends at once with the reason of the signal', async () => {
    const reason = new Error('enough');
    await expect(ownTime(3_600_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const giveUp = new AbortController();
    const waiting = ownTime(3_600_000, giveUp.signal);
    await sleep(10);
    giveUp.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
