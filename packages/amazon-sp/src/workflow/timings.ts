/** The pace of workflows that ask Amazon for something and wait for it: reports, feeds, data kiosk queries. Milliseconds. */
export interface WorkflowTimings {
  /** From asking to the first look. */
  readonly firstPollMs: number;
  /** Between looks, at most. They grow apart while it takes longer. */
  readonly longestPollMs: number;
  /** In the queue at Amazon for so long it is taken for stuck. */
  readonly stuckAfterMs: number;
  /** After an outcome that is unknown, until Amazon's listing surely shows what it would have made; it is looked at sooner, and once more later. */
  readonly listedAfterMs: number;
  /** By how much Amazon's clock may be behind ours. */
  readonly clockSkewMs: number;
}

/**
 * A look by id may be made twice a second, and reports and feeds take minutes. How long the listing lags is not documented: 30 s is a guess on the
 * safe side. A report that is stuck was seen to be so for hours and days.
 * Sources: usage plans of getReport and getFeed (2/s); amzn/selling-partner-api-docs issues 3273, 2935, 1329. Checked November 2026.
 */
export const defaultTimings: WorkflowTimings = {
  firstPollMs: 15_000,
  longestPollMs: 60_000,
  stuckAfterMs: 6 * 3_600_000,
  listedAfterMs: 30_000,
  clockSkewMs: 300_000,
};

/** How long to wait before the next look: as long as it has taken so far, by half, between the shortest and the longest. */
export function nextPollMs(elapsedMs: number, { firstPollMs, longestPollMs }: WorkflowTimings): number {
  return Math.min(longestPollMs, Math.max(firstPollMs, elapsedMs / 2));
}

/**
 * How long to wait before another look for what a lost answer may have made: soon at first, then when Amazon's list surely shows it, and once more long
 * after that. Milliseconds.
 *
 * @param looks - how many there were.
 * @returns undefined when there were enough.
 */
export function nextLookMs(
  looks: number,
  { listedAfterMs }: Pick<WorkflowTimings, 'listedAfterMs'>,
): number | undefined {
  const [soon, surely, late] = [listedAfterMs / 6, listedAfterMs, 3 * listedAfterMs];
  return [soon, surely - soon, late - surely][looks];
}
