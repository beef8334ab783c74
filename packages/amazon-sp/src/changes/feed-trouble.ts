import { type FluxoriError, isErrorOf, RemoteError } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import type { FeedState } from '../feeds/feed-state.js';
import { nextPollMs, type WorkflowTimings } from '../workflow/timings.js';
import type { BatchList } from './change-batches.js';
import type { Settlement } from './change-ledger.js';

/** A call about a feed that was submitted is refused, e.g. for a permission that was taken away for a while. */
export interface FeedTrouble {
  /** Milliseconds since the epoch: when it began. */
  readonly since: number;
}

/** A feed that was submitted, or may have been: what Amazon applies of it does not depend on whether we may ask. */
export function submissionOf(
  state: FeedState | undefined,
): { readonly feedId?: string; readonly intendedAt: number } | undefined {
  switch (state?.step) {
    case 'send':
    case 'look':
      return { intendedAt: state.intendedAt };
    case 'poll':
    case 'read':
      return { feedId: state.feedId, intendedAt: state.intendedAt };
    default:
      return undefined;
  }
}

/**
 * When to ask again.
 *
 * A permission comes back; a report that cannot be read seldom becomes another, and its feed has ended.
 * @returns undefined when it has lasted too long.
 */
export function tryAgainAt(
  { since }: FeedTrouble,
  error: FluxoriError,
  { now, timings }: { readonly now: number; readonly timings: WorkflowTimings },
): Date | undefined {
  const patienceMs = timings.stuckAfterMs / (isErrorOf(error, 'DocumentError') ? 12 : 1);
  const elapsedMs = now - since;
  return elapsedMs < patienceMs ? new Date(now + nextPollMs(elapsedMs, timings)) : undefined;
}

/** Nobody can tell what became of any change. */
export function unknownToAll(
  { messages }: BatchList,
  cause: FluxoriError,
  about: { readonly feedId?: string; readonly intendedAt: number; readonly account: string },
): readonly Settlement[] {
  const { feedId, intendedAt, account } = about;
  const feed = feedId === undefined ? 'a feed that may have been submitted' : `feed ${feedId}, submitted`;
  const show = feedId === undefined ? '' : ` (\`fluxori feeds show ${feedId}\`)`;
  return messages
    .flatMap(({ changes }) => changes)
    .map((change) => {
      const error = new RemoteError(
        `Nobody can tell whether Amazon took the change of SKU ${change.sku}: it was in ${feed} at ${new Date(intendedAt).toISOString()}, of which Amazon told nothing since. ${cause.message}`,
        {
          ...{ account, field: 'sku', operation: cause.operation ?? 'feeds.getFeed', cause },
          ...{ code: 'OUTCOME_UNKNOWN', status: 200, retryable: false },
          remedy: `Look at the listing, or at the feed${show}; or retry the job: it sends the change again, which does no harm.${cause.remedy === undefined ? '' : ` For what was refused: ${cause.remedy}`}`,
          ...(feedId !== undefined && { details: { feedId } }),
        },
      );
      return { change, outcome: { status: 'failed', error: storeError(error) } };
    });
}
