import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Stopwatch } from './stopwatch.js';

describe('a stopwatch', () => {
  it('counts waiting', async () => {
    const watch = new Stopwatch();
    // Each of these counts, however long the machine makes it.
    for (let waits = 0; waits < 24; waits++) await wait(6);
    expect(watch.stop()).toBeGreaterThan(60);
  });

  it('counts computing, which blocks the event loop', () => {
    const watch = new Stopwatch();
    const { user } = process.threadCpuUsage();
    while (process.threadCpuUsage().user - user < 100_000);
    expect(watch.stop()).toBeGreaterThanOrEqual(95);
  });

  it('leaves out the time in which the process was held up', async () => {
    const watch = new Stopwatch();
    // The thread sleeps: as on a machine that gives its cores to others.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    await wait(1);
    expect(watch.stop()).toBeLessThan(200);
  });
});
