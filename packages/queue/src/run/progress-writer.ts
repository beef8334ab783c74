import type { Clock } from '@fluxori/core';
import type { Progress } from '../job/job-context.js';

/** Between two writes of one job's progress. */
const intervalMs = 400;

/** Writes progress at most a few times a second, and the last one always. */
export class ProgressWriter {
  readonly #write: (progress: Progress) => Promise<void>;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  #lastAt = Number.NEGATIVE_INFINITY;
  #pending: Progress | undefined;
  #writing: Promise<void> = Promise.resolve();
  #waiting = false;

  constructor(write: (progress: Progress) => Promise<void>, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /** Resolves at once when the value will be written later. */
  async update(progress: Progress): Promise<void> {
    this.#pending = progress;
    const waitMs = this.#lastAt + intervalMs - this.#clock.now();
    if (waitMs <= 0) return this.#flush().catch(() => {});
    if (this.#waiting) return;
    this.#waiting = true;
    this.#clock
      .sleep(waitMs, this.#stopped.signal)
      .then(() => this.#flush())
      // Stopped: `close` writes what is left. And a failed write is not worth a job.
      .catch(() => {})
      .finally(() => {
        this.#waiting = false;
      });
  }

  /** Writes what is still pending. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#flush().catch(() => {});
  }

  #flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#writePending());
    return this.#writing;
  }

  async #writePending(): Promise<void> {
    const progress = this.#pending;
    if (progress === undefined) return;
    this.#pending = undefined;
    this.#lastAt = this.#clock.now();
    await this.#write(progress);
  }
}
