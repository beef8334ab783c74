/**
 * A time limit that can be let run, put off and taken back cheaply, as often as a piece of data moves.
 *
 * When the time is up, what has come is read once more before it counts: of a process that was held up itself (a machine that slept, a long
 * computation), timers come first, while bytes may have been lying at its door for long.
 */
export class PhaseTimer {
  readonly #expire: (code: string, limitMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastLook: ReturnType<typeof setImmediate> | undefined;
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
    this.#endLastLook();
    if (limitMs === this.#limitMs && this.#timer !== undefined) {
      this.#timer.refresh();
      return;
    }
    this.#limitMs = limitMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookOnceMore(), limitMs);
  }

  /** Something moved: the limit begins anew. */
  refresh(): void {
    if (!this.#isRunning) return;
    this.#endLastLook();
    this.#timer?.refresh();
  }

  /** Nothing is waited for now. */
  hold(): void {
    this.#isRunning = false;
    this.#endLastLook();
  }

  stop(): void {
    this.hold();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#limitMs = 0;
  }

  /** Node reads what has come after the timers, and before this. */
  #lookOnceMore(): void {
    if (!this.#isRunning) return;
    this.#lastLook = setImmediate(() => {
      this.#lastLook = undefined;
      this.#expire(this.#code, this.#limitMs);
    });
  }

  #endLastLook(): void {
    if (this.#lastLook === undefined) return;
    clearImmediate(this.#lastLook);
    this.#lastLook = undefined;
  }
}
