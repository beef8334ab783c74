import { isErrorOf } from '@fluxori/core';
import type { DocumentManager } from '../documents/document-manager.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { attempt } from '../workflow/attempt.js';
import { nextPollMs, type WorkflowTimings } from '../workflow/timings.js';
import type { StepRun, Workflow } from '../workflow/workflow.js';
import type { FeedContents, KeptFeed } from './feed-contents.js';
import { findFeeds } from './feed-lookup.js';
import { canBeOf, manifestOf } from './feed-manifest.js';
import { type FeedReport, readFeedReport } from './feed-report.js';
import type { FeedEnding } from './feed-result.js';
import type { FeedState, FeedStep } from './feed-state.js';
import type { FeedType } from './feed-types.js';
import type { SubmissionSlot } from './submission-slot.js';

/** Amazon drops a document that no feed has used for two days. Source: Feeds API 2021-06-30 use case guide. */
const documentLifeMs = 40 * 60 * 60_000;

/** One feed: what is sent, and for whom. */
export interface FeedOrder {
  /** Names this submission for good, e.g. the job's id: two submissions never have the same. */
  readonly intent: string;
  readonly type: FeedType;
  readonly contentType: string;
  readonly marketplaceIds: readonly string[];
  readonly feedOptions?: Readonly<Record<string, string>>;
  readonly content: KeptFeed;
  /** Waits until the feed of this type before it has ended. */
  readonly oneAtATime?: boolean;
}

export interface FeedWorkflowParts {
  readonly context: SectionContext;
  readonly documents: Pick<
    DocumentManager,
    'createDocument' | 'uploadDocumentContent' | 'getDocumentContent'
  >;
  readonly contents: FeedContents;
  readonly slot: SubmissionSlot;
  readonly timings: WorkflowTimings;
  /** Copies of processing reports are kept: a content store is there. */
  readonly keepReports: boolean;
  /** Told the report when it was read, so that it need not be read twice. */
  readonly onReport?: (report: FeedReport) => void;
}

/** The largest processing report that is read, in bytes. With the listings in it (`includedData`) it may be many times the feed. */
const largestReport = 256 * 1024 * 1024;

