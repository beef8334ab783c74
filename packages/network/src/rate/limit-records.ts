import type { Clock, KeyValueStore, Logger } from '@fluxori/core';
import { type KnownLimit, knownLimitFrom, recordOf } from './known-limit.js';
import { within } from './within.js';

const prefix = 'rate/known/';

/** A bucket of which nothing was heard for so long is hardly used any more, e.g. of a seller who has left. Who uses it learns its rate again. Milliseconds. */
const keptMs = 30 * 24 * 3_600_000;

/** What this costs a call at most, once per bucket and process, when the store does not answer. */
const patienceMs = 1_000;

/** What all processes know of the limits, one small record per bucket, kept for 30 days after it was last heard of. A store that fails or hangs costs the knowledge, not the call. */
export class LimitRecords {
  readonly #store: KeyValueStore | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #isFailing = false;

  constructor(store: KeyValueStore | undefined, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @returns what is recorded of these buckets, in their order; undefined when the store does not say. */
  async read(bucketKeys: readonly string[]): Promise<readonly KnownLimit[] | undefined> {
    const store = this.#store;
    if (store === undefined) return undefined;
    const keys = bucketKeys.map((key) => prefix + key);
    const look = async () =>
      store.getMany === undefined ? Promise.all(keys.map((key) => store.get(key))) : store.getMany(keys);
    const values = await within(look(), patienceMs, this.#clock, (error) => this.#failed(error));
    if (values === undefined) return undefined;
    this.#isFailing = false;
    return values.map((value) => knownLimitFrom(value));
  }

  /** Not awaited by anybody: what is lost is written again when somebody notices. */
  write(bucketKey: string, known: KnownLimit): void {
    this.#store
      ?.set(prefix + bucketKey, recordOf(known), { ttlMs: keptMs })
      .catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#logger.warn(
      { error: String(error) },
      'What is known of the limits cannot be shared with the other processes at the moment.',
    );
  }
}
