import { DocumentError } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { FeedItemOutcome, FeedRun, FeedSummary, IAmazonFeedResult } from '../feeds/feed-result.js';
import type { FeedState } from '../feeds/feed-state.js';
import { feedTypes, retiredFeedTypes } from '../feeds/feed-types.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField } from './payload-fields.js';

const kept = z.strictObject({
  name: z.string().min(1),
  // Far above any feed that Amazon takes: so many pieces are looked for when it is forgotten.
  bytes: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  in: z.enum(['contents', 'sealedContents', 'keyValues']),
});

const payloadSchema = z
  .strictObject({
    feedType: z.string('name the feed type').superRefine((feedType, context) => {
      const retired = Object.hasOwn(retiredFeedTypes, feedType) ? retiredFeedTypes[feedType] : undefined;
      if (retired === undefined) return;
      context.addIssue({ code: 'custom', message: `Amazon has switched it off. ${retired.instead}` });
    }),
    /** The account's own by default. */
    marketplaceIds: z.array(marketplaceField).min(1).max(25).optional(),
    /** The document: text up to 1 MiB, or what `connector.feeds.keep` has kept. */
    content: z.union([
      z.string().max(1024 * 1024, 'keep it with `connector.feeds.keep` and give what that gives'),
      kept,
    ]),
    feedOptions: z.record(z.string(), z.string()).optional(),
    contentType: z.string().min(1).optional(),
    oneAtATime: z.boolean().optional(),
  })
  .superRefine(({ feedType, content }, context) => {
    const known = feedTypes.find((type) => type.feedType === feedType);
    if (typeof content !== 'string' || known?.personal !== true) return;
    const message =
      'it holds personal data, and payloads lie in the open: keep it with `connector.feeds.keep` and give what that gives';
    context.addIssue({ code: 'custom', path: ['content'], message });
  });

export type FeedsSubmitPayload = z.output<typeof payloadSchema>;

/** So many outcomes go into the job's result, those with problems first. */
const mostOutcomes = 1_000;

export interface FeedsSubmitResult extends IAmazonFeedResult {
  readonly summary?: FeedSummary;
  /** How many messages came to which status. */
  readonly counts: Readonly<Record<FeedItemOutcome['status'], number>>;
  /** Messages that were refused or taken with warnings; at most 1,000. The whole is in the result document. */
  readonly problems: readonly FeedItemOutcome[];
  readonly issues: FeedRun['issues'];
}

/** Submits a feed and sees it through: exactly one feed for one job. */
export function feedsSubmit({ connector, timings }: AmazonJobParts): JobDefinition {
  return defineJob<FeedsSubmitPayload, FeedState, FeedsSubmitResult>({
    name: 'feeds.submit',
    section: 'feeds',
    version: 1,
    payload: payloadSchema,
    describe: ({ feedType, content }) => ({
      feedType,
      bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.bytes,
    }),
    async run(ctx) {
      const { feeds } = await connector(ctx.accountId);
      const { content, ...spec } = ctx.payload;
      const kept = typeof content === 'string' ? feeds.keptAs(ctx.jobId, content) : content;
      const order = feeds.order({ ...spec, content: kept }, ctx.jobId);
      if (ctx.state === undefined && typeof content === 'string') await feeds.keep(ctx.jobId, content);
      const run = await feeds.run(order, {
        intent: ctx.jobId,
        journal: jobJournal<FeedState>(ctx),
        terms: jobTerms(ctx),
        ...(timings && { timings }),
      });
      await feeds.forget(kept);
      return jobResult(run, ctx.accountId);
    },
  });
}

/** @throws DocumentError when the feed was cancelled or broke off: the job has not done what it was to do. */
function jobResult({ result, summary, items, issues, ending }: FeedRun, account: string): FeedsSubmitResult {
  if (ending === 'cancelled' || ending === 'fatal') {
    const told = issues.map(({ code, message }) => `${code} ${message}`).join('; ');
    const what =
      ending === 'cancelled'
        ? 'was cancelled before it began: nothing of it was applied'
        : 'broke off: some, none or all of it was applied';
    throw new DocumentError(
      `Feed ${result.feedId} (${result.feedType}) of ${account} ${what}.${told === '' ? '' : ` Amazon says: ${told}.`}`,
      {
        account,
        operation: 'feeds.createFeed',
        remedy:
          ending === 'cancelled'
            ? 'Submit it anew, as a new job.'
            : 'Look at what it was to change, then submit what is missing, as a new job.',
        details: { ...result },
      },
    );
  }
  const counts = { accepted: 0, warning: 0, error: 0 };
  for (const { status } of items) counts[status] += 1;
  // Records of a flat file are named only when something is wrong with them; so are messages whose document was deleted before a crash.
  counts.accepted += Math.max((summary?.processed ?? 0) - items.length, 0);
  const rank = { error: 0, warning: 1, accepted: 2 };
  return {
    ...result,
    ...(summary && { summary }),
    counts,
    problems: items
      .filter(({ status }) => status !== 'accepted')
      .sort((a, b) => rank[a.status] - rank[b.status])
      .slice(0, mostOutcomes),
    issues,
  };
}
