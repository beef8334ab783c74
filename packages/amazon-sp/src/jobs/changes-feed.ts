import { type FluxoriError, isErrorOf, isFluxoriError, systemClock } from '@fluxori/core';
import { defineJob, type JobDefinition, storeError } from '@fluxori/queue';
import { z } from 'zod';
import type { BatchList, ChangeBatch } from '../changes/change-batches.js';
import { changeWakeKey, flushWakeKey } from '../changes/change-box.js';
import { coalescingDefaults } from '../changes/change-means.js';
import { publishedPace } from '../changes/change-plan.js';
import { type BatchEnd, endBatch } from '../changes/end-batch.js';
import { type FeedTrouble, submissionOf, tryAgainAt, unknownToAll } from '../changes/feed-trouble.js';
import { summonFlush } from '../changes/summon-flush.js';
import type { AmazonSPConnector } from '../connector.js';
import type { FeedState } from '../feeds/feed-state.js';
import { type Journal, KeyValueJournal } from '../workflow/journal.js';
import { jobTerms, type Terms, type WaitOrder } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { type AmazonJobParts, queuesOf } from './job-parts.js';

const payloadSchema = z.strictObject({ batchId: z.string().min(1) });

interface State {
  /** What stands in the way of hearing of the feed, if anything does. */
  readonly trouble?: FeedTrouble;
}

const journalMs = 7 * 24 * 60 * 60_000;

/**
 * Submits a feed of gathered changes, sees it through, and tells every change what it came to. Put in by `changes.flush`.
 *
 * A feed that was submitted is followed to its end: newer changes of the same listings wait for it, since its older values would replace them. When
 * Amazon refuses to tell of it, it is asked again for six hours; then its changes are told as unknown, not as failed.
 */
export function changesFeed(parts: AmazonJobParts): JobDefinition {
  const { clock = systemClock, coalescing } = parts;
  return defineJob<z.output<typeof payloadSchema>, State, { feedId?: string; changes?: number }>({
    name: 'changes.feed',
    section: 'feeds',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    async run(ctx) {
      const amazon = await parts.connector(ctx.accountId);
      const { changes: box } = amazon;
      const queues = queuesOf(parts);
      const { gatherMs } = { ...coalescingDefaults, ...coalescing };
      const done = async () => {
        await summonFlush(queues, ctx.accountId, gatherMs)(await box.token());
        await queues.wakeAll(ctx.accountId, [flushWakeKey]);
      };
      const batch = await box.batches.get(ctx.payload.batchId);
      if (batch === undefined) {
        await done();
        return {};
      }
      const list = await box.batches.list(batch).catch((error: unknown) => {
        if (isErrorOf(error, 'DocumentError')) return undefined;
        throw error;
      });
      if (list === undefined) {
        // Its documents are gone, which takes a week. Whoever still waits brings his change again by himself.
        await box.batches.close(batch);
        await done();
        return {};
      }
      // Under the batch, not the job: a job that failed is followed by another, which goes on with the same submission.
      const journal = await KeyValueJournal.open<FeedState>({
        ...{ store: box.keyValues, key: box.journalKey(batch.id), ttlMs: journalMs },
      });
      const timed = learning(journal, clock.now, async (tookMs) => {
        const alone = (await box.batches.ids()).length === 1;
        const messagesMs = list.messages.length * (coalescing?.feedMessageMs ?? publishedPace.feedMessageMs);
        if (alone) await box.learn(Math.max(tookMs - messagesMs, 0));
      });
      const { trouble } = ctx.state ?? {};
      const { feedId, end } = await seeThrough(amazon, batch, list, {
        ...{ journal: timed, account: ctx.accountId, timings: { ...defaultTimings, ...parts.timings } },
        terms: {
          ...jobTerms(ctx),
          async wait(order) {
            // It is told of again.
            if (trouble !== undefined) await ctx.checkpoint({});
            ctx.park(order);
          },
        },
        now: () => clock.now(),
        ...(trouble && { trouble }),
        async comeBack(since, order) {
          await ctx.checkpoint({ trouble: since });
          return ctx.park(order);
        },
      });
      for (const { marketplaceId, sku } of end.doubted) await box.productTypes.forget(marketplaceId, sku);
      await box.ledger.settle(end.settlements);
      await box.putBack(end.again, { id: `again-${batch.id}`, waking: list.segments });
      await queues.wakeAll(ctx.accountId, list.segments.map(changeWakeKey));
      await box.batches.close(batch);
      await journal.forget();
      await done();
      return { ...(feedId !== undefined && { feedId }), changes: end.settlements.length };
    },
  });
}

interface Means {
  readonly journal: Journal<FeedState>;
  readonly terms: Terms;
  readonly account: string;
  readonly timings: WorkflowTimings;
  readonly now: () => number;
  readonly trouble?: FeedTrouble;
  /** Parks. */
  readonly comeBack: (trouble: FeedTrouble, order: WaitOrder) => Promise<never>;
}

/** @throws what passes. What does not is the outcome of every change. */
async function seeThrough(
  { feeds }: Pick<AmazonSPConnector, 'feeds'>,
  { id, content, marketplaceId }: ChangeBatch,
  list: BatchList,
  means: Means,
): Promise<{ feedId?: string; end: BatchEnd }> {
  const { account, journal, terms, timings } = means;
  try {
    const order = feeds.order(
      { feedType: 'JSON_LISTINGS_FEED', content, marketplaceIds: [marketplaceId] },
      id,
    );
    const run = await feeds.run(order, { journal, terms, timings, intent: id });
    return { feedId: run.result.feedId, end: endBatch(list, run, account) };
  } catch (error) {
    if (!isFluxoriError(error) || error.retryable) throw error;
    const submission = submissionOf(journal.state);
    if (submission !== undefined) return afterSubmission(submission, error, list, means);
    const outcome = { status: 'failed' as const, error: storeError(error) };
    const settlements = list.messages.flatMap(({ changes }) =>
      changes.map((change) => ({ change, outcome })),
    );
    return { end: { settlements, again: [], doubted: [] } };
  }
}

/** Amazon has the feed, or may have it, and refuses to tell of it. */
async function afterSubmission(
  submission: NonNullable<ReturnType<typeof submissionOf>>,
  error: FluxoriError,
  list: BatchList,
  { account, now, timings, trouble = { since: now() }, comeBack }: Means,
): Promise<{ feedId?: string; end: BatchEnd }> {
  const { feedId } = submission;
  const until = tryAgainAt(trouble, error, { now: now(), timings });
  if (until !== undefined) {
    return comeBack(trouble, {
      until,
      reason: `Amazon does not tell of feed ${feedId ?? '(its answer was lost)'}, which it may be applying: ${error.message}`,
      ...(feedId !== undefined && { wakeOn: `feed:${feedId}` }),
    });
  }
  const settlements = unknownToAll(list, error, { ...submission, account });
  return { ...(feedId !== undefined && { feedId }), end: { settlements, again: [], doubted: [] } };
}

/** Tells how long Amazon took, once it is known. */
function learning(
  journal: Journal<FeedState>,
  now: () => number,
  learn: (tookMs: number) => Promise<void>,
): Journal<FeedState> {
  return {
    get state() {
      return journal.state;
    },
    async save(state) {
      await journal.save(state);
      if (state.step === 'read' && !state.found) await learn(now() - state.since);
    },
  };
}
