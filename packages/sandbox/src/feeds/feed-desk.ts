import type { Counters } from '../counters/counters.js';
import { contentOf } from '../documents/content-spool.js';
import type { DocumentShelf, StoredDocument } from '../documents/document-shelf.js';
import type { Notify } from '../events/far-side-event.js';
import { Prng } from '../random/prng.js';
import type { OutcomeBoard } from '../work/outcome-board.js';
import { WorkLine } from '../work/work-line.js';
import { keptMs } from '../work/work-list.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import type { FeedVerdict } from './feed-judge.js';
import { feedJudges, retiredFeedTypes } from './feed-types.js';
import type { StoredFeed } from './stored-feed.js';

export interface FeedDeskParts {
  readonly seed: number;
  readonly now: () => number;
  readonly world: World;
  readonly shelf: DocumentShelf;
  readonly outcomes: OutcomeBoard;
  readonly counters: Counters;
  readonly notify: Notify;
  readonly times: { readonly queueMs: number; readonly progressMs: number };
}

export interface FeedOrder {
  readonly seller: Seller;
  readonly region: Region;
  readonly applicationId: string;
  readonly feedType: string;
  readonly marketplaceIds: readonly string[];
  readonly document: StoredDocument;
}

/** Processes feeds: of a seller and type one after another, as Amazon does. */
export class FeedDesk {
  readonly #parts: FeedDeskParts;
  readonly #byId = new Map<string, StoredFeed>();
  readonly #line: WorkLine<StoredFeed>;

  constructor(parts: FeedDeskParts) {
    this.#parts = parts;
    this.#line = new WorkLine<StoredFeed>({
      now: parts.now,
      laneOf: ({ region, sellerId, type }) => `${sellerId}|${region}|${type}`,
      finish: (feed, atMs) => this.#finish(feed, atMs),
      ended: (feed) => this.#tell(feed),
    });
  }

  create({ applicationId, document, feedType: type, marketplaceIds, region, seller }: FeedOrder): StoredFeed {
    const { counters, now, outcomes, times } = this.#parts;
    const { sellerId } = seller;
    const feed: StoredFeed = {
      ...{ id: this.#newId(), sellerId, region, applicationId, type, marketplaceIds },
      ...{ createdMs: now(), documentId: document.id, content: document.content, status: 'IN_QUEUE' },
      plan: outcomes.planOf({ of: 'feed', type, sellerId }, times),
    };
    document.usedBy = feed.id;
    this.#byId.set(feed.id, feed);
    const sameness = `${region} ${document.content?.sha256 ?? feed.id}`;
    counters.feeds.created({ id: feed.id, sellerId, type, sameness });
    this.#line.add(feed);
    return feed;
  }

  all(): Iterable<StoredFeed> {
    this.#line.advance();
    return this.#byId.values();
  }

  find(id: string, owner: { readonly sellerId: string; readonly region: Region }): StoredFeed | undefined {
    this.#line.advance();
    const found = this.#byId.get(id);
    const isKept = found !== undefined && found.createdMs > this.#parts.now() - keptMs;
    return isKept && found.sellerId === owner.sellerId && found.region === owner.region ? found : undefined;
  }

  cancel(feed: StoredFeed): boolean {
    return this.#line.cancel(feed);
  }

  /** Brings feeds that are under way to their end at once. */
  hurry(id?: string): void {
    this.#line.hurry((feed) => id === undefined || feed.id === id);
  }

  close(): void {
    this.#line.close();
  }

  #finish(feed: StoredFeed, atMs: number): 'DONE' | 'FATAL' {
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
    const { notify, world } = this.#parts;
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
    feed.resultDocumentId = this.#parts.shelf.add({
      ...{ kind: 'feed-result', sellerId, region, contentType, content, gzipped: true, lifetimeMs: keptMs },
    }).id;
  }

  #tell({ applicationId, endedMs, id, region, resultDocumentId, sellerId, status, type }: StoredFeed): void {
    this.#parts.notify({
      ...{ kind: 'feed-finished', sellerId, region, feedId: id, feedType: type },
      atMs: endedMs as number,
      status: status as 'DONE' | 'CANCELLED' | 'FATAL',
      ...(applicationId === undefined ? {} : { applicationId }),
      ...(resultDocumentId === undefined ? {} : { resultFeedDocumentId: resultDocumentId }),
    });
  }

  /** Digits, as Amazon's, counting up. */
  #newId(): string {
    const start = Prng.of(this.#parts.seed, 'feed-ids').integer(50_000_000, 59_999_999);
    return `${start + this.#byId.size}018912`;
  }
}
