import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { WorkflowTimings } from '../workflow/timings.js';
import type { SubmissionSlot } from './submission-slot.js';

export type AmazonFeed = ResponseOf<'feeds', '2021-06-30', 'getFeed'>;

export interface LookupQuery {
  readonly feedType: string;
  readonly marketplaceIds: readonly string[];
  /** Milliseconds since the epoch, by our clock: when the submission was recorded as intended. */
  readonly intendedAt: number;
  readonly intent: string;
  /** Feeds that were looked at and are not ours. */
  readonly foreign: readonly string[];
  readonly timings: Pick<WorkflowTimings, 'clockSkewMs'>;
}

/** What Amazon's and our clocks may differ by, beyond what its answer tells, in milliseconds. */
const clockMarginMs = 5_000;
/** The list is asked for from so long before the submission on, in milliseconds. */
const lookBackMs = 60 * 60_000;

/**
 * Looks for a feed whose submission was not answered, in the account's list of feeds: of the same type and marketplaces, made since the submission was
 * intended (by Amazon's clock, which its answer tells), and not known to be another's. The list does not carry the document of a feed, so
 * whether it is ours is proved in the end by its processing report.
 *
 * @returns the candidates, oldest first.
 */
export async function findFeeds(
  context: SectionContext,
  slot: SubmissionSlot,
  query: LookupQuery,
  options: SpCallOptions,
): Promise<readonly AmazonFeed[]> {
  const { feedType, intendedAt } = query;
  // More than is wanted: the clocks are compared below.
  let listed = await feedsSince(context, feedType, intendedAt - lookBackMs, options);
  const { skewMs = 0 } = listed;
  if (skewMs < clockMarginMs - lookBackMs) {
    // Our clock is ahead by more than that: by Amazon's, we asked for feeds that come only after ours.
    listed = await feedsSince(context, feedType, intendedAt + skewMs - lookBackMs, options);
  }
  const sinceMs =
    listed.skewMs === undefined
      ? intendedAt - query.timings.clockSkewMs
      : intendedAt + listed.skewMs - clockMarginMs;
  const wanted = [...query.marketplaceIds].sort().join();
  const candidates: AmazonFeed[] = [];
  for (const feed of listed.feeds) {
    const there = feed.marketplaceIds;
    if (feed.feedType !== feedType || query.foreign.includes(feed.feedId)) continue;
    if (Date.parse(feed.createdTime) < sinceMs) continue;
    if (there !== undefined && [...there].sort().join() !== wanted) continue;
    const claimant = await slot.claimant(feed.feedId);
    if (claimant === undefined || claimant === query.intent) candidates.push(feed);
  }
  return candidates.sort((a, b) => Date.parse(a.createdTime) - Date.parse(b.createdTime));
}

/** Feeds of a type, and how much Amazon's clock is ahead of ours, in milliseconds, if its answer tells. */
async function feedsSince(
  context: SectionContext,
  feedType: string,
  sinceMs: number,
  options: SpCallOptions,
): Promise<{ readonly feeds: readonly AmazonFeed[]; readonly skewMs?: number }> {
  const feeds: AmazonFeed[] = [];
  let skewMs: number | undefined;
  let nextToken: string | undefined;
  do {
    const answer = await context
      .api('feeds')
      .getFeeds(
        nextToken === undefined
          ? { feedTypes: [feedType], pageSize: 100, createdSince: new Date(sinceMs).toISOString() }
          : { nextToken },
        {
          ...options,
          onAnswer({ headers, receivedAt }) {
            const amazonMs = Date.parse(headers.date ?? '');
            if (!Number.isNaN(amazonMs)) skewMs = amazonMs - receivedAt.getTime();
          },
        },
      );
    feeds.push(...answer.feeds);
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return { feeds, ...(skewMs !== undefined && { skewMs }) };
}
