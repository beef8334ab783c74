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
  const feeds: AmazonFeed[] = [];
  let skewMs: number | undefined;
  let nextToken: string | undefined;
  do {
    const answer = await context.api('feeds').getFeeds(
      nextToken === undefined
        ? {
            feedTypes: [query.feedType],
            pageSize: 100,
            // More than is wanted: the clocks are compared below.
            createdSince: new Date(query.intendedAt - 60 * 60_000).toISOString(),
          }
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
  const sinceMs =
    skewMs === undefined
      ? query.intendedAt - query.timings.clockSkewMs
      : query.intendedAt + skewMs - clockMarginMs;
  const wanted = [...query.marketplaceIds].sort().join();
  const candidates: AmazonFeed[] = [];
  for (const feed of feeds) {
    const there = feed.marketplaceIds;
    if (feed.feedType !== query.feedType || query.foreign.includes(feed.feedId)) continue;
    if (Date.parse(feed.createdTime) < sinceMs) continue;
    if (there !== undefined && [...there].sort().join() !== wanted) continue;
    const claimant = await slot.claimant(feed.feedId);
    if (claimant === undefined || claimant === query.intent) candidates.push(feed);
  }
  return candidates.sort((a, b) => Date.parse(a.createdTime) - Date.parse(b.createdTime));
}
