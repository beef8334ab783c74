import { type Backend, DocumentError, type KeyValueStore } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow, stepNames } from '../workflow/workflow.js';
import { FeedContents, type KeptFeed } from './feed-contents.js';
import type { AmazonFeed } from './feed-lookup.js';
import { type FeedMessage, manifestOf, outcomesOf } from './feed-manifest.js';
import type { FeedReport } from './feed-report.js';
import type { FeedRun, FeedView } from './feed-result.js';
import {
  bytesOf,
  digestOf,
  draftOf,
  type FeedOptions,
  type FeedRunMeans,
  type FeedSpec,
  type ListingsFeedOptions,
} from './feed-spec.js';
import { feedTypeOf, feedTypes, unlistedType } from './feed-types.js';
import { endingOf, type FeedOrder, feedReport, feedWorkflow, hasEnded } from './feed-workflow.js';
import { type BuildOptions, ListingsFeedBuilder, type ListingsFeedPart } from './listings-feed.js';
import type { ListingsMessage } from './listings-message.js';
import { SubmissionSlot } from './submission-slot.js';
import { submitDirectly } from './submit-directly.js';

export interface FeedsParts {
  readonly backend: Pick<Backend, 'keyValues' | 'locks'>;
  readonly secureKeyValues: KeyValueStore;
  readonly documents: DocumentManager;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

/** Feeds (2021-06-30): many changes in one document, worked off by Amazon in its time. */
export class FeedsClient {
  readonly #context: SectionContext;
  readonly #parts: FeedsParts;
  readonly #contents: FeedContents;
  readonly #builder = new ListingsFeedBuilder();

