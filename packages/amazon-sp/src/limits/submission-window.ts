import { randomUUID } from 'node:crypto';
import {
  type Clock,
  isErrorOf,
  type JsonValue,
  type KeyValueStore,
  type Locks,
  type Logger,
  RateLimitError,
} from '@fluxori/core';
import { isAboutToken } from '../workflow/attempt.js';

/** So many within any span of that length, wherever it begins. */
export interface WindowLimit {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * JSON_LISTINGS_FEED: five submissions in five minutes per account and region. Amazon does not say how it counts them, so it is kept as the strictest
 * reading has it: a token bucket with a burst of five lets nine through within some five minutes.
 * Source: developer-docs.amazon.com/sp-api/changelog/update-feed-size-and-rate-limit-changes-for-the-json_listings_feed, checked November 2026.
 */
export const listingsFeedWindow: WindowLimit = { count: 5, windowMs: 300_000 };

/** A submission that nobody told the end of, since its process died, may still arrive for so long; milliseconds. */
const leaseMs = 900_000;
/** Clocks do not run alike: ours is ahead of Amazon's by less than this in five minutes. Milliseconds. */
const marginMs = 1_000;
/** Until another look when a room should be free and is not: the store's clock lags, or whoever had it died. Milliseconds. */
const againMs = { soon: 250, later: 5_000, lateAfter: 2_000 };

export interface SubmissionWindowParts {
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limit: WindowLimit;
  /** Names it to all processes. */
  readonly key: string;
  /** Names it to people. */
  readonly label: string;
}

export interface WindowOptions {
  readonly signal?: AbortSignal | undefined;
  /** The longest wait in milliseconds; without limit by default, 0 never waits. */
  readonly maxWaitMs?: number | undefined;
  readonly account?: string;
  readonly operation?: string;
}

/** Milliseconds since the epoch, by the clock of whoever wrote it: only to tell when it is worth to ask again. */
interface Entry {
  readonly endsAt: number;
}

/**
 * A limit that is counted over a sliding window, shared by all processes on the store. Each submission is one key value that ends by itself, by the
 * store's clock: a window's length after its answer, since it may have arrived at any moment before.
 */
export class SubmissionWindow {
  readonly #parts: SubmissionWindowParts;

  constructor(parts: SubmissionWindowParts) {
    this.#parts = parts;
  }

  /**
   * Submits as soon as the window has room.
   *
   * @throws RateLimitError with `retryAt`, at once, when the wait would be longer than `maxWaitMs`.
   * @throws what `submit` throws; what surely never left leaves its room to others.
   */
  async run<T>(submit: () => Promise<T>, options: WindowOptions = {}): Promise<T> {
    const key = await this.#enter(options);
    try {
      const answer = await submit();
      await this.#leave(key, true);
      return answer;
    } catch (error) {
      await this.#leave(key, !isRefusedOrUnsent(error));
      throw error;
    }
  }

  async #enter({ signal, maxWaitMs = Number.POSITIVE_INFINITY, ...whose }: WindowOptions): Promise<string> {
    const { clock } = this.#parts;
    const lastAt = clock.now() + maxWaitMs;
    for (;;) {
      signal?.throwIfAborted();
      const taken = await this.#take(signal);
      if (typeof taken === 'string') return taken;
      const now = clock.now();
      const lateMs = now - taken.endsAt;
      const retryAt =
        lateMs < 0 ? taken.endsAt : now + (lateMs < againMs.lateAfter ? againMs.soon : againMs.later);
      if (retryAt > lastAt) throw this.#full(retryAt, whose);
      await clock.sleep(retryAt - now, signal);
    }
  }

  /** @returns the key of our room in the window; of those that fill it, the one that ends first. */
  #take(signal: AbortSignal | undefined): Promise<string | Entry> {
    const { keyValues, locks, clock, key, limit } = this.#parts;
    const { count, windowMs } = limit;
    return locks.withLock(
      key,
      async (held) => {
        const keys = await keyValues.keys(`${key}/`);
        const found = await Promise.all(keys.map((one) => keyValues.get(one)));
        const entries = (found as (Entry | undefined)[]).filter((one) => one !== undefined);
        if (entries.length >= count) {
          const ends = entries.map(({ endsAt }) => endsAt).sort((a, b) => a - b);
          // No end that was told is farther away; where it seems so, its writer's clock is ahead of ours.
          return {
            endsAt: Math.min(ends[entries.length - count] as number, clock.now() + windowMs + marginMs),
          };
        }
        held.signal.throwIfAborted();
        const own = `${key}/${randomUUID()}`;
        // Until its end is told, it counts; others are told the soonest that this may be.
        await keyValues.set(own, { endsAt: clock.now() + windowMs }, { ttlMs: windowMs + leaseMs });
        return own;
      },
      signal === undefined ? {} : { signal },
    );
  }

  /** A store that fails is told: then the room stays taken for the length of the lease. */
  async #leave(key: string, counts: boolean): Promise<void> {
    const { keyValues, clock, logger, label } = this.#parts;
    const ttlMs = this.#parts.limit.windowMs + marginMs;
    const entry: Entry = { endsAt: clock.now() + ttlMs };
    try {
      if (counts) await keyValues.set(key, entry as unknown as JsonValue, { ttlMs });
      else await keyValues.delete(key);
    } catch (error) {
      logger.warn({ bucket: label, error: String(error) }, 'The end of a submission could not be told.');
    }
  }

  #full(retryAtMs: number, whose: Pick<WindowOptions, 'account' | 'operation'>): RateLimitError {
    const { label, clock } = this.#parts;
    const { count, windowMs } = this.#parts.limit;
    const now = clock.now();
    const retryAt = new Date(Math.ceil(retryAtMs));
    return new RateLimitError(
      `${label}: Amazon takes ${count} in ${windowMs / 60_000} minutes, and they were submitted; the next may go at ${retryAt.toISOString()}.`,
      {
        ...{ ...whose, retryAt, at: new Date(now), attempts: 0 },
        remedy: 'Come back at retryAt, allow a longer wait (maxWaitMs), or queue the work.',
        details: { waitMs: Math.max(retryAt.getTime() - now, 0) },
      },
    );
  }
}

/** Amazon does not count what a limit refused, or what never reached it. */
function isRefusedOrUnsent(error: unknown): boolean {
  if (isErrorOf(error, 'NetworkError') && error.outcome === 'not-sent') return true;
  return isErrorOf(error, 'RateLimitError') || isErrorOf(error, 'CircuitOpenError') || isAboutToken(error);
}
