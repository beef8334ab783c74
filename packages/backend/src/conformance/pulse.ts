const everyMs = 20;

/** Notices when the machine does not let this process run: its beats are late then. */
export class Pulse {
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#beat(), everyMs);
    this.#timer.unref();
  }

  /** The longest time between two beats, in milliseconds, since it was last asked. */
  longestGapMs(): number {
    this.#beat();
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}
