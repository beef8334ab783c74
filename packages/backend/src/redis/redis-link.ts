import { type Clock, type Logger, sleep } from '@fluxori/core';
import { AbsenceNews } from '../life/absence-news.js';
import type { Lifetime } from '../life/lifetime.js';
import type { RedisClient } from './redis-client.js';
import { awayError, isAway, reasonOf, unexpectedAnswer } from './redis-failure.js';
import type { RedisScript } from './redis-script.js';

export type Argument = string | number | Buffer;

export interface LinkOptions {
  readonly client: RedisClient;
  /** `host:port`, for messages. */
  readonly label: string;
  /** What every key begins with: the hash tag and a slash. */
  readonly root: string;
  readonly life: Lifetime;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly patienceMs: number;
}

export interface CallOptions {
  /** Waits no longer than this for a Redis that is away; the URL's patience by default. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Hears that the call is about to be made once more, because the answer to the first may have been lost. */
  readonly onRepeat?: () => void;
}

interface Away {
  readonly sinceMs: number;
  readonly error: unknown;
  readonly back: Promise<void>;
}

const probeMs = { first: 50, most: 1_000 };

/**
 * The way to Redis for all ports. A call that meets a Redis that is away waits for it and is made again, so everything that goes through
 * here must be safe to repeat. That the store went away is told once, and once that it is back.
 */
export class RedisLink {
  readonly root: string;
  readonly label: string;
  readonly #options: LinkOptions;
  readonly #ended = new AbortController();
  readonly #news: AbsenceNews;
  #away: Away | undefined;
  #lastError: unknown;
  /** How long the last wait for an answer was. */
  #waitedMs = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.root = options.root;
    this.label = options.label;
    this.#news = new AbsenceNews(`Redis at ${options.label}`, options.label, options.logger);
    const { client } = options;
    const note = (error: unknown) => {
      this.#lastError = error;
    };
    client.on('error', note);
    client.on('node error', note);
    client.on('ready', () => {
      this.#lastError = undefined;
    });
    client.on('close', () => this.#wentAway(this.#lastError ?? new Error('the connection was closed')));
  }

  /** Since when and why Redis is away; undefined when it is not, as far as is known. */
  get away(): { sinceMs: number; reason: string } | undefined {
    return this.#away && { sinceMs: this.#away.sinceMs, reason: reasonOf(this.#away.error) };
  }

  /**
   * Makes a call that is safe to repeat.
   *
   * @throws NetworkError `BACKEND_UNAVAILABLE` when Redis was away for longer than the patience; ConfigurationError after the end.
   */
  async run<T>(work: (client: RedisClient) => Promise<T>, options: CallOptions = {}): Promise<T> {
    this.#options.life.check();
    options.signal?.throwIfAborted();
    if (this.#away === undefined) {
      try {
        return await work(this.#options.client);
      } catch (error) {
        this.#failed(error);
      }
    }
    return this.#persist(work, options);
  }

  /** Runs a script; the root of all keys is its only key, so that on a cluster it goes where they all are. */
  script(script: RedisScript, args: readonly Argument[], options?: CallOptions): Promise<unknown> {
    return this.run((client) => this.#evaluate(client, script, args), options);
  }

  /** One attempt, also when the end has begun. */
  async lastWord(script: RedisScript, args: readonly Argument[]): Promise<void> {
    if (this.#away === undefined) await this.#evaluate(this.#options.client, script, args);
  }

  /** Turns away those who wait. */
  end(): void {
    this.#news.close();
    this.#ended.abort(this.#options.life.endedError());
  }

  async #persist<T>(work: (client: RedisClient) => Promise<T>, options: CallOptions): Promise<T> {
    const startedAt = performance.now();
    const patienceMs = options.patienceMs ?? this.#options.patienceMs;
    for (;;) {
      const away = this.#away;
      if (away !== undefined) {
        const left = patienceMs - (performance.now() - startedAt);
        if (!(await this.#isBack(away.back, left, options.signal))) {
          throw awayError(this.label, this.#away?.error ?? away.error, patienceMs);
        }
      }
      this.#options.life.check();
      options.onRepeat?.();
      try {
        return await work(this.#options.client);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  /** Takes note of a failure that passes, and throws any other. */
  #failed(error: unknown): void {
    if (this.#options.life.ended) throw this.#options.life.endedError();
    if (!isAway(error)) throw unexpectedAnswer(this.label, error);
    this.#wentAway(error);
  }

  #wentAway(error: unknown): void {
    if (this.#away !== undefined || this.#options.life.ended) return;
    const { clock } = this.#options;
    // ioredis rejects with "stream isn't writeable" and the like; what happened to the connection it tells by its event.
    const why = (error as Error).name === 'ReplyError' ? error : (this.#lastError ?? error);
    const startedAt = performance.now();
    const isUnsteady = this.#news.away(reasonOf(why));
    const back = this.#untilAnswered(isUnsteady ? this.#waitedMs * 2 : probeMs.first).then(() => {
      this.#away = undefined;
      this.#lastError = undefined;
      if (!this.#options.life.ended) this.#news.back(performance.now() - startedAt);
    });
    this.#away = { sinceMs: clock.now(), error: why, back };
  }

  /** Tries a write now and then until one succeeds: a replica or a full server answers a ping, but is of no use. */
  async #untilAnswered(firstMs: number): Promise<void> {
    const { signal } = this.#ended;
    for (let waitMs = firstMs; !signal.aborted; waitMs *= 2) {
      this.#waitedMs = Math.min(waitMs, probeMs.most);
      await this.#pause(this.#waitedMs);
      try {
        await this.#options.client.set(`${this.root}alive`, '1', 'PX', 60_000);
        return;
      } catch (error) {
        if (this.#away !== undefined) this.#away = { ...this.#away, error: this.#lastError ?? error };
      }
    }
  }

  /** Ends early when ioredis has a new connection. */
  async #pause(waitMs: number): Promise<void> {
    const early = new AbortController();
    const wake = () => early.abort();
    const { client } = this.#options;
    client.once('ready', wake);
    try {
      await sleep(waitMs, AbortSignal.any([early.signal, this.#ended.signal]));
    } catch {
      // Woken.
    } finally {
      client.off('ready', wake);
    }
  }

  /** Waits until `back`; false when `ms` have passed before. */
  async #isBack(back: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (ms <= 0) return false;
    const settled = new AbortController();
    const ends = [settled.signal, this.#ended.signal, ...(signal === undefined ? [] : [signal])];
    try {
      return await Promise.race([back.then(() => true), sleep(ms, AbortSignal.any(ends)).then(() => false)]);
    } finally {
      settled.abort();
    }
  }

  async #evaluate(client: RedisClient, script: RedisScript, args: readonly Argument[]): Promise<unknown> {
    try {
      return await client.evalsha(script.sha, 1, this.root, ...args);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return client.eval(script.lua, 1, this.root, ...args);
    }
  }
}