/** The submission of one feed in recorded steps: exactly one feed for one intent, whatever happens on the way. */
export function feedWorkflow(order: FeedOrder, parts: FeedWorkflowParts): Workflow<FeedState> {
  const { context, documents, contents, slot, timings } = parts;
  // The list may lag: it is looked at soon, when it surely shows the feed, and once more.
  const { listedAfterMs } = timings;
  const lookAfterMs = [listedAfterMs / 6, listedAfterMs, listedAfterMs * 3];
  const { clock } = context;
  const { intent, type } = order;
  const { feedType } = type;

  return {
    name: 'feeds.submit',
    begin: () => ({ step: 'upload' }),
    steps: { upload, reserve, send, look, poll, read },
  };

  async function upload(_: FeedStep<'upload'>, { terms }: StepRun<FeedState>): Promise<FeedState> {
    const content = await contents.read(order.content);
    await terms.progress({ done: 0, total: content.byteLength, unit: 'bytes', label: 'upload' });
    const documentId = await terms.call(
      async (options) => {
        const made = await documents.createDocument(order.contentType, options);
        await documents.uploadDocumentContent(made, content, {
          ...options,
          restricted: type.personal === true,
        });
        return made;
      },
      { repeatable: true },
    );
    return { step: 'reserve', documentId, uploadedAt: clock.now(), foreign: [] };
  }

  async function reserve(state: FeedStep<'reserve'>, { terms }: StepRun<FeedState>): Promise<FeedState> {
    const { documentId, uploadedAt, foreign } = state;
    while (!(await slot.take(intent))) await waitForTurn(terms);
    if (clock.now() - uploadedAt > documentLifeMs) return { step: 'upload' };
    return { step: 'send', documentId, uploadedAt, foreign, intendedAt: clock.now() };
  }

  async function send(state: FeedStep<'send'>, run: StepRun<FeedState>): Promise<FeedState> {
    const { step: _, ...intended } = state;
    const unknown = (): FeedState => ({ step: 'look', ...intended, from: clock.now(), looks: 0 });
    if (run.resumed) return unknown();
    const { documentId, uploadedAt, foreign } = state;
    const tried = await attempt(() =>
      run.terms.call((options) =>
        context.api('feeds').createFeed(
          {
            body: {
              feedType,
              marketplaceIds: [...order.marketplaceIds],
              inputFeedDocumentId: documentId,
              ...(order.feedOptions && { feedOptions: order.feedOptions }),
            },
          },
          options,
        ),
      ),
    );
    if (tried.outcome === 'done') return submitted(intended, tried.answer.feedId, false);
    if (tried.outcome === 'unknown') return unknown();
    await slot.free(intent);
    return run.back({ step: 'reserve', documentId, uploadedAt, foreign }, tried.error);
  }

  /** Only whoever has the slot looks: otherwise two might find the same feed. */
  async function look(state: FeedStep<'look'>, { terms }: StepRun<FeedState>): Promise<FeedState> {
    const { step: _, from, looks, ...intended } = state;
    while (!(await slot.take(intent))) await waitForTurn(terms);
    const lookAt = from + (lookAfterMs[looks] ?? 0);
    if (clock.now() < lookAt) {
      await terms.wait({
        until: new Date(lookAt),
        reason: `the answer to the submission of a ${feedType} was lost: it is looked for at Amazon`,
      });
    }
    const query = { feedType, intent, ...intended, marketplaceIds: order.marketplaceIds, timings };
    const [found] = await terms.call((options) => findFeeds(context, slot, query, options), {
      repeatable: true,
    });
    if (found !== undefined) return submitted(intended, found.feedId, true);
    if (looks + 1 < lookAfterMs.length) return { ...state, looks: looks + 1 };
    const { documentId, uploadedAt, foreign } = intended;
    return { step: 'reserve', documentId, uploadedAt, foreign };
  }

  async function poll(state: FeedStep<'poll'>, { terms }: StepRun<FeedState>): Promise<FeedState> {
    const { feedId } = state;
    await slot.claim(feedId, intent);
    if (order.oneAtATime) await slot.take(intent);
    else await slot.free(intent);
    for (;;) {
      const feed = await terms.call((options) => context.api('feeds').getFeed({ feedId }, options), {
        repeatable: true,
      });
      const { processingStatus, resultFeedDocumentId } = feed;
      if (hasEnded(processingStatus)) {
        return {
          ...state,
          step: 'read',
          processingStatus,
          ...(resultFeedDocumentId !== undefined && { resultDocumentId: resultFeedDocumentId }),
        };
      }
      const elapsedMs = clock.now() - state.since;
      const late = elapsedMs > timings.stuckAfterMs ? ', longer than feeds take: ask Amazon’s support' : '';
      await terms.wait({
        until: new Date(clock.now() + nextPollMs(elapsedMs, timings)),
        reason: `Amazon is processing feed ${feedId} (${processingStatus}${late})`,
        wakeOn: `feed:${feedId}`,
      });
      if (order.oneAtATime) await slot.take(intent);
    }
  }

  async function read(state: FeedStep<'read'>, { terms }: StepRun<FeedState>): Promise<FeedState> {
    const { feedId, processingStatus, resultDocumentId, found, documentId, uploadedAt } = state;
    const report =
      resultDocumentId === undefined
        ? undefined
        : await terms.call(
            (options) =>
              feedReport({ documents, type, keepReports: parts.keepReports }, resultDocumentId, options),
            { repeatable: true },
          );
    if (found && report !== undefined && !(await isOurs(report, processingStatus))) {
      return {
        ...{ step: 'look', documentId, uploadedAt, intendedAt: state.intendedAt },
        ...{ foreign: [...state.foreign, feedId], from: clock.now(), looks: lookAfterMs.length - 1 },
      };
    }
    if (order.oneAtATime) await slot.free(intent);
    if (report !== undefined) parts.onReport?.(report);
    const ending = endingOf(processingStatus, report);
    return {
      step: 'end',
      result: {
        ...{ feedId, feedType, status: ending, processingStatus },
        ...(resultDocumentId !== undefined && { resultDocumentId }),
      },
      ending,
      ...(report?.summary && { summary: report.summary }),
      found,
    };
  }

  async function isOurs(report: FeedReport, processingStatus: string): Promise<boolean> {
    const messages = manifestOf(await contents.read(order.content), type.format);
    return canBeOf(messages, report, { brokeOff: processingStatus === 'FATAL' });
  }

  function submitted(intended: Omit<FeedStep<'send'>, 'step'>, feedId: string, found: boolean): FeedState {
    return { step: 'poll', ...intended, feedId, found, since: clock.now() };
  }

  function waitForTurn(terms: StepRun<FeedState>['terms']): Promise<void> {
    return terms.wait({
      until: new Date(clock.now() + Math.min(timings.firstPollMs, 5_000)),
      reason: order.oneAtATime
        ? `another ${feedType} of this account has not ended yet`
        : `another ${feedType} of this account is being submitted`,
    });
  }
}

/** Fetches and reads a processing report. */
export async function feedReport(
  from: Pick<FeedWorkflowParts, 'keepReports'> & {
    readonly documents: Pick<DocumentManager, 'getDocumentContent'>;
    readonly type: FeedType;
  },
  documentId: string,
  options: { signal?: AbortSignal },
): Promise<FeedReport> {
  const bytes = await from.documents.getDocumentContent(documentId, {
    ...options,
    ref: { kind: 'feedResult', documentId },
    maxBytes: largestReport,
    ...(from.keepReports && { keep: true }),
  });
  return readFeedReport(bytes, from.type.format);
}

/** Whether Amazon is done with it, one way or another. */
export function hasEnded(processingStatus: string): boolean {
  return processingStatus !== 'IN_QUEUE' && processingStatus !== 'IN_PROGRESS';
}

/** What a feed came to, by Amazon's word and its report. */
export function endingOf(processingStatus: string, report: FeedReport | undefined): FeedEnding {
  if (processingStatus === 'CANCELLED') return 'cancelled';
  if (processingStatus === 'FATAL') return 'fatal';
  const refused =
    (report?.summary?.invalid ?? 0) > 0 || report?.issues.some(({ severity }) => severity === 'error');
  return refused ? 'partly-accepted' : 'accepted';
}

/** Nothing was sent because a limit had no token. */
export function isLimited(error: unknown): error is { retryAt: Date } & Error {
  return isErrorOf(error, 'RateLimitError');
}
