import { sleep } from '@fluxori/core';

const everyMs = 20;

/** Notices when the machine does not let this process run, nor the store: beats and answers are late then. */
export class Pulse {
  readonly #timer: NodeJS.Timeout;
  #isStopped = false;
  /** When the store was asked, while it owes the answer. */
  #askedMs: number | undefined;
  #lastMs = performance.now();
  #longestMs = 0;

  /** @param ask - asks the store something small; without it, only this process is looked at. */
  constructor(ask?: () => Promise<unknown>) {
    this.#timer = setInterval(() => this.#beat(), everyMs);
    this.#timer.unref();
    if (ask !== undefined) void this.#listen(ask);
  }

  /** The longest time between two beats, or for an answer, in milliseconds, since it was last asked. */
  longestGapMs(): number {
    this.#beat();
    this.#heard();
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #listen(ask: () => Promise<unknown>): Promise<void> {
    while (!this.#isStopped) {
      this.#askedMs = performance.now();
      await ask().catch(() => {});
      this.#heard();
      this.#askedMs = undefined;
      await sleep(2 * everyMs);
    }
  }

  #heard(): void {
    if (this.#askedMs === undefined) return;
    this.#longestMs = Math.max(this.#longestMs, performance.now() - this.#askedMs);
  }

  #beat(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}
