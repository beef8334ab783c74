/** A time limit that can be let run, put off and taken back cheaply, as often as a piece of data moves. */
export class PhaseTimer {
  readonly #expire: (code: string, limitMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #code = '';
  #limitMs = 0;
  #isRunning = false;

  /** @param expire - called with the code of the limit that ran out. */
  constructor(expire: (code: string, limitMs: number) => void) {
    this.#expire = expire;
  }

  /** Begins another limit in place of the last one. */
  start(limitMs: number, code: string): void {
    this.#code = code;
    this.#isRunning = true;
    if (limitMs === this.#limitMs && this.#timer !== undefined) {
      this.#timer.refresh();
      return;
    }
    this.#limitMs = limitMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isRunning) this.#expire(this.#code, this.#limitMs);
    }, limitMs);
  }

  /** Something moved: the limit begins anew. */
  refresh(): void {
    if (this.#isRunning) this.#timer?.refresh();
  }

  /** Nothing is waited for now. */
  hold(): void {
    this.#isRunning = false;
  }

  stop(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#limitMs = 0;
  }
}
