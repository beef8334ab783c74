import { createHash, randomUUID } from 'node:crypto';
import { type Locks, type Logger, NetworkError, sleep } from '@fluxori/core';
import type { Lifetime } from '../life/lifetime.js';
import { LocalLocks } from '../locks/local-locks.js';
import { atMost } from './at-most.js';
import type { Listener } from './listener.js';
import type { PostgresSql } from './postgres-sql.js';

export interface LeaseLocksOptions {
  readonly sql: PostgresSql;
  readonly listener: Listener;
  readonly life: Lifetime;
  readonly logger: Logger;
  readonly schema: string;
  /** `host:port`, for errors. */
  readonly host: string;
}

interface Waiter {
  readonly token: string;
  wake(): void;
}

const defaultTtlMs = 10_000;
/** How long the next in line is waited for; it asks again three times as often. */
const heirMs = 3_000;
/** For how long an end is held up by the release of what ends by itself. */
const releaseMs = 1_000;
/** A timer may be early by so much, and then there is no time for another one. */
const momentMs = 2;

/**
 * Locks as leases in a table (see `sql/shared-locks.ts`). Within this process the first in line asks for all; a release is told by NOTIFY,
 * and whoever misses that asks again when the lease ends.
 */
export class LeaseLocks implements Locks {
  readonly #sql: PostgresSql;
  readonly #host: string;
  readonly #logger: Logger;
  readonly #listener: Listener;
  readonly #local: LocalLocks;
  readonly #channel: string;
  readonly #text: { readonly take: string; readonly keep: string; readonly drop: string };
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #held = new Set<Promise<unknown>>();

