/** Mutual exclusion between everyone who shares the store. */
export interface Locks {
  /**
   * Runs `work` while holding the lock `name`, waiting for it first.
   * The lock is kept alive while `work` runs and falls free by itself `ttlMs` after its holder dies;
   * `work`'s signal is aborted when the lock was lost, or when `options.signal` is.
   *
   * @param options.ttlMs - how long a dead holder blocks the others; 10,000 ms by default.
   * @throws the signal's reason when aborted while waiting.
   */
  withLock<T>(
    name: string,
    work: (held: { signal: AbortSignal }) => Promise<T>,
    options?: { ttlMs?: number; signal?: AbortSignal },
  ): Promise<T>;
}
