import { setTimeout as sleep } from 'node:timers/promises';

/** So often it looks, which takes two minutes at the least; a test that waits this long for something waits in vain. */
const looks = 24_000;

/** Waits until it is so, however slow the machine is. Looks every few milliseconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; !(await isSo()); look += 1) {
    if (look === looks) throw new Error('waited in vain');
    await sleep(5);
  }
}
