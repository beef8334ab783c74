/** How a bucket is written down. */
export interface BucketRow {
  readonly key: string;
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly level: number;
  readonly inFlight: number;
  /** Milliseconds since the epoch when `level` was true. */
  readonly levelAtMs: number;
}

/** Levels are sums of fractions; this much short of a whole token still is one. */
const tolerance = 1e-9;

/**
 * One token bucket, by the clock of its keeper.
 *
 * The level grows at the rate, up to the burst *less what is in flight*: the other side takes its token somewhere between our grant and
 * its answer, and if it takes it late, then its bucket stood full in the meantime and gained nothing. Written as an invariant,
 * `level + requests that have not arrived yet <= the other side's level`; each step below keeps it.
 */
export class TokenBucket {
  readonly key: string;
  #rate: number;
  #burst: number;
  #level: number;
  #atMs: number;
  #inFlight = 0;

  constructor(key: string, ratePerSecond: number, burst: number, nowMs: number) {
    this.key = key;
    this.#rate = ratePerSecond;
    this.#burst = burst;
    this.#level = burst;
    this.#atMs = nowMs;
  }

  /**
   * The bucket as a dead process left it. What that process had in flight is over now: it was deducted when it was granted,
   * and it may have arrived as late as the process died, so until now the level grew only as far as those grants let it.
   */
  static restored(row: BucketRow, nowMs: number): TokenBucket {
    const bucket = new TokenBucket(row.key, row.ratePerSecond, row.burst, row.levelAtMs);
    bucket.#level = Math.min(row.level, row.burst);
    bucket.#inFlight = row.inFlight;
    bucket.#refill(nowMs);
    bucket.#inFlight = 0;
    return bucket;
  }

  get ratePerSecond(): number {
    return this.#rate;
  }

  get burst(): number {
    return this.#burst;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  levelAt(nowMs: number): number {
    this.#refill(nowMs);
    return this.#level;
  }

  /** Whether `tokens` of them are there. */
  has(tokens: number, nowMs: number): boolean {
    return this.levelAt(nowMs) >= tokens - tolerance;
  }

  /**
   * When `tokens` will have come in, were nobody to take any; whole milliseconds, rounded up. More than the burst are possible: they are
   * those that others take meanwhile. While requests in flight hold the level down, it is reckoned as if they were answered now.
   */
  timeOf(tokens: number, nowMs: number): number {
    const missing = tokens - tolerance - this.levelAt(nowMs);
    return missing <= 0 ? nowMs : Math.ceil(nowMs + (missing / this.#rate) * 1000);
  }

  /** When it has been full for `ms`, and nothing is in flight. */
  isIdleFor(ms: number, nowMs: number): boolean {
    if (this.#inFlight > 0) return false;
    const fullAtMs = this.#atMs + ((this.#burst - this.#level) / this.#rate) * 1000;
    return nowMs >= fullAtMs + ms;
  }

  take(nowMs: number): void {
    this.#refill(nowMs);
    this.#level -= 1;
    this.#inFlight += 1;
  }

  /** The request is answered, or will never be. */
  settle(consumed: boolean, nowMs: number): void {
    this.#refill(nowMs);
    this.#inFlight = Math.max(this.#inFlight - 1, 0);
    if (!consumed) this.#level = Math.min(this.#level + 1, this.#burst - this.#inFlight);
  }

  /** From now on these hold. The level stays; a pause (a level below zero) stays as long as it was in time. */
  setLimit(ratePerSecond: number, burst: number, nowMs: number): boolean {
    if (ratePerSecond === this.#rate && burst === this.#burst) return false;
    this.#refill(nowMs);
    if (this.#level < 0) this.#level = 1 - (1 - this.#level) * (ratePerSecond / this.#rate);
    this.#rate = ratePerSecond;
    this.#burst = burst;
    this.#level = Math.min(this.#level, burst - this.#inFlight);
    return true;
  }

  /** Nothing left; with `untilMs`, the next token comes then at the earliest. */
  drain(nowMs: number, untilMs?: number): void {
    this.#refill(nowMs);
    const paused = untilMs === undefined ? 0 : 1 - (this.#rate * (untilMs - nowMs)) / 1000;
    this.#level = Math.min(this.#level, paused, 0);
  }

  toRow(): BucketRow {
    return {
      key: this.key,
      ratePerSecond: this.#rate,
      burst: this.#burst,
      level: this.#level,
      inFlight: this.#inFlight,
      levelAtMs: this.#atMs,
    };
  }

  /** Time does not run backwards here (see `SteadyClock`), except for a bucket that was written down before the clock was set back. */
  #refill(nowMs: number): void {
    const gained = (Math.max(nowMs - this.#atMs, 0) / 1000) * this.#rate;
    this.#level = Math.min(this.#level + gained, Math.max(this.#burst - this.#inFlight, this.#level));
    this.#atMs = nowMs;
  }
}
