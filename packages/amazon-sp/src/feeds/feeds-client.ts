import { createHash, randomUUID } from 'node:crypto';
import {
  type Backend,
  type Clock,
  DocumentError,
  type KeyValueStore,
  type MarketplaceId,
  ValidationError,
} from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type Journal, KeyValueJournal } from '../workflow/journal.js';
import { type DirectTermsOptions, directTerms, type Terms } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow, stepNames } from '../workflow/workflow.js';
import { FeedContents, type KeptFeed } from './feed-contents.js';
import type { AmazonFeed } from './feed-lookup.js';
import { type FeedMessage, manifestOf, outcomesOf } from './feed-manifest.js';
import type { FeedReport } from './feed-report.js';
import type { FeedRun } from './feed-result.js';
import type { FeedState } from './feed-state.js';
import { feedTypeOf } from './feed-types.js';
import { type FeedOrder, feedReport, feedWorkflow, isLimited } from './feed-workflow.js';
import { type BuildOptions, ListingsFeedBuilder, type ListingsFeedPart } from './listings-feed.js';
import type { ListingsMessage, ReportedData } from './listings-message.js';
import { SubmissionSlot } from './submission-slot.js';

export interface FeedsParts {
  readonly backend: Pick<Backend, 'keyValues' | 'locks'>;
  readonly secureKeyValues: KeyValueStore;
  readonly documents: DocumentManager;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

/** A feed to submit. */
export interface FeedSpec {
  readonly feedType: string;
  /** The account's own by default. */
  readonly marketplaceIds?: readonly MarketplaceId[];
  /** The document: text, bytes, or one that `keep` has kept. */
  readonly content: string | Uint8Array | KeptFeed;
  readonly feedOptions?: Readonly<Record<string, string>>;
  /** Exactly what the document is; the feed type's own by default. */
  readonly contentType?: string;
  /** Waits until the account's feed of this type before it has ended. Amazon works them off one after another in any case. */
  readonly oneAtATime?: boolean;
}

export interface FeedOptions extends DirectTermsOptions {
  /**
   * Names this submission: the same call with the same key goes on with it after a crash, and never submits twice. By default what is submitted
   * names it, until it has ended.
   */
  readonly key?: string;
  readonly timings?: Partial<WorkflowTimings>;
}

export interface ListingsFeedOptions extends FeedOptions {
  readonly marketplaceIds?: readonly MarketplaceId[];
  readonly issueLocale?: string;
  readonly includedData?: readonly ReportedData[];
  readonly onRefused?: BuildOptions['onRefused'];
  readonly oneAtATime?: boolean;
}

/** What a submission that runs in a job brings along. */
export interface FeedRunMeans {
  /** Names the submission for good. */
  readonly intent: string;
  readonly journal: Journal<FeedState>;
  readonly terms: Terms;
  readonly timings?: Partial<WorkflowTimings>;
  /** What the messages are about, where the document does not say it or it is known already. */
  readonly messages?: readonly FeedMessage[];
}

/** The longest that a submission outside a job holds its turn while it waits for a limit, in milliseconds. */
const longestWaitInTurnMs = 30_000;
const journalMs = 7 * 24 * 60 * 60_000;

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
    const draft = this.#draft(spec);
    const content = isKept(spec.content) ? undefined : bytesOf(spec.content);
    const key = `sp-api/feed-run/${this.#owner}/${options.key ?? digestOf(spec, draft.marketplaceIds)}`;
    return this.#parts.backend.locks.withLock(
      key,
      async ({ signal }) => {
        const store = this.#parts.backend.keyValues;
        const journal = await KeyValueJournal.open<DirectState>({ store, key, ttlMs: journalMs });
        if (journal.state === undefined) {
          const intent = randomUUID();
          const kept =
            content === undefined
              ? (spec.content as KeptFeed)
              : await this.#contents.keep(intent, content, { personal: draft.type.personal === true });
          await journal.save({ intent, content: kept });
        }
        const begun = journal.state as DirectState;
        const order: FeedOrder = { ...draft, intent: begun.intent, content: begun.content };
        const terms = directTerms({
          ...options,
          signal,
          maxWaitMs: options.maxWaitMs ?? longestWaitInTurnMs,
        });
        const inner = innerJournal(journal);
        const run = await riding(this.#context.clock, terms.signal, () =>
          this.run(order, {
            intent: order.intent,
            journal: inner,
            terms,
            ...(options.timings && { timings: options.timings }),
          }),
        );
        await journal.forget();
        await this.#contents.forget(order.content);
        return run;
      },
      { ...(options.signal && { signal: options.signal }) },
    );
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
    return { ...this.#draft(spec), intent, content: spec.content };
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

  #draft(spec: FeedSpec): Omit<FeedOrder, 'intent' | 'content'> {
    const { accountId, region, marketplaceIds: own } = this.#context.config;
    const type = feedTypeOf(
      spec.feedType,
      spec.contentType === undefined ? {} : { contentType: spec.contentType },
    );
    const marketplaceIds = (spec.marketplaceIds ?? own).map(
      (id) => this.#context.endpoints.marketplaceIn(region, id).id,
    );
    if (marketplaceIds.length < 1 || marketplaceIds.length > 25) {
      throw new ValidationError(`A feed is for 1 to 25 marketplaces, not ${marketplaceIds.length}.`, {
        ...{ account: accountId, field: 'marketplaceIds', operation: 'feeds.createFeed' },
        remedy: 'Name fewer marketplaces, in several feeds.',
      });
    }
    return {
      type,
      contentType: spec.contentType ?? type.contentType,
      marketplaceIds,
      ...(spec.feedOptions && { feedOptions: spec.feedOptions }),
      ...(spec.oneAtATime !== undefined && { oneAtATime: spec.oneAtATime }),
    };
  }

  /** Feeds are the seller's in a region, whichever application submitted them. */
  get #owner(): string {
    const { sellerId, region } = this.#context.config;
    return `${sellerId}/${region}`;
  }
}

/** A submission outside a job: its name and document, then how far it has come. */
interface DirectState {
  readonly intent: string;
  readonly content: KeptFeed;
  readonly feed?: FeedState;
}

function innerJournal(journal: Journal<DirectState>): Journal<FeedState> {
  return {
    get state() {
      return journal.state?.feed;
    },
    save: (feed) => journal.save({ ...(journal.state as DirectState), feed }),
  };
}

/** A limit without a token ends a run before anything was sent; it goes on when the token is there. */
async function riding<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isLimited(error)) throw error;
      await clock.sleep(Math.max(0, error.retryAt.getTime() - clock.now()), signal);
    }
  }
}

function isKept(content: FeedSpec['content']): content is KeptFeed {
  return typeof content === 'object' && 'sha256' in content;
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

function digestOf(spec: FeedSpec, marketplaceIds: readonly string[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([spec.feedType, [...marketplaceIds].sort(), spec.feedOptions ?? null]));
  hash.update(isKept(spec.content) ? spec.content.sha256 : bytesOf(spec.content));
  return hash.digest('hex');
}
