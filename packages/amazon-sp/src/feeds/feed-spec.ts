import { createHash } from 'node:crypto';
import { type MarketplaceId, shown, ValidationError } from '@fluxori/core';
import { checkTexts } from '../pipeline/check-list.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { Journal } from '../workflow/journal.js';
import type { DirectTermsOptions, Terms } from '../workflow/terms.js';
import type { WorkflowTimings } from '../workflow/timings.js';
import type { KeptFeed } from './feed-contents.js';
import type { FeedMessage } from './feed-manifest.js';
import type { FeedState } from './feed-state.js';
import { feedTypeOf } from './feed-types.js';
import type { FeedOrder } from './feed-workflow.js';
import type { BuildOptions } from './listings-feed.js';
import type { ReportedData } from './listings-message.js';

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

export type FeedDraft = Omit<FeedOrder, 'intent' | 'content'>;

/** What a feed will be submitted as. @throws ValidationError for an unknown or retired feed type, or a wrong marketplace. */
export function draftOf({ config, endpoints }: SectionContext, spec: FeedSpec): FeedDraft {
  const { accountId, region, marketplaceIds: own } = config;
  const type = feedTypeOf(
    spec.feedType,
    spec.contentType === undefined ? {} : { contentType: spec.contentType },
  );
  const marketplaceIds = checkTexts(spec.marketplaceIds ?? own, 'marketplaceIds').map(
    (id) => endpoints.marketplaceIn(region, id).id,
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

/** Whether it was kept before. */
export function isKept(content: FeedSpec['content']): content is KeptFeed {
  return typeof content === 'object' && 'sha256' in content;
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/** Names a submission by what is submitted. */
export function digestOf(spec: FeedSpec, marketplaceIds: readonly string[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([spec.feedType, [...marketplaceIds].sort(), spec.feedOptions ?? null]));
  checkContent(spec.content);
  hash.update(isKept(spec.content) ? spec.content.sha256 : bytesOf(spec.content));
  return hash.digest('hex');
}

/** For programs without types. @throws ValidationError */
export function checkContent(content: unknown): void {
  if (typeof content === 'string' || content instanceof Uint8Array) return;
  if (typeof content === 'object' && content !== null && isKept(content as KeptFeed)) return;
  throw new ValidationError(`content: ${shown(content)} is no document.`, {
    field: 'content',
    remedy: 'Pass text, bytes, or what `feeds.keep` gave.',
  });
}
