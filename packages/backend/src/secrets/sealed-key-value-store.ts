import {
  type Clock,
  isFluxoriError,
  type JsonValue,
  type KeyValueStore,
  type Logger,
  silentLogger,
  systemClock,
} from '@fluxori/core';
import type { Sealer } from './sealer.js';

/** How it lies in the store below. */
interface Envelope {
  readonly jwe: string;
}

/** What is inside: the key with the value, so that two values that were exchanged are noticed, and the end, so that it can be kept. */
interface Contents {
  readonly key: string;
  readonly value: JsonValue;
  /** Milliseconds since the epoch, by the clock of the one who wrote it. */
  readonly until?: number;
}

export interface SealedKeyValueStoreOptions {
  readonly store: KeyValueStore;
  readonly sealer: Sealer;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A sealed mark that stays, so that a wrong key is noticed also while no other value is there. */
export const sealMarkKey = 'seal-mark';

/** What became of a value in `reseal`. */
export type Resealed = 'resealed' | 'already-current' | 'unsealed' | 'absent';

/**
 * Values sealed, keys as they are: for tokens in a store that others can read. For what can be had again, since what cannot be trusted counts as
 * absent: a value that was written unsealed, and one that was damaged, changed or moved to another key (this is logged).
 *
 * A value that was sealed with a key that is not ours is another matter: everybody who holds the right key still relies on it. So reading and
 * replacing it are refused with `SEAL_KEY_WRONG`; a process with the wrong key neither disturbs the others nor fetches in their place.
 */
export class SealedKeyValueStore implements KeyValueStore {
  readonly #store: KeyValueStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: SealedKeyValueStoreOptions) {
    this.#store = options.store;
    this.#sealer = options.sealer;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  /** @throws ConfigurationError with code `SEAL_KEY_WRONG`. */
  async get(key: string): Promise<JsonValue | undefined> {
    const envelope = asEnvelope(await this.#store.get(key));
    return envelope && (await this.#open(key, envelope))?.value;
  }

  /** @throws ConfigurationError with code `SEAL_KEY_WRONG` when there is a value that was sealed with a key that is not ours. */
  async set(key: string, value: JsonValue, options: { ttlMs?: number } = {}): Promise<void> {
    const present = asEnvelope(await this.#store.get(key));
    if (present !== undefined) this.#sealer.checkKey(present.jwe);
    const until = options.ttlMs === undefined ? undefined : this.#clock.now() + options.ttlMs;
    await this.#write({ key, value, ...(until !== undefined && { until }) });
  }

  delete(key: string): Promise<void> {
    return this.#store.delete(key);
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.#store.keys(prefix);
  }

  /**
   * For the start of a program: whether its keys open what the others seal. The first one leaves a mark for those who come.
   * @throws ConfigurationError with code `SEAL_KEY_WRONG`.
   */
  async checkKey(): Promise<void> {
    if ((await this.get(sealMarkKey)) !== undefined) return;
    await this.set(sealMarkKey, true);
    // Of two first ones with different keys, one learns of the other.
    await this.get(sealMarkKey);
  }

  /**
   * Seals a value with the current key when it was with an older one. An unsealed value is left as it is. Hold the lock that its writers hold, if they have one.
   * @throws ConfigurationError with code `SEAL_KEY_WRONG`.
   */
  async reseal(key: string): Promise<Resealed> {
    const stored = await this.#store.get(key);
    const envelope = asEnvelope(stored);
    if (envelope === undefined) return stored === undefined ? 'absent' : 'unsealed';
    if (this.#sealer.isCurrent(envelope.jwe)) return 'already-current';
    const contents = await this.#open(key, envelope);
    if (contents === undefined) return 'absent';
    if (contents.until !== undefined && contents.until <= this.#clock.now()) return 'absent';
    await this.#write(contents);
    return 'resealed';
  }

  async #write(contents: Contents): Promise<void> {
    const jwe = await this.#sealer.seal(JSON.stringify(contents));
    const { key, until } = contents;
    await this.#store.set(key, { jwe }, until === undefined ? {} : { ttlMs: until - this.#clock.now() });
  }

  async #open(key: string, envelope: Envelope): Promise<Contents | undefined> {
    try {
      const contents = JSON.parse(await this.#sealer.open(envelope.jwe)) as Contents;
      if (contents.key === key) return contents;
    } catch (error) {
      if (!isFluxoriError(error) || error.code !== 'SEAL_BROKEN') throw error;
    }
    this.#logger.warn(
      { key, code: 'SEAL_BROKEN' },
      'A sealed value was damaged, changed, or moved here from another key. It is not used; find out who writes to the store.',
    );
    return undefined;
  }
}

function asEnvelope(value: JsonValue | undefined): Envelope | undefined {
  const jwe = (value as Partial<Envelope> | null | undefined)?.jwe;
  return typeof jwe === 'string' ? { jwe } : undefined;
}
