import type { ListingsClient } from '../listings/listings-client.js';
import type { ProductTypes } from '../listings/product-types.js';
import { listingName } from './change.js';
import type { ChangeBox } from './change-box.js';
import type { CoalescingOptions } from './change-means.js';
import { FlushWatch } from './flush-view.js';
import { Gathering } from './gathering.js';
import { ListingFactsBook } from './listing-facts.js';
import type { MergedListing } from './merge-changes.js';

export interface FlushMemoryParts {
  readonly box: Pick<ChangeBox, 'inbox' | 'ledger' | 'batches'>;
  readonly productTypes: ProductTypes;
  readonly listings: Pick<ListingsClient, 'page'>;
  readonly options: CoalescingOptions;
}

/** Amazon failed over a listing so often in a row: it is told, not tried again. */
const mostFailures = 5;
const firstRestMs = 2_000;
/** A feed's job is asked for again after so long, in case it has failed for good meanwhile. Milliseconds. */
const ensureAgainMs = 60_000;

/** After a look at so many changes that it took some time, so many times as long goes to other work. */
const lookShare = 3;
const longestAfterLookMs = 2_000;
/** Less than this is not waited for. Milliseconds. */
const shortestRestMs = 50;

/** What whoever takes changes on remembers from one step to the next, in one process. All of it can be found out again. */
export class FlushMemory {
  readonly watch: FlushWatch;
  readonly book: ListingFactsBook;
  readonly #options: CoalescingOptions;
  readonly #gatherings = new Map<string, Gathering>();
  readonly #resting = new Map<string, { failures: number; untilMs: number }>();
  readonly #ensured = new Map<string, number>();
  #lookedAt = 0;
  #afterLookMs = 0;

  constructor({ box, productTypes, listings, options }: FlushMemoryParts) {
    this.watch = new FlushWatch(box);
    this.book = new ListingFactsBook(productTypes, listings);
    this.#options = options;
  }

  /** It was looked at what has come. Times in milliseconds since the epoch. */
  looked(from: number, until: number): void {
    this.#lookedAt = until;
    this.#afterLookMs = Math.min((until - from) * lookShare, longestAfterLookMs);
  }

  /** For so long after a look there is no other, so that with very many changes the process does something else as well. Milliseconds. */
  get afterLookMs(): number {
    return this.#afterLookMs;
  }

  /** What is left of that. */
  restMs(now: number): number {
    const leftMs = this.#lookedAt + this.#afterLookMs - now;
    return leftMs < shortestRestMs ? 0 : leftMs;
  }

  gathering(marketplaceId: string): Gathering {
    const known = this.#gatherings.get(marketplaceId) ?? new Gathering(this.#options);
    this.#gatherings.set(marketplaceId, known);
    return known;
  }

  /** Whether a feed's job was not asked for lately; it is from now on. */
  isToEnsure(batchId: string, now: number): boolean {
    const due = now - (this.#ensured.get(batchId) ?? Number.NEGATIVE_INFINITY) > ensureAgainMs;
    if (due) this.#ensured.set(batchId, now);
    return due;
  }

  /** When a listing over which Amazon has failed may be tried again. */
  restsUntil(listing: MergedListing): number {
    return this.#resting.get(listingName(listing))?.untilMs ?? 0;
  }

  /** Amazon failed over this listing. @returns whether it is to be tried again. */
  failed(listing: MergedListing, now: number): boolean {
    const name = listingName(listing);
    const failures = (this.#resting.get(name)?.failures ?? 0) + 1;
    if (failures >= mostFailures) {
      this.#resting.delete(name);
      return false;
    }
    this.#resting.set(name, { failures, untilMs: now + firstRestMs * 2 ** (failures - 1) });
    return true;
  }

  succeeded(listing: { readonly marketplaceId: string; readonly sku: string }): void {
    this.#resting.delete(listingName(listing));
  }
}
