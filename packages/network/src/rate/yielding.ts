/**
 * How much of a limit is ours while another program draws from the same one.
 *
 * After a refusal the share goes down at once, climbs back quickly to just below where it was refused, stays about there for long, and then
 * climbs ever faster up to the whole: the curve of TCP CUBIC (RFC 9438), with time counted in tokens of the full rate instead of seconds,
 * so that a limit of one request a minute is treated like one of fifteen a second. With half of a limit left, about one request in 80 is
 * refused; at most 450 tokens after the other program has stopped (90 s at 5/s) all of the rate is ours again.
 */
export interface Yielding {
  /** Counts refusals: of two that are told of one bucket, the higher is the later one, whatever the clocks say. */
  readonly turn: number;
  /** When the last refusal was, in milliseconds since the epoch, by the clock of the process that heard it. */
  readonly at: number;
  /** When the spell began. */
  readonly since: number;
  /** The part of the rate, 0 to 1, right after the refusal. */
  readonly share: number;
  /** The part of the rate up to which it climbs before it stays level. */
  readonly peak: number;
}

/** How steeply the share climbs, per cubed token. */
const steepness = 2.5e-8;
/** A refusal that comes later than so many tokens after the last one, while nothing was yielded, is a stray one. */
const strayAfterTokens = 100;
/** The peak lies a little below the share that was refused. */
const belowRefused = 0.95;
/** By how much the share goes down: more, the fewer tokens it lasted. */
const cuts = [
  { upToTokens: 5, factor: 0.5 },
  { upToTokens: 30, factor: 0.7 },
  { upToTokens: Number.POSITIVE_INFINITY, factor: 0.8 },
] as const;

/** The part of the rate that is ours `elapsedMs` after the refusal. */
export function shareAfter(yielding: Yielding, ratePerSecond: number, elapsedMs: number): number {
  const { share, peak } = yielding;
  if (share >= 1) return 1;
  const tokens = (Math.max(elapsedMs, 0) / 1000) * ratePerSecond;
  const levelAt = Math.cbrt((peak - share) / steepness);
  return Math.min(peak + steepness * (tokens - levelAt) ** 3, 1);
}

/**
 * What a refusal leaves. The first one changes no share: a bucket that began too full elsewhere is refused once as well, and emptying ours
 * is all that it takes.
 *
 * @param before - the state until now, with how long ago its refusal was.
 */
export function afterRefusal(
  before: { readonly yielding: Yielding; readonly elapsedMs: number } | undefined,
  ratePerSecond: number,
  now: number,
): Yielding {
  if (before === undefined) return { turn: 1, at: now, since: now, share: 1, peak: 1 };
  const { yielding, elapsedMs } = before;
  const turn = yielding.turn + 1;
  const tokens = (Math.max(elapsedMs, 0) / 1000) * ratePerSecond;
  const refused = shareAfter(yielding, ratePerSecond, elapsedMs);
  if (refused >= 1 && tokens > strayAfterTokens) return { turn, at: now, since: now, share: 1, peak: 1 };
  const lasted = (tokens * (refused + yielding.share)) / 2;
  const factor = cuts.find(({ upToTokens }) => lasted < upToTokens)?.factor ?? 0.8;
  const share = Math.max(refused * factor, smallestShare(ratePerSecond));
  return {
    turn,
    at: now,
    since: yielding.since,
    share,
    peak: Math.max(peakOf(yielding, refused, factor), share),
  };
}

/** Refused sooner than last time, the peak goes down further, so that who needs more is let in sooner. */
function peakOf({ peak }: Yielding, refused: number, factor: number): number {
  if (factor === cuts[0].factor) return refused * 0.6;
  return (refused < peak ? (refused * (1 + factor)) / 2 : refused) * belowRefused;
}

/** One request in 64 tokens, or every five minutes where that is more; a quarter for limits that are slower still. */
function smallestShare(ratePerSecond: number): number {
  return Math.min(Math.max(1 / 64, 1 / (300 * ratePerSecond)), 1 / 4);
}
