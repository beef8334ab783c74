import type {
  BucketGrant,
  BucketLimit,
  BucketState,
  BucketStore,
  TakeOptions,
  TakeResult,
} from '@fluxori/core';
import type { Lifetime } from '../life/lifetime.js';
import type { BucketJournal } from './bucket-journal.js';
import type { BucketLedger } from './bucket-ledger.js';

/** The port on a ledger in this process. With a journal, what was taken is written down before the taker hears of it. */
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
    const gone = this.#ledger.sweep();
    this.#journal?.touch(gone);
    if (result.granted && this.#journal !== undefined) {
      try {
        await this.#journal.record(result.grant.keys);
      } catch (error) {
        this.#ledger.settle(result.grant.id, false);
        throw error;
      }
    }
    return result;
  }

  /** After the end it does nothing: nobody awaits it, and what is written errs on the safe side. */
  async settle(grant: BucketGrant, options: { consumed?: boolean } = {}): Promise<void> {
    if (this.#life.ended) return;
    // Not written at once: what is on disk has less in the bucket, or more in flight, and so errs on the safe side.
    const changed = this.#ledger.settle(grant.id, options.consumed ?? true);
    this.#journal?.touch(changed);
  }

  /** After the end it does nothing: the lines are gone. */
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
