import type {
  BucketGrant,
  BucketLimit,
  BucketState,
  BucketStore,
  TakeOptions,
  TakeResult,
} from '@fluxori/core';
import type { Lifetime } from '../life/lifetime.js';
import type { BucketLedger } from './bucket-ledger.js';

/** Where the ledger's changes are written down. */
export interface BucketJournal {
  /** Fulfils when what these buckets are now is written. */
  record(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The port on a ledger in this process: what changes is written down before anybody hears of it. */
export class LedgerBucketStore implements BucketStore {
  readonly #ledger: BucketLedger;
  readonly #life: Lifetime;
  readonly #journal: BucketJournal | undefined;

  constructor(ledger: BucketLedger, life: Lifetime, journal?: BucketJournal) {
    this.#ledger = ledger;
    this.#life = life;
    this.#journal = journal;
  }

  async take(limits: readonly BucketLimit[], options: TakeOptions): Promise<TakeResult> {
    this.#life.check();
    const result = this.#ledger.take(limits, options);
    if (result.granted) await this.#journal?.record(result.grant.keys);
    return result;
  }

  async settle(grant: BucketGrant, options: { consumed?: boolean } = {}): Promise<void> {
    this.#ledger.settle(grant.id, options.consumed ?? true);
  }

  async forget(waiter: string): Promise<void> {
    this.#ledger.forget(waiter);
  }

  async drain(limit: BucketLimit, options: { untilMs?: number } = {}): Promise<void> {
    this.#life.check();
    this.#ledger.drain(limit, options.untilMs);
    await this.#journal?.record([limit.key]);
  }

  async inspect(prefix: string): Promise<readonly BucketState[]> {
    this.#life.check();
    return this.#ledger.inspect(prefix);
  }
}
