import { isErrorOf, isFluxoriError } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import { acceptedChange } from '../jobs/listing-change-result.js';
import type { ListingsClient } from '../listings/listings-client.js';
import type { Change, ChangeOutcome } from './change.js';
import type { Settlement } from './change-ledger.js';
import { type MakeCall, priorityNamed } from './change-means.js';
import type { MergedListing } from './merge-changes.js';

export interface PatchMeans {
  readonly listings: Pick<ListingsClient, 'patch'>;
  readonly account: string;
  readonly call: MakeCall;
}

export interface Patched {
  readonly settlements: readonly Settlement[];
  /** Amazon failed over these listings; they are to be tried again later. */
  readonly trouble: readonly { readonly listing: MergedListing; readonly error: unknown }[];
  /** No listing will do better now: a limit has no token, the host cannot be reached, the process stops. */
  readonly halt?: { readonly error: unknown };
}

/** Changes listings by single calls, all at the same time: the limits put them in order. */
export async function patchListings(listings: readonly MergedListing[], means: PatchMeans): Promise<Patched> {
  const settlements: Settlement[] = [];
  const trouble: { listing: MergedListing; error: unknown }[] = [];
  let halt: { error: unknown } | undefined;
  await Promise.all(
    listings.map(async (listing) => {
      try {
        await patchListing(listing, means, (settlement) => settlements.push(settlement));
      } catch (error) {
        if (isErrorOf(error, 'RemoteError')) trouble.push({ listing, error });
        else halt = worse(halt, error);
      }
    }),
  );
  return { settlements, trouble, ...(halt && { halt }) };
}

/** A limit says when to come back; of several, whichever is first. Anything else says more. */
function worse(known: { error: unknown } | undefined, error: unknown): { error: unknown } {
  if (known === undefined) return { error };
  if (!isErrorOf(known.error, 'RateLimitError')) return known;
  return isErrorOf(error, 'RateLimitError') && known.error.retryAt <= error.retryAt ? known : { error };
}

/** One call for both fields; where that is refused, one for each, so that neither fails for the other's fault. */
async function patchListing(
  { fields, priority }: MergedListing,
  means: PatchMeans,
  settle: (settlement: Settlement) => void,
): Promise<void> {
  const changes = Object.values(fields);
  if (changes.length > 1 && !changes.some(({ alone }) => alone)) {
    const outcome = await patch(changes, priority, means);
    if (outcome.status === 'accepted') {
      for (const change of changes) settle({ change, outcome });
      return;
    }
  }
  for (const change of changes) settle({ change, outcome: await patch([change], priority, means) });
}

/** @throws trouble that passes; what will not pass is an outcome. */
async function patch(
  changes: readonly Change[],
  priority: number,
  { listings, account, call }: PatchMeans,
): Promise<ChangeOutcome> {
  const { sku, marketplaceId } = changes[0] as Change;
  try {
    const change = await call((terms) =>
      listings.patch(
        sku as never,
        changes.map((one) => one.patch),
        {
          ...terms,
          priority: priorityNamed(priority),
          marketplaceId,
          ofSellerStock: changes.some(({ field }) => field === 'quantity'),
        },
      ),
    );
    const { submissionId, issues } = acceptedChange(change, account);
    return { status: 'accepted', way: 'patch', ...(submissionId !== undefined && { submissionId }), issues };
  } catch (error) {
    if (!isFluxoriError(error) || error.retryable) throw error;
    return { status: 'failed', error: storeError(error) };
  }
}
