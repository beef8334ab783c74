import { ValidationError } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import type { FeedItemOutcome, FeedRun } from '../feeds/feed-result.js';
import type { Change } from './change.js';
import type { BatchList } from './change-batches.js';
import type { Settlement } from './change-ledger.js';

/** How often a change goes into another feed after one that came to nothing. */
const mostTries = 3;

export interface BatchEnd {
  readonly settlements: readonly Settlement[];
  /** For another try: their feed broke off, or they were refused together with another change. */
  readonly again: readonly Change[];
  /** Changes of listings of which perhaps the wrong thing was remembered. */
  readonly doubted: readonly Change[];
}

/** What the changes of a feed came to. */
export function endBatch({ messages }: BatchList, run: FeedRun, account: string): BatchEnd {
  const settlements: Settlement[] = [];
  const again: Change[] = [];
  const doubted: Change[] = [];
  const items = new Map(run.items.map((item) => [item.messageId, item]));
  const broken = run.ending === 'fatal' || run.ending === 'cancelled';
  const { feedId } = run.result;
  for (const { messageId, changes, fresh } of messages) {
    const item = items.get(messageId);
    if (broken) {
      for (const change of changes) {
        const tries = (change.tries ?? 0) + 1;
        // Repeatable: whether the feed applied it or not, it is what the listing shall be.
        if (tries < mostTries) again.push({ ...change, tries });
        else settlements.push({ change, outcome: failed(change, item, run, account) });
      }
    } else if (item?.status === 'error') {
      const together = changes.length > 1;
      if (!fresh) doubted.push(...changes);
      for (const change of changes) {
        const tries = (change.tries ?? 0) + 1;
        if (together) again.push({ ...change, alone: true });
        else if (!fresh && tries < mostTries) again.push({ ...change, tries });
        else settlements.push({ change, outcome: failed(change, item, run, account) });
      }
    } else {
      const issues = (item?.issues ?? []).map(({ code, message, severity }) => ({ code, message, severity }));
      for (const change of changes) {
        settlements.push({ change, outcome: { status: 'accepted', way: 'feed', feedId, issues } });
      }
    }
  }
  return { settlements, again, doubted };
}

function failed(
  { sku }: Change,
  item: FeedItemOutcome | undefined,
  { result }: FeedRun,
  account: string,
): Extract<Settlement['outcome'], { status: 'failed' }> {
  const problems = (item?.issues ?? []).map(
    ({ severity, code, message }) => `${severity} ${code}: ${message}`,
  );
  const error = new ValidationError(
    `Amazon did not take the change of SKU ${sku} in feed ${result.feedId}: ${problems.join('; ') || 'it gave no reason'}`,
    {
      account,
      field: 'sku',
      problems,
      operation: 'feeds.createFeed',
      remedy: 'Correct what the issues name, in the listing or in the job’s payload.',
      details: { feedId: result.feedId },
    },
  );
  return { status: 'failed', error: storeError(error) };
}
