/** How often it looks whether the machine let this process run, in milliseconds. */
const everyMs = 5;
/** A gap that a timer may have on a machine with nothing else to do. */
const usualGapMs = 2 * everyMs;

/**
 * Measures how long something takes on a machine that others use, too: the time during which this process could not run, although it wanted to,
 * is left out. What its own thread spends computing counts, so that blocking the event loop is not forgiven; what V8 collects and compiles beside it
 * does not.
 */
export class Stopwatch {
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #lookedAt = this.#startedAt;
  #cpu = process.threadCpuUsage();
  #heldUpMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#look(), everyMs);
    // A test that fails must not keep the process alive.
    this.#timer.unref();
  }

  /** @returns milliseconds since it was made, without those in which the process was held up. */
  stop(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#lookedAt - this.#startedAt - this.#heldUpMs;
  }

  #look(): void {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(this.#cpu);
    this.#cpu = process.threadCpuUsage();
    const computedMs = (user + system) / 1_000;
    this.#heldUpMs += Math.max(0, now - this.#lookedAt - usualGapMs - computedMs);
    this.#lookedAt = now;
  }
}
