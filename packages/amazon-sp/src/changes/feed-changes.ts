import { randomUUID } from 'node:crypto';
import { NotFoundError, ValidationError } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import { describeFault, type MessageFault } from '../feeds/check-message.js';
import type { FeedsClient } from '../feeds/feeds-client.js';
import { type ListingsFeedPart, listingsFeedBounds } from '../feeds/listings-feed.js';
import type { ListingsMessage } from '../feeds/listings-message.js';
import type { Change } from './change.js';
import type { BatchMessage, ChangeBatch, ChangeBatches } from './change-batches.js';
import type { Settlement } from './change-ledger.js';
import type { KnownListing } from './listing-facts.js';
import type { MergedListing } from './merge-changes.js';

export interface Batched {
  readonly batches: readonly ChangeBatch[];
  /** Changes that cannot go into a feed. */
  readonly settlements: readonly Settlement[];
}

export interface BatchMeans {
  readonly feeds: Pick<FeedsClient, 'build'>;
  readonly batches: Pick<ChangeBatches, 'open'>;
  readonly account: string;
  /** What is known of a listing; one of which nothing is known is left out. */
  readonly factsOf: (listing: MergedListing) => KnownListing | undefined;
  /** Leaves the last feed for later unless it is full. */
  readonly fullOnly: boolean;
}

interface Draft extends Omit<BatchMessage, 'messageId'> {
  readonly listing: MergedListing;
}

/** Puts changes of one marketplace into feeds: one message for a listing, with all that changes of it. */
export async function batchListings(listings: readonly MergedListing[], means: BatchMeans): Promise<Batched> {
  const { account, batches, factsOf, feeds, fullOnly } = means;
  const settlements: Settlement[] = [];
  const drafts = new Map<number, Draft>();
  const fail = (changes: readonly Change[], error: unknown) => {
    const outcome = { status: 'failed' as const, error: storeError(error) };
    for (const change of changes) settlements.push({ change, outcome });
  };
  function* messages(): Generator<ListingsMessage> {
    for (const listing of listings) {
      const facts = factsOf(listing);
      if (facts === undefined) continue;
      for (const changes of messagesOf(listing)) {
        if (typeof facts === 'string') {
          fail(changes, facts === 'missing' ? noSuchListing(listing, account) : untyped(listing, account));
          continue;
        }
        const own = changes.filter(({ field }) => field === 'quantity' && facts.byAmazon);
        if (own.length > 0) fail(own, shippedByAmazon(listing, account));
        const sent = changes.filter((change) => !own.includes(change));
        if (sent.length === 0) continue;
        const messageId = drafts.size + 1;
        drafts.set(messageId, { changes: sent, listing, fresh: facts.fresh });
        yield {
          messageId,
          sku: listing.sku,
          operationType: 'PATCH',
          productType: facts.productType,
          patches: sent.map(({ patch }) => patch),
        };
      }
    }
  }
  const onRefused = (faults: readonly MessageFault[]) => {
    const draft = drafts.get(faults[0]?.messageId ?? 0);
    if (draft !== undefined) fail(draft.changes, refused(faults, account));
  };
  const opened: ChangeBatch[] = [];
  let last: ListingsFeedPart | undefined;
  for (const part of feeds.build(messages(), { onRefused })) {
    if (last !== undefined) opened.push(await open(last));
    last = part;
  }
  const isFull = last?.messages.length === listingsFeedBounds.messages;
  if (last !== undefined && (isFull || !fullOnly)) opened.push(await open(last));
  return { batches: opened, settlements };

  function open(part: ListingsFeedPart): Promise<ChangeBatch> {
    const segments = new Set<string>();
    const listed = part.messages.map(({ messageId }): BatchMessage => {
      const { changes, listing, fresh } = drafts.get(messageId) as Draft;
      for (const segment of listing.segments) segments.add(segment);
      return { messageId, changes, fresh };
    });
    const { marketplaceId } = listings[0] as MergedListing;
    const list = { messages: listed, segments: [...segments] };
    return batches.open(randomUUID(), marketplaceId, { content: part.content, list });
  }
}

/** Changes that were refused together go in messages of their own. */
function messagesOf({ fields }: MergedListing): readonly (readonly Change[])[] {
  const changes = Object.values(fields);
  return changes.some(({ alone }) => alone) ? changes.map((change) => [change]) : [changes];
}

function noSuchListing({ sku, marketplaceId }: MergedListing, account: string): NotFoundError {
  return new NotFoundError(`SKU ${sku} does not exist in ${marketplaceId} for ${account}.`, {
    account,
    field: 'sku',
    remedy: 'Check the SKU and the marketplace; list the product first.',
  });
}

function untyped({ sku, marketplaceId }: MergedListing, account: string): NotFoundError {
  return new NotFoundError(`SKU ${sku} has no product type in ${marketplaceId}, so it cannot be changed.`, {
    account,
    field: 'sku',
    remedy: 'Complete the listing in Seller Central, or create it anew.',
  });
}

function shippedByAmazon({ sku, marketplaceId }: MergedListing, account: string): ValidationError {
  return new ValidationError(
    `SKU ${sku} is shipped by Amazon in ${marketplaceId} for ${account}: its quantity is what lies in Amazon's warehouses.`,
    {
      account,
      field: 'sku',
      remedy: 'Leave it out. To ship it yourself from now on, change its fulfilment channel first.',
    },
  );
}

function refused(faults: readonly MessageFault[], account: string): ValidationError {
  const problems = faults.map(describeFault);
  return new ValidationError(`The change is refused before it is sent: ${problems.join('; ')}.`, {
    account,
    problems,
    field: faults[0]?.field,
    remedy: 'Correct the job’s payload.',
  });
}
