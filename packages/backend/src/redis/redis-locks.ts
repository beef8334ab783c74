import { randomUUID } from 'node:crypto';
import { type Locks, NetworkError, type Random, sleep, systemRandom } from '@fluxori/core';
import type { Lifetime } from '../life/lifetime.js';
import { LocalLocks } from '../locks/local-locks.js';
import type { LockBell } from './lock-bell.js';
import { acquireLock, releaseLock, renewLock } from './lua/lock-scripts.js';
import type { RedisLink } from './redis-link.js';

export interface RedisLockOptions {
  readonly link: RedisLink;
  readonly life: Lifetime;
  readonly bell: LockBell;
  readonly newToken?: () => string;
  readonly random?: Random;
}

/** Asks again at the latest after so long: a waiter that is not heard of for 5 s is taken to be dead. */
const pollMs = { withBell: 1_000, withoutBell: 40 };

/** Closing waits no longer than this for an answer; a lock that is not let go ends with its lease. */
const closingMs = 500;

/**
 * Locks with a lease in Redis. Of this process one asks for a lock at a time, and the others stand behind it here; between processes the
 * line is in Redis, so that none is passed over.
 */
export class RedisLocks implements Locks {
  readonly #options: RedisLockOptions;
  readonly #newToken: () => string;
  readonly #random: Random;
  readonly #local: LocalLocks;
  readonly #releases = new Set<Promise<unknown>>();

  constructor(options: RedisLockOptions) {
    this.#options = options;
    this.#newToken = options.newToken ?? randomUUID;
    this.#random = options.random ?? systemRandom;
    this.#local = new LocalLocks(options.life);
  }

  withLock<T>(
    name: string,
    work: (held: { signal: AbortSignal }) => Promise<T>,
    options: { ttlMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    const { ttlMs = 10_000, signal } = options;
    return this.#local.withLock(
      name,
      async (turn) => {
        const token = this.#newToken();
        const askedAt = await this.#acquire(name, token, ttlMs, turn.signal);
        const lease = new Lease(this.#options.link, name, token, ttlMs, askedAt);
        try {
          return await work({ signal: AbortSignal.any([turn.signal, lease.lost]) });
        } finally {
          lease.stop();
          this.#release(name, token);
        }
      },
      { ...(signal !== undefined && { signal }) },
    );
  }

  /** Those who wait are turned away, and those who hold are told by their signal; fulfils when what was held has been let go. */
  async close(): Promise<void> {
    this.#local.close();
    // Whoever is told by a signal lets go in the next few turns.
    await sleep(0);
    const inTime = new AbortController();
    const released = Promise.allSettled([...this.#releases]).then(() => inTime.abort());
    await Promise.race([released, sleep(closingMs, inTime.signal).catch(() => {})]);
  }

  /** @returns when (by `performance.now()`) the answer that gave us the lock was asked for. */
  async #acquire(name: string, token: string, ttlMs: number, signal: AbortSignal): Promise<number> {
    const { link, bell } = this.#options;
    let rung: () => void = () => {};
    let unlisten: (() => void) | undefined;
    try {
      for (;;) {
        const wake = new AbortController();
        rung = () => wake.abort();
        let askedAt = performance.now();
        const onRepeat = () => {
          askedAt = performance.now();
        };
        const answer = await link.script(acquireLock, [name, token, ttlMs], { signal, onRepeat });
        const [granted, waitMs] = answer as [number, string];
        signal.throwIfAborted();
        if (granted === 1) return askedAt;
        unlisten ??= bell.listen(token, () => rung());
        const mostMs = bell.isHeard ? pollMs.withBell : pollMs.withoutBell * (0.5 + this.#random());
        const pauseMs = Math.min(Math.ceil(Number(waitMs)) + 1, mostMs);
        await sleep(pauseMs, AbortSignal.any([signal, wake.signal])).catch(() => signal.throwIfAborted());
      }
    } catch (error) {
      this.#release(name, token);
      throw error;
    } finally {
      unlisten?.();
    }
  }

  /** Not waited for: the next of this process comes behind it on the same connection, and if it is lost, the lease ends. */
  #release(name: string, token: string): void {
    const { link } = this.#options;
    const release = link.lastWord(releaseLock, [name, token]).catch(() => {});
    this.#releases.add(release);
    release.then(() => this.#releases.delete(release));
  }
}

/** Keeps a lock that we have, and says when it could not be kept. */
class Lease {
  readonly #lost = new AbortController();
  readonly #stopped = new AbortController();
  readonly #host: string;
  readonly #name: string;
  readonly #ttlMs: number;
  #deadline: NodeJS.Timeout | undefined;

  constructor(link: RedisLink, name: string, token: string, ttlMs: number, askedAt: number) {
    this.#host = link.label;
    this.#name = name;
    this.#ttlMs = ttlMs;
    this.#extend(askedAt);
    this.#renew(link, token).catch((error: unknown) => this.#lose(error));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#deadline);
  }

  async #renew(link: RedisLink, token: string): Promise<void> {
    const signal = this.#stopped.signal;
    for (;;) {
      await sleep(this.#ttlMs / 3, signal);
      const askedAt = performance.now();
      const kept = await link.script(renewLock, [this.#name, token, this.#ttlMs], { signal });
      if (kept !== 1) throw new Error('somebody else has it');
      this.#extend(askedAt);
    }
  }

  /** By our own clock, from when we asked: the store's lease ends later than that, never earlier. */
  #extend(askedAt: number): void {
    if (this.#stopped.signal.aborted) return;
    clearTimeout(this.#deadline);
    const leftMs = askedAt + this.#ttlMs - performance.now();
    this.#deadline = setTimeout(() => this.#lose(new Error('no answer in time')), Math.max(leftMs, 0));
  }

  #lose(cause: unknown): void {
    if (this.#stopped.signal.aborted) return;
    this.stop();
    this.#lost.abort(
      new NetworkError(
        `The lock "${this.#name}" was lost: Redis at ${this.#host} did not renew it in time.`,
        {
          code: 'BACKEND_UNAVAILABLE',
          host: this.#host,
          outcome: 'unknown',
          remedy: 'The work may be done by another process now; it can be tried again from the start.',
          cause,
        },
      ),
    );
  }
}
