import { ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { Progress } from '../job/job-context.js';
import { ProgressWriter } from './progress-writer.js';

function rig() {
  const clock = new ManualClock();
  const written: number[] = [];
  const writer = new ProgressWriter(async ({ done }: Progress) => void written.push(done), clock);
  return { clock, written, writer };
}

describe('ProgressWriter', () => {
  it('writes the first at once, then the latest of each interval', async () => {
    const { clock, written, writer } = rig();
    for (let done = 1; done <= 100; done++) {
      await writer.update({ done });
      await clock.advance(20);
    }
    expect(written[0]).toBe(1);
    expect(written.length).toBeLessThanOrEqual(6);
    await writer.close();
    expect(written.at(-1)).toBe(100);
  });

  it('writes the last one also when nothing follows', async () => {
    const { clock, written, writer } = rig();
    await writer.update({ done: 1 });
    await writer.update({ done: 2 });
    expect(written).toEqual([1]);
    await clock.advance(400);
    expect(written).toEqual([1, 2]);
    await writer.close();
    expect(written).toEqual([1, 2]);
    expect(clock.sleeping).toBe(0);
  });

  it('does not fail the job when a write fails, and writes the next', async () => {
    const clock = new ManualClock();
    const written: number[] = [];
    const writer = new ProgressWriter(async ({ done }) => {
      if (done === 1) throw new Error('The store is away.');
      written.push(done);
    }, clock);
    await expect(writer.update({ done: 1 })).resolves.toBeUndefined();
    await clock.advance(500);
    await writer.update({ done: 2 });
    await writer.close();
    expect(written).toEqual([2]);
  });
});
