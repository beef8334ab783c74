import { randomUUID } from 'node:crypto';
import { NotFoundError, type Sku, ValidationError } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import { describeFault, type MessageFault } from '../feeds/check-message.js';
import type { FeedsClient } from '../feeds/feeds-client.js';
import type { ListingsFeedPart } from '../feeds/listings-feed.js';
import type { ListingsMessage } from '../feeds/listings-message.js';
import type { ListingFacts } from '../listings/product-types.js';
import type { Change } from './change.js';
import type { ChangeBatch, ChangeBatches } from './change-batches.js';
import type { Settlement } from './change-ledger.js';
import type { MergedListing } from './merge-changes.js';

export interface Batched {
  readonly batches: readonly ChangeBatch[];
  /** Changes that cannot go into a feed. */
  readonly settlements: readonly Settlement[];
}

/** What is known of a listing: `missing` when the seller has no such listing. */
export type FactsOf = (listing: MergedListing) => ListingFacts | 'missing' | undefined;

/** Puts changes of one marketplace into feeds: one message for a listing, with all that changes of it. */
export async function batchListings(
  listings: readonly MergedListing[],
  factsOf: FactsOf,
  means: { readonly feeds: FeedsClient; readonly batches: ChangeBatches; readonly account: string },
): Promise<Batched> {
  const settlements: Settlement[] = [];
  const inMessage = new Map<number, readonly Change[]>();
  const segmentsOf = new Map<number, ReadonlySet<string>>();
  const fail = (changes: readonly Change[], error: unknown) => {
    const outcome = { status: 'failed' as const, error: storeError(error) };
    for (const change of changes) settlements.push({ change, outcome });
  };
  let messageId = 0;
  function* messages(): Generator<ListingsMessage> {
    for (const listing of listings) {
      const facts = factsOf(listing);
      if (facts === undefined) continue;
      for (const changes of messagesOf(listing)) {
        if (facts === 'missing') {
          fail(changes, noSuchListing(listing, means.account));
          continue;
        }
        const own = changes.filter(({ field }) => field === 'quantity' && facts.byAmazon);
        if (own.length > 0) fail(own, shippedByAmazon(listing, means.account));
        const sent = changes.filter((change) => !own.includes(change));
        if (sent.length === 0) continue;
        messageId += 1;
        inMessage.set(messageId, sent);
        segmentsOf.set(messageId, listing.segments);
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
    const [first] = faults;
    if (first !== undefined) fail(inMessage.get(first.messageId) ?? [], refused(faults, means.account));
  };
  const batches: ChangeBatch[] = [];
  for (const part of means.feeds.build(messages(), { onRefused })) {
    batches.push(await openBatch(part, listings[0] as MergedListing));
  }
  return { batches, settlements };

  function openBatch(part: ListingsFeedPart, { marketplaceId }: MergedListing): Promise<ChangeBatch> {
    const segments = new Set<string>();
    const listed = part.messages.map(({ messageId: id }) => {
      for (const segment of segmentsOf.get(id) ?? []) segments.add(segment);
      return { messageId: id, changes: inMessage.get(id) ?? [] };
    });
    const list = { messages: listed, segments: [...segments] };
    return means.batches.open(randomUUID(), marketplaceId, { content: part.content, list });
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

/** For calls that take SKUs. */
export function skusOf(listings: readonly MergedListing[]): readonly Sku[] {
  return listings.map(({ sku }) => sku as Sku);
}
