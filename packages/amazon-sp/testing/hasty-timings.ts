import type { WorkflowTimings } from '../src/index.js';

/** Long waits made short, so that a test does not wait for them; but nothing is taken for stuck, however slow the machine is. */
export const hastyTimings: WorkflowTimings = {
  firstPollMs: 10,
  longestPollMs: 40,
  stuckAfterMs: 3_600_000,
  listedAfterMs: 20,
  clockSkewMs: 5_000,
};
