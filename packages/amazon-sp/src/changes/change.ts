import type { ListingIssue, MarketplaceId } from '@fluxori/core';
import type { StoredError } from '@fluxori/queue';
import type { ListingPatch } from '../listings/listing-mapping.js';

/** What of a listing a change replaces. Changes of different fields do not touch each other. */
export type ChangeField = 'quantity' | 'price';

/** One field of one listing in one marketplace. */
export interface ChangeSubject {
  readonly sku: string;
  readonly marketplaceId: MarketplaceId;
  readonly field: ChangeField;
}

/** A wish to change one field of one listing. Repeatable: it replaces the value. */
export interface Change extends ChangeSubject {
  /** Which of two changes of the same field is the later one: text that sorts. Names the change as well. */
  readonly order: string;
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

/** One listing in one marketplace. */
export interface ListingKey {
  readonly marketplaceId: string;
  readonly sku: string;
}

/** A name for maps; a marketplace's id holds no slash. */
export function listingName({ marketplaceId, sku }: ListingKey): string {
  return `${marketplaceId}/${sku}`;
}

/** A name for maps and keys; no field holds a slash. */
export function subjectName({ field, marketplaceId, sku }: ListingKey & { field: ChangeField }): string {
  return `${field}/${marketplaceId}/${sku}`;
}

/** Whether a change has an outcome: its own, or that of the one that superseded it. */
export function isSettled(change: Change, settled: SettledField | undefined): settled is SettledField {
  return settled !== undefined && settled.order >= change.order;
}

/** The section of the queue in which the changes of a field are put in. */
const sections: Readonly<Record<ChangeField, string>> = { quantity: 'inventory', price: 'prices' };

/**
 * A job's id without its section: it sorts by when the job was put in.
 * @param failures - how often the job was told that its change had failed. Tried again, it is a change of its own: later than the one that failed, earlier than
 *   any of a job that was put in afterwards.
 */
export function orderOfJob(jobId: string, failures = 0): string {
  const order = jobId.slice(jobId.lastIndexOf('-') + 1);
  return failures === 0 ? order : `${order}.${String(failures).padStart(4, '0')}`;
}

/** The id of the job that brought a change. */
export function jobOfOrder(field: ChangeField, order: string): string {
  return `${sections[field]}-${order.split('.', 1)[0]}`;
}