  constructor(context: SectionContext, parts: FeedsParts) {
    this.#context = context;
    this.#parts = parts;
    this.#contents = new FeedContents({
      keyValues: parts.secureKeyValues,
      ...(parts.contents && { contents: parts.contents }),
      ...(parts.sealedContents && { sealedContents: parts.sealedContents }),
      prefix: context.config.accountId,
    });
  }

  /**
   * Submits a feed, waits until Amazon has worked it off (minutes; it may be much longer), and tells what became of every message.
   *
   * @throws ValidationError before anything is sent: an unknown or retired feed type, a wrong marketplace.
   * @throws what calls to Amazon throw; the same call again then goes on where this one ended.
   */
  async submit(spec: FeedSpec, options: FeedOptions = {}): Promise<FeedRun> {
    const draft = draftOf(this.#context, spec);
    const { backend } = this.#parts;
    return submitDirectly(draft, spec.content, options, {
      ...{ backend, contents: this.#contents, clock: this.#context.clock },
      key: `sp-api/feed-run/${this.#owner}/${options.key ?? digestOf(spec, draft.marketplaceIds)}`,
      run: (order, means) => this.run(order, means),
    });
  }

  /**
   * Changes many listings by as many JSON_LISTINGS_FEEDs as it takes, one after another.
   * @throws ValidationError naming SKU, field and rule of a message that Amazon's schema refuses, unless `onRefused` is given; then it is left out.
   */
  async listings(
    messages: Iterable<ListingsMessage>,
    options: ListingsFeedOptions = {},
  ): Promise<readonly FeedRun[]> {
    const { marketplaceIds, oneAtATime, key, ...rest } = options;
    const runs: FeedRun[] = [];
    for (const part of this.build(messages, options)) {
      const spec: FeedSpec = {
        feedType: 'JSON_LISTINGS_FEED',
        content: part.content,
        ...(marketplaceIds && { marketplaceIds }),
        ...(oneAtATime !== undefined && { oneAtATime }),
      };
      runs.push(
        await this.submit(spec, { ...rest, ...(key !== undefined && { key: `${key}/${part.index}` }) }),
      );
    }
    return runs;
  }

  /** The documents of listings feeds for these messages, checked and split; see `ListingsFeedBuilder`. */
  build(
    messages: Iterable<ListingsMessage>,
    options: Pick<ListingsFeedOptions, 'issueLocale' | 'includedData' | 'onRefused'> &
      Pick<BuildOptions, 'bounds'> = {},
  ): Generator<ListingsFeedPart> {
    const { issueLocale, includedData, onRefused, bounds } = options;
    const { sellerId } = this.#context.config;
    return this.#builder.build(messages, {
      header: {
        sellerId,
        ...(issueLocale !== undefined && { issueLocale }),
        ...(includedData && { includedData }),
      },
      ...(onRefused && { onRefused }),
      ...(bounds && { bounds }),
    });
  }

  /** Keeps a document until its feed has ended, for `submit` or the job `feeds.submit`. @param id - names it, e.g. a batch's id. */
  keep(id: string, content: string | Uint8Array, options: { personal?: boolean } = {}): Promise<KeptFeed> {
    return this.#contents.keep(id, bytesOf(content), options);
  }

  /** What `keep` gives for this, without keeping it. */
  keptAs(id: string, content: string | Uint8Array, options: { personal?: boolean } = {}): KeptFeed {
    return this.#contents.keptAs(id, bytesOf(content), options);
  }

  /** A kept document. @throws DocumentError when it is gone or damaged. */
  read(content: KeptFeed): Promise<Buffer> {
    return this.#contents.read(content);
  }

  /** Deletes a kept document. Idempotent. */
  forget(content: KeptFeed): Promise<void> {
    return this.#contents.forget(content);
  }

  /** What a feed will be submitted as. @throws ValidationError for an unknown or retired feed type or a wrong marketplace. */
  order(spec: FeedSpec & { readonly content: KeptFeed }, intent: string): FeedOrder {
    return { ...draftOf(this.#context, spec), intent, content: spec.content };
  }

  /** Runs a submission with a journal and on terms of one's own, e.g. a job's. Its document stays kept. */
  async run(order: FeedOrder, means: FeedRunMeans): Promise<FeedRun> {
    const { documents } = this.#parts;
    const keepReports =
      (order.type.personal ? this.#parts.sealedContents : this.#parts.contents) !== undefined;
    let report: FeedReport | undefined;
    const end = await runWorkflow(
      this.#workflow(order, means.timings, keepReports, (read) => {
        report = read;
      }),
      means,
    );
    const { result, ending, summary, found } = end;
    const { resultDocumentId } = result;
    if (report === undefined && resultDocumentId !== undefined) {
      report = await means.terms.call(
        (options) => feedReport({ documents, type: order.type, keepReports }, resultDocumentId, options),
        { repeatable: true },
      );
    }
    const messages = means.messages ?? (await this.#messagesOf(order));
    return {
      ...{ result, ending, found },
      ...(summary && { summary }),
      ...outcomesOf(messages, report, ending),
    };
  }

  /** The steps that are recorded, in order. For tests that stop a process at each. */
  get steps(): readonly string[] {
    const type = feedTypeOf('JSON_LISTINGS_FEED');
    const content: KeptFeed = { name: '', bytes: 0, sha256: '', in: 'keyValues' };
    const order: FeedOrder = { intent: '', type, contentType: type.contentType, marketplaceIds: [], content };
    return stepNames(this.#workflow(order, undefined, false) as never);
  }

  /**
   * What became of a feed, whoever submitted it: of every message that its processing report names.
   * @param options.signal - and the others: as of any call. It costs a token of getFeed, and when it has ended one of getFeedDocument, the first time.
   */
  async show(feedId: string, options: SpCallOptions = {}): Promise<FeedView> {
    const feed = await this.get(feedId, options);
    const { feedType, processingStatus, resultFeedDocumentId: resultDocumentId } = feed;
    const told = {
      ...{ createdAt: new Date(feed.createdTime) },
      ...(feed.processingEndTime !== undefined && { endedAt: new Date(feed.processingEndTime) }),
    };
    const result = { feedId, feedType, processingStatus, ...(resultDocumentId && { resultDocumentId }) };
    if (!hasEnded(processingStatus)) {
      return { ...told, result: { ...result, status: 'under-way' }, items: [], issues: [] };
    }
    const known = feedTypes.find((one) => one.feedType === feedType);
    const report =
      resultDocumentId === undefined
        ? undefined
        : await feedReport(
            { documents: this.#parts.documents, type: known ?? unlistedType(feedType), keepReports: false },
            resultDocumentId,
            callOptions(options),
          );
    const ending = endingOf(processingStatus, report);
    return {
      ...{ ...told, result: { ...result, status: ending }, ending },
      ...(report?.summary && { summary: report.summary }),
      ...outcomesOf([], report, ending),
    };
  }

  /** What Amazon knows of a feed. */
  get(feedId: string, options: SpCallOptions = {}): Promise<AmazonFeed> {
    return this.#context.api('feeds').getFeed({ feedId }, callOptions(options));
  }

  /** Cancels a feed that is still in the queue. */
  async cancel(feedId: string, options: SpCallOptions = {}): Promise<void> {
    await this.#context.api('feeds').cancelFeed({ feedId }, callOptions(options));
  }

  #workflow(
    order: FeedOrder,
    timings: Partial<WorkflowTimings> | undefined,
    keepReports: boolean,
    onReport?: (report: FeedReport) => void,
  ) {
    const { backend, documents } = this.#parts;
    return feedWorkflow(order, {
      ...{ context: this.#context, documents, contents: this.#contents, keepReports },
      slot: new SubmissionSlot({
        keyValues: backend.keyValues,
        locks: backend.locks,
        clock: this.#context.clock,
        name: `${this.#owner}/${order.type.feedType}`,
      }),
      timings: { ...defaultTimings, ...timings },
      ...(onReport && { onReport }),
    });
  }

  async #messagesOf(order: FeedOrder): Promise<readonly FeedMessage[]> {
    try {
      return manifestOf(await this.#contents.read(order.content), order.type.format);
    } catch (error) {
      // The run had ended and its document was deleted; what the report names is told.
      if (error instanceof DocumentError) return [];
      throw error;
    }
  }

  /** Feeds are the seller's in a region, whichever application submitted them. */
  get #owner(): string {
    const { sellerId, region } = this.#context.config;
    return `${sellerId}/${region}`;
  }
}
