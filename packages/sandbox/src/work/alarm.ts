/** Rings when a moment of the sandbox's clock has come. A clock that stands still is looked at again, at leisure. */
export class Alarm {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** @param dueMs - by the clock; `undefined` for never. Replaces what was set before. */
  set(dueMs: number | undefined): void {
    clearTimeout(this.#timer);
    if (dueMs === undefined || this.#closed) return;
    const waitMs = Math.min(Math.max(dueMs - this.#now(), shortestMs), longestMs);
    this.#timer = setTimeout(() => this.#ring(), waitMs);
    this.#timer.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}

const shortestMs = 2;
/** Timers of Node reach no further than 24 days. */
const longestMs = 3_600_000;
