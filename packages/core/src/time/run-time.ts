const everyMs = 50;

/**
 * Time as this process had it: while it stood still (a long computation, a machine that slept or gave it no processor), hardly any went by. An answer that
 * lay at its door for that long is not late, and nobody is taken for away because of it. Who only waits has `ownTime`.
 */
export class RunTime {
  readonly #timer: NodeJS.Timeout;
  #lookedAt = performance.now();
  #ms = 0;

  /** @param limit - `expire` is called once, when so many milliseconds of this time are over, unless it is stopped before. */
  constructor(limit?: { readonly ms: number; readonly expire: () => void }) {
    this.#timer = setInterval(() => {
      if (this.ms < (limit?.ms ?? Number.POSITIVE_INFINITY)) return;
      this.stop();
      limit?.expire();
    }, everyMs);
  }

  /** Since it was made, in milliseconds. */
  get ms(): number {
    const now = performance.now();
    this.#ms += Math.min(now - this.#lookedAt, 2 * everyMs);
    this.#lookedAt = now;
    return this.#ms;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
