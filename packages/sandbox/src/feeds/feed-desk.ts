import { contentOf } from '../documents/content-spool.js';
import type { StoredDocument } from '../documents/document-shelf.js';
import { endFacts, WorkDesk, type WorkDeskParts } from '../work/work-desk.js';
import { keptMs } from '../work/work-list.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { FeedVerdict } from './feed-judge.js';
import { feedJudges, retiredFeedTypes } from './feed-types.js';
import type { StoredFeed } from './stored-feed.js';

export interface FeedOrder {
  readonly seller: Seller;
  readonly region: Region;
  readonly applicationId: string;
  readonly feedType: string;
  readonly marketplaceIds: readonly string[];
  readonly document: StoredDocument;
}

/** Processes feeds: of a seller and type one after another, as Amazon does. */
export class FeedDesk extends WorkDesk<StoredFeed> {
  constructor(parts: WorkDeskParts) {
    super(parts, {
      counts: 'feeds',
      laneOf: ({ region, sellerId, type }) => `${sellerId}|${region}|${type}`,
    });
  }

  create({ applicationId, document, feedType: type, marketplaceIds, region, seller }: FeedOrder): StoredFeed {
    const { now, outcomes, times } = this.parts;
    const { sellerId } = seller;
    const feed: StoredFeed = {
      ...{ id: this.countedId('feed-ids', '018912'), sellerId, region, applicationId, type, marketplaceIds },
      ...{ createdMs: now(), documentId: document.id, content: document.content, status: 'IN_QUEUE' },
      plan: outcomes.planOf({ of: 'feed', type, sellerId }, times),
    };
    document.usedBy = feed.id;
    return this.take(feed, `${region} ${document.content?.sha256 ?? feed.id}`);
  }

  protected override finish(feed: StoredFeed, atMs: number): 'DONE' | 'FATAL' {
    const { outcome } = feed.plan;
    if (outcome?.status === 'FATAL') {
      const part = { none: 0, some: 0.5, all: 1 }[outcome.applied ?? 'none'];
      if (part > 0) this.#judge(feed, atMs, part);
      if (outcome.document !== undefined)
        this.#shelve(feed, { text: outcome.document, contentType: 'text/plain; charset=UTF-8' });
      return 'FATAL';
    }
    const { result, status } = this.#judge(feed, atMs, 1);
    const planned = outcome?.document;
    if (planned !== undefined)
      this.#shelve(feed, { text: planned, contentType: 'text/plain; charset=UTF-8' });
    else if (result !== undefined) this.#shelve(feed, result);
    return status;
  }

  #judge(feed: StoredFeed, nowMs: number, part: number): FeedVerdict {
    const { notify, world } = this.parts;
    const seller = world.seller(feed.sellerId);
    // Nothing was uploaded, or the type is dead: there is nothing to report on.
    if (seller === undefined || feed.content === undefined || retiredFeedTypes.has(feed.type))
      return { status: 'FATAL' };
    const judge = feedJudges[feed.type];
    if (judge === undefined) return { status: 'DONE' };
    return judge({ feed, world, seller, nowMs, notify, part }, feed.content.read());
  }

  #shelve(feed: StoredFeed, { text, contentType }: NonNullable<FeedVerdict['result']>): void {
    const { region, sellerId } = feed;
    const content = contentOf(Buffer.from(text), true);
    feed.resultDocumentId = this.parts.shelf.add({
      ...{ kind: 'feed-result', sellerId, region, contentType, content, gzipped: true, lifetimeMs: keptMs },
    }).id;
  }

  protected override tell(feed: StoredFeed): void {
    const { id: feedId, resultDocumentId, type: feedType } = feed;
    this.parts.notify({
      ...{ kind: 'feed-finished', ...endFacts(feed), feedId, feedType },
      ...(resultDocumentId === undefined ? {} : { resultFeedDocumentId: resultDocumentId }),
    });
  }
}