  constructor({ sql, listener, life, logger, schema, host }: LeaseLocksOptions) {
    this.#sql = sql;
    this.#listener = listener;
    this.#logger = logger;
    this.#host = host;
    this.#local = new LocalLocks(life);
    this.#channel = `${schema}_lock`;
    this.#text = {
      take: `select ${schema}.lock_take($1, $2, $3, $4) as "waitMs"`,
      keep: `select ${schema}.lock_keep($1, $2, $3) as held`,
      drop: `select ${schema}.lock_drop($1, $2, $3)`,
    };
  }

  /** Before the first use: hears of locks that are released elsewhere. */
  async listen(): Promise<void> {
    const heard = (payload: string) => {
      const [hash, heir] = payload.split(':');
      for (const waiter of this.#waiters.get(hash!) ?? []) {
        if (!heir || heir === waiter.token) waiter.wake();
      }
    };
    const restored = () => {
      for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.wake();
    };
    await this.#listener.listen(this.#channel, { heard, restored });
  }

  withLock<T>(
    name: string,
    work: (held: { signal: AbortSignal }) => Promise<T>,
    options: { ttlMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    const ttlMs = Math.max(options.ttlMs ?? defaultTtlMs, 1);
    return this.#local.withLock(
      name,
      async ({ signal }) => {
        const token = randomUUID();
        const holding = this.#contend(name, token, ttlMs, signal).then((endsAtMs) =>
          this.#hold({ name, token, ttlMs, signal, endsAtMs }, work),
        );
        this.#held.add(holding);
        try {
          return await holding;
        } finally {
          this.#held.delete(holding);
        }
      },
      options.signal && { signal: options.signal },
    );
  }

  /** Those who wait are turned away; those who hold are told, and given a moment to let go. */
  async close(): Promise<void> {
    this.#local.close();
    await atMost(releaseMs, Promise.allSettled(this.#held));
  }

  /** @returns until when it is ours at least, by `performance.now()`. */
  async #contend(name: string, token: string, ttlMs: number, signal: AbortSignal): Promise<number> {
    const hash = createHash('md5').update(name).digest('hex');
    const pollMs = Math.min(heirMs, ttlMs) / 3;
    for (;;) {
      let wake: () => void = () => {};
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const waiter = { token, wake };
      const there = this.#waiters.get(hash) ?? new Set<Waiter>();
      this.#waiters.set(hash, there.add(waiter));
      const done = new AbortController();
      try {
        const askedAtMs = performance.now();
        const waitMs = await this.#take(name, token, ttlMs, signal);
        if (waitMs === 0) return askedAtMs + ttlMs;
        const restMs = Math.min(waitMs + 2, pollMs * (0.75 + Math.random() / 2));
        await Promise.race([woken, sleep(restMs, AbortSignal.any([signal, done.signal]))]);
        signal.throwIfAborted();
      } finally {
        done.abort();
        there.delete(waiter);
        if (there.size === 0) this.#waiters.delete(hash);
      }
    }
  }

  /** Who is turned away while the question is under way lets go of what it may have been given. */
  async #take(name: string, token: string, ttlMs: number, signal: AbortSignal): Promise<number> {
    const asked = this.#sql.patiently(async () => {
      const { rows } = await this.#sql.once<{ waitMs: number }>(this.#text.take, [
        name,
        token,
        ttlMs,
        heirMs,
      ]);
      return rows[0]!.waitMs;
    }, signal);
    try {
      return await abortable(asked, signal);
    } catch (error) {
      if (signal.aborted) {
        asked.then((waitMs) => (waitMs === 0 ? this.#drop(name, token) : undefined)).catch(() => {});
      }
      throw error;
    }
  }

  async #hold<T>(
    lease: { name: string; token: string; ttlMs: number; signal: AbortSignal; endsAtMs: number },
    work: (held: { signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const lost = new AbortController();
    const over = new AbortController();
    void this.#keep(lease, over.signal, (reason) => lost.abort(reason));
    try {
      return await work({ signal: AbortSignal.any([lease.signal, lost.signal]) });
    } finally {
      over.abort();
      if (!lost.signal.aborted) await atMost(releaseMs, this.#drop(lease.name, lease.token));
    }
  }

  /** Renews until it is over. What could not be renewed in time is lost, also when nothing is answered at all. */
  async #keep(
    { name, token, ttlMs, endsAtMs }: { name: string; token: string; ttlMs: number; endsAtMs: number },
    over: AbortSignal,
    lose: (reason: Error) => void,
  ): Promise<void> {
    let pauseMs = ttlMs / 3;
    let untilMs = endsAtMs;
    while (!over.aborted) {
      await sleep(Math.min(pauseMs, Math.max(untilMs - performance.now(), 0)), over).catch(() => {});
      if (over.aborted) return;
      const askedAtMs = performance.now();
      const leftMs = untilMs - askedAtMs;
      // To ask once more would take time in which somebody else can have it.
      const held =
        leftMs <= momentMs
          ? undefined
          : await Promise.race([this.#renew(name, token, ttlMs), sleep(leftMs, over).catch(() => {})]);
      if (over.aborted) return;
      if (held === true) untilMs = askedAtMs + ttlMs;
      if (held === false || performance.now() >= untilMs - momentMs) {
        lose(this.#lostError(name, ttlMs));
        return;
      }
      pauseMs = held === true ? ttlMs / 3 : Math.min(250, ttlMs / 20);
    }
  }

  /** @returns undefined when there is no answer. */
  async #renew(name: string, token: string, ttlMs: number): Promise<boolean | undefined> {
    try {
      const { rows } = await this.#sql.once<{ held: boolean }>(this.#text.keep, [name, token, ttlMs]);
      return rows[0]!.held;
    } catch (error) {
      this.#sql.missed(error);
      return undefined;
    }
  }

  /** What cannot be released now ends by itself. */
  async #drop(name: string, token: string): Promise<void> {
    try {
      await this.#sql.once(this.#text.drop, [name, token, this.#channel]);
    } catch (error) {
      this.#sql.missed(error);
      this.#logger.debug({ lock: name, error: (error as Error).message }, 'a lock ends with its lease');
    }
  }

  #lostError(name: string, ttlMs: number): NetworkError {
    return new NetworkError(
      `The lock "${name}" was lost: its lease of ${ttlMs / 1000} s could not be renewed in time. Somebody else may hold it now.`,
      {
        code: 'BACKEND_UNAVAILABLE',
        host: this.#host,
        outcome: 'unknown',
        remedy: 'Stop the work that it guards, and begin again when the database answers.',
      },
    );
  }
}

/** The promise, or the signal's reason at once. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
