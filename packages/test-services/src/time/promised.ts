/** Whether this run holds the clock against what is promised: `pnpm bench promises` does, on a machine that it has to itself. */
export const clockIsHeld: boolean = process.env.FLUXORI_TEST_CLOCK === 'held';

/**
 * The upper bound of what is promised to be quick. Held to its word where time is measured, in `pnpm bench promises`. The tests run on whatever machine
 * there is, also on one that others use up: there it leaves room for that, and finds what waits for the wrong thing, not what is slow.
 *
 * @param ms - the promise, in milliseconds.
 * @returns the bound, in milliseconds.
 */
export function promised(ms: number): number {
  return clockIsHeld ? ms : 10 * ms + 5_000;
}
