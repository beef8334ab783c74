import type { Locks } from '@fluxori/core';
import type { Lifetime } from '../life/lifetime.js';

interface Waiting {
  readonly admit: () => void;
}

/**
 * Locks of a backend that lives in one process.
 * Whoever holds one dies together with the lock, so `ttlMs` has nothing to guard against and a held lock is never lost;
 * it is freed as soon as `work` has ended, and `close()` ends the wait of those who stand in line.
 */
export class LocalLocks implements Locks {
  readonly #lines = new Map<string, Waiting[]>();
  readonly #life: Lifetime;
  readonly #closed = new AbortController();

  constructor(life: Lifetime) {
    this.#life = life;
  }

  async withLock<T>(
    name: string,
    work: (held: { signal: AbortSignal }) => Promise<T>,
    options: { ttlMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    this.#life.check();
    options.signal?.throwIfAborted();
    const signal =
      options.signal === undefined
        ? this.#closed.signal
        : AbortSignal.any([options.signal, this.#closed.signal]);
    await this.#enter(name, signal);
    try {
      signal.throwIfAborted();
      return await work({ signal });
    } finally {
      this.#leave(name);
    }
  }

  /** Those who wait are turned away, and those who hold are told by their signal. */
  close(): void {
    this.#closed.abort(this.#life.endedError());
  }

  /** Resolves when it is our turn; first come, first served. */
  #enter(name: string, signal: AbortSignal): Promise<void> {
    const line = this.#lines.get(name);
    if (line === undefined) {
      this.#lines.set(name, []);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        line.splice(line.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        admit: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      line.push(waiting);
    });
  }

  #leave(name: string): void {
    const next = this.#lines.get(name)?.shift();
    if (next === undefined) this.#lines.delete(name);
    else next.admit();
  }
}
