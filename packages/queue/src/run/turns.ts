interface Waiting {
  readonly priority: number;
  readonly go: () => void;
}

/**
 * Lets runs begin one by one, the most urgent first, each in a turn of the event loop of its own.
 *
 * An embedded database answers without the event loop ever turning: thousands of jobs that only park would keep every timer and
 * socket of the process waiting until the last of them is done.
 */
export class Turns {
  #waiting: Waiting[] = [];
  #turning = false;

  /** @param priority - 1 is the most urgent. */
  next(priority: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ priority, go });
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#turning || this.#waiting.length === 0) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.#mostUrgent().go();
      this.#turn();
    });
  }

  /** No more wait than there are slots, so looking through them all is cheap. */
  #mostUrgent(): Waiting {
    const first = this.#waiting.reduce((best, one) => (one.priority < best.priority ? one : best));
    this.#waiting.splice(this.#waiting.indexOf(first), 1);
    return first;
  }
}
