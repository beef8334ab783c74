import type { KeyValueStore } from '@fluxori/core';
import { BulkKeyValues } from './bulk-key-values.js';
import {
  type Change,
  type ChangeOutcome,
  type ListingKey,
  listingName,
  type SettledField,
  type SettledListing,
} from './change.js';

/** How long it is remembered what the last change of a listing came to, in milliseconds: an older one that comes later must not undo it. */
const keptMs = 7 * 24 * 60 * 60_000;

/** A change and what it came to. */
export interface Settlement {
  readonly change: Pick<Change, 'order' | 'sku' | 'marketplaceId' | 'field'>;
  readonly outcome: ChangeOutcome;
}

/** What the last change of every listing's fields came to. For each listing there is one writer at a time. */
export class ChangeLedger {
  readonly #bulk: BulkKeyValues;
  readonly #prefix: string;

  constructor(store: KeyValueStore, prefix: string) {
    this.#bulk = new BulkKeyValues(store);
    this.#prefix = `${prefix}settled/`;
  }

  /** In the order of `listings`. */
  async read(listings: readonly ListingKey[]): Promise<readonly SettledListing[]> {
    const found = await this.#bulk.get(listings.map((listing) => this.#key(listing)));
    return found.map((value) => (value ?? {}) as SettledListing);
  }

  /** Writes outcomes; what a later change came to stays. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    const groups = Map.groupBy(settlements, ({ change }) => listingName(change));
    const listings = [...groups.values()].map(([first]) => (first as Settlement).change);
    const known = await this.read(listings);
    const entries = [...groups.values()].map((group, index) => {
      const settled: Record<string, SettledField> = { ...known[index] };
      for (const { change, outcome } of group) {
        const before = settled[change.field];
        if (before !== undefined && before.order > change.order) continue;
        settled[change.field] = { order: change.order, outcome };
      }
      return { key: this.#key(listings[index] as ListingKey), value: settled };
    });
    if (entries.length > 0) await this.#bulk.set(entries, { ttlMs: keptMs });
  }

  #key(listing: ListingKey): string {
    return this.#prefix + listingName(listing);
  }
}
