import {
  type Clock,
  isFluxoriError,
  type JsonValue,
  type KeyValueStore,
  type Locks,
  type Logger,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
} from '@fluxori/core';
import { asToken, expiresAt, type IAmazonToken } from './amazon-token.js';
import { loadAlone } from './load-alone.js';
import { SharedFlight } from './shared-flight.js';

export interface TokenCacheOptions {
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /**
   * How long a process that died while it fetched a token blocks the others, in milliseconds; 1,200 by default. One that lives keeps its lock for
   * as long as it takes.
   */
  readonly lockTtlMs?: number;
  /** A token is not used in the last moments of its life; 10,000 ms by default, and at most a tenth of its life. */
  readonly marginMs?: number;
  /** So long before that a new one is fetched in the background; 300,000 ms by default, and at most a fifth of its life. */
  readonly refreshAheadMs?: number;
  /** After a background refresh that failed, the next one waits so long; 30,000 ms by default. */
  readonly refreshAgainMs?: number;
}

export interface ThroughOptions {
  readonly signal?: AbortSignal;
  /** This access token was refused: get another. */
  readonly rejected?: string;
}

const prefix = 'token/';

/** How the keys begin under which tokens are kept, and locked while they are fetched. */
export const tokenKeyPrefix = prefix;

/**
 * Tokens by key: in memory, in the store that all processes share, and fetched by one process at a time. Keys are made of hashes (see
 * `tokenKey`), never of secrets. Also holds restricted data tokens.
 */
export class TokenCache {
  /** Where tokens, and what is known about refused ones, outlive the process. */
  readonly keyValues: KeyValueStore;
  readonly #locks: Locks;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #lockTtlMs: number;
  readonly #marginMs: number;
  readonly #refreshAheadMs: number;
  readonly #refreshAgainMs: number;
  readonly #tokens = new Map<string, IAmazonToken>();
  readonly #refreshNotBefore = new Map<string, number>();
  readonly #flights = new SharedFlight<IAmazonToken>();
  readonly #closing = new AbortController();

  constructor(options: TokenCacheOptions) {
    this.keyValues = options.keyValues;
    this.#locks = options.locks;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#logger = options.logger ?? silentLogger;
    this.#lockTtlMs = options.lockTtlMs ?? 1_200;
    this.#marginMs = options.marginMs ?? 10_000;
    this.#refreshAheadMs = options.refreshAheadMs ?? 300_000;
    this.#refreshAgainMs = options.refreshAgainMs ?? 30_000;
  }

  /** The token that is held for `key` and still usable, from memory or the store. */
  async get(key: string): Promise<IAmazonToken | undefined> {
    const held = this.#tokens.get(key);
    if (held !== undefined && this.#isUsable(held)) return held;
    this.#tokens.delete(key);
    const stored = asToken(await this.keyValues.get(prefix + key));
    if (stored === undefined || !this.#isUsable(stored)) return undefined;
    this.#tokens.set(key, stored);
    return stored;
  }

  /** Keeps a token until it expires. */
  async put(key: string, token: IAmazonToken): Promise<void> {
    this.#dropExpired();
    this.#tokens.set(key, token);
    const ttlMs = expiresAt(token) - this.#clock.now();
    if (ttlMs <= 0) return;
    try {
      await this.keyValues.set(prefix + key, { ...token } as JsonValue, { ttlMs });
    } catch (error) {
      // The token is good; it only does not outlive this process.
      this.#logger.warn({ error: String(error) }, 'A token could not be kept in the store.');
    }
  }

  /**
   * The token for `key`, fetched with `load` when none is held. A token that is still usable is given at once; when it ends soon, a new one
   * is fetched in the background, and if that fails, the old one goes on being used until its end.
   *
   * @throws what `load` throws, when there is no usable token; the signal's reason when aborted.
   */
  async through(
    key: string,
    load: (options: { signal: AbortSignal }) => Promise<IAmazonToken>,
    options: ThroughOptions = {},
  ): Promise<IAmazonToken> {
    const { signal, rejected } = options;
    const held = this.#tokens.get(key);
    if (held !== undefined && held.access_token !== rejected && this.#isUsable(held)) {
      if (this.#clock.now() >= this.#refreshAt(held)) this.#refreshBehind(key, load, held);
      return held;
    }
    if (held?.access_token === rejected) this.#tokens.delete(key);
    const isAcceptable = (token: IAmazonToken) => token.access_token !== rejected;
    const fetched = () =>
      this.#flights.join(key, (flight) => this.#loadAlone(key, load, isAcceptable, flight), signal);
    const token = await fetched();
    if (rejected === undefined || token.access_token !== rejected) return token;
    // A flight that began before this token was refused brought that very one. A second is our own; what it brings is all there is.
    this.#tokens.delete(key);
    return fetched();
  }

  /** Ends background refreshes. */
  close(): void {
    this.#closing.abort();
  }

  /** Loads in one process at a time, unless another has brought an acceptable token meanwhile. */
  #loadAlone(
    key: string,
    load: (options: { signal: AbortSignal }) => Promise<IAmazonToken>,
    isAcceptable: (token: IAmazonToken) => boolean,
    signal: AbortSignal,
  ): Promise<IAmazonToken> {
    return loadAlone({
      locks: this.#locks,
      name: prefix + key,
      ttlMs: this.#lockTtlMs,
      clock: this.#clock,
      random: this.#random,
      signal,
      find: async () => {
        const brought = asToken(await this.keyValues.get(prefix + key));
        if (brought === undefined || !this.#isUsable(brought) || !isAcceptable(brought)) return undefined;
        this.#tokens.set(key, brought);
        return brought;
      },
      load: async () => {
        const token = await load({ signal });
        await this.put(key, token);
        return token;
      },
    });
  }

  #refreshBehind(
    key: string,
    load: (options: { signal: AbortSignal }) => Promise<IAmazonToken>,
    old: IAmazonToken,
  ): void {
    const now = this.#clock.now();
    if (this.#flights.has(key) || now < (this.#refreshNotBefore.get(key) ?? 0)) return;
    this.#refreshNotBefore.set(key, now + this.#refreshAgainMs);
    const isNewer = (token: IAmazonToken) => expiresAt(token) > expiresAt(old);
    this.#flights
      .join(key, (signal) => this.#loadAlone(key, load, isNewer, signal), this.#closing.signal)
      .then(
        () => this.#refreshNotBefore.delete(key),
        (error: unknown) =>
          this.#logger.warn(
            {
              code: isFluxoriError(error) ? error.code : 'unknown',
              until: new Date(expiresAt(old)).toISOString(),
            },
            'A token could not be renewed ahead of its end; the old one is used on.',
          ),
      );
  }

  #isUsable(token: IAmazonToken): boolean {
    return this.#clock.now() < expiresAt(token) - this.#margin(token);
  }

  #margin(token: IAmazonToken): number {
    return Math.min(this.#marginMs, token.expires_in * 100);
  }

  #refreshAt(token: IAmazonToken): number {
    return expiresAt(token) - this.#margin(token) - Math.min(this.#refreshAheadMs, token.expires_in * 200);
  }

  /** Accounts that are no longer used leave their tokens behind. */
  #dropExpired(): void {
    if (this.#tokens.size % 1_000 !== 999) return;
    for (const [key, token] of this.#tokens) if (!this.#isUsable(token)) this.#tokens.delete(key);
  }
}
