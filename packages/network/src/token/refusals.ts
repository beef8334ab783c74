import { type Clock, type JsonValue, type KeyValueStore, type Logger, systemClock } from '@fluxori/core';
import { type RefusalSubject, refusalKey, type TokenRequest } from './token-request.js';

/** A refusal that is remembered, by the name of the server's error. */
export interface Refusal {
  readonly error: string;
  readonly expiredSecret: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

const prefix = 'token-refused/';

/** How the keys begin under which refusals are kept. */
export const refusalKeyPrefix = prefix;

const subjects: readonly RefusalSubject[] = ['authorisation', 'credentials', 'both'];

/**
 * What the authorisation server refused for good, so that it is not asked again and again by every job of an account that was revoked. Kept in
 * the store, by hashes of the credentials: others are tried at once.
 */
export class Refusals {
  readonly #store: KeyValueStore;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: { store: KeyValueStore; url: string; clock?: Clock; logger: Logger }) {
    this.#store = options.store;
    this.#url = options.url;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger;
  }

  async find(request: TokenRequest): Promise<Refusal | undefined> {
    const stored = await Promise.all(
      subjects.map((subject) => this.#store.get(prefix + refusalKey(this.#url, request, subject))),
    );
    return stored.map(asRefusal).find((one) => one !== undefined);
  }

  async remember(
    request: TokenRequest,
    refusal: { subject: RefusalSubject; rememberMs: number; error: string; expiredSecret: boolean },
  ): Promise<void> {
    const { subject, rememberMs, error, expiredSecret } = refusal;
    const value: JsonValue = { error, expiredSecret, since: this.#clock.now() };
    try {
      await this.#store.set(prefix + refusalKey(this.#url, request, subject), value, { ttlMs: rememberMs });
    } catch (problem) {
      this.#logger.warn({ error: String(problem) }, 'A refused authorisation could not be remembered.');
    }
  }

  /** Forgets what is known of these credentials, so that they are tried again. */
  async forget(request: TokenRequest): Promise<void> {
    await Promise.all(
      subjects.map((subject) => this.#store.delete(prefix + refusalKey(this.#url, request, subject))),
    );
  }
}

function asRefusal(value: JsonValue | undefined): Refusal | undefined {
  const one = value as Partial<Refusal> | null | undefined;
  if (typeof one?.error !== 'string' || typeof one.since !== 'number') return undefined;
  return { error: one.error, expiredSecret: one.expiredSecret === true, since: one.since };
}
