/** Lets one through at a time, in order of arrival. */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /**
   * Waits for its turn; the next one passes when the returned function is called.
   * @throws the signal's reason when aborted while waiting.
   */
  enter(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const before = this.#last;
    let leave!: () => void;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      void before.then(() => {
        signal?.removeEventListener('abort', abort);
        // Whoever gave up waiting still has its place in the chain, and passes it on at once.
        if (signal?.aborted) leave();
        else resolve(leave);
      });
    });
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
