import type { ListingIssue, MarketplaceId } from '@fluxori/core';
import type { StoredError } from '@fluxori/queue';
import type { ListingPatch } from '../listings/listing-mapping.js';

/** What of a listing a change replaces. Changes of different fields do not touch each other. */
export type ChangeField = 'quantity' | 'price';

/** A wish to change one field of one listing. Repeatable: it replaces the value. */
export interface Change {
  /** Which of two changes of the same field is the later one: text that sorts. Names the change as well. */
  readonly order: string;
  readonly sku: string;
  readonly marketplaceId: MarketplaceId;
  readonly field: ChangeField;
  readonly patch: ListingPatch;
  /** 1 is the most urgent, see `priorities`. */
  readonly priority: number;
  /** How many feeds it was in that came to nothing. */
  readonly tries?: number;
  /** Sent by itself: with others in one message it was refused, and not for its own fault. */
  readonly alone?: true;
}

/** What a change came to. */
export type ChangeOutcome =
  | {
      readonly status: 'accepted';
      readonly way: 'patch' | 'feed';
      readonly submissionId?: string;
      readonly feedId?: string;
      readonly issues: readonly ListingIssue[];
    }
  | { readonly status: 'failed'; readonly error: StoredError };

/** The last change of a field that has an outcome. Older ones have the same: it superseded them. */
export interface SettledField {
  readonly order: string;
  readonly outcome: ChangeOutcome;
}

/** What has become of a listing's changes, by field. */
export type SettledListing = { readonly [Field in ChangeField]?: SettledField };

/** One listing in one marketplace. */
export interface ListingKey {
  readonly marketplaceId: string;
  readonly sku: string;
}

/** A name for maps; a marketplace's id holds no slash. */
export function listingName({ marketplaceId, sku }: ListingKey): string {
  return `${marketplaceId}/${sku}`;
}

/** A job's id without its section: it sorts by when the job was put in. */
export function orderOfJob(jobId: string): string {
  return jobId.slice(jobId.lastIndexOf('-') + 1);
}
