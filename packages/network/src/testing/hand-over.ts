import { setTimeout as sleep } from 'node:timers/promises';

/** More than all timers together, in milliseconds, by which Bottleneck hands over what is there. */
const turns = 25;

/**
 * Lets Bottleneck hand over, which it does in steps, each on a real timer of a millisecond or so. Its steps are overtaken by no single long
 * timer on a machine that stood still meanwhile, since each turn here begins after the one before: timers of one process fire in their order.
 */
export async function handOver(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await sleep(1);
}
