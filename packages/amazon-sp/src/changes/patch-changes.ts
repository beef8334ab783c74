import { isFluxoriError } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import { acceptedChange } from '../jobs/listing-change-result.js';
import type { ListingsClient } from '../listings/listings-client.js';
import type { Change, ChangeOutcome } from './change.js';
import type { Settlement } from './change-ledger.js';
import { type MakeCall, priorityNamed } from './change-means.js';
import type { MergedListing } from './merge-changes.js';

export interface PatchMeans {
  readonly listings: ListingsClient;
  readonly account: string;
  readonly call: MakeCall;
}

export interface Patched {
  readonly settlements: readonly Settlement[];
  /** A listing was not changed because of trouble that passes: a limit, the network. */
  readonly trouble?: unknown;
}

/** Changes listings by single calls, all at the same time: the limits put them in order. */
export async function patchListings(
  listings: readonly Pick<MergedListing, 'fields' | 'priority'>[],
  means: PatchMeans,
): Promise<Patched> {
  const settlements: Settlement[] = [];
  let trouble: unknown;
  await Promise.all(
    listings.map(async ({ fields, priority }) => {
      try {
        settlements.push(...(await patchListing(Object.values(fields), priority, means)));
      } catch (error) {
        trouble ??= error;
      }
    }),
  );
  return { settlements, ...(trouble !== undefined && { trouble }) };
}

/** One call for both fields; where that is refused, one for each, so that neither fails for the other's fault. */
async function patchListing(
  changes: readonly Change[],
  priority: number,
  means: PatchMeans,
): Promise<readonly Settlement[]> {
  if (changes.length > 1 && !changes.some(({ alone }) => alone)) {
    const outcome = await patch(changes, priority, means);
    if (outcome.status === 'accepted') return changes.map((change) => ({ change, outcome }));
  }
  const settlements: Settlement[] = [];
  for (const change of changes) settlements.push({ change, outcome: await patch([change], priority, means) });
  return settlements;
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
