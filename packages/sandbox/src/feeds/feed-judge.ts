import type { Notify } from '../events/far-side-event.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import type { StoredFeed } from './stored-feed.js';

/** A feed that is processed now. */
export interface FeedScene {
  readonly feed: StoredFeed;
  readonly world: World;
  readonly seller: Seller;
  readonly nowMs: number;
  readonly notify: Notify;
  /** How many of the messages may take effect, from 0 to 1; less than all when the feed is going to end FATAL. */
  readonly part: number;
}

export interface FeedVerdict {
  readonly status: 'DONE' | 'FATAL';
  /** The processing report; absent: there is none. */
  readonly result?: { readonly text: string; readonly contentType: string };
}

/** Reads a feed, does what it asks for, and says what became of each message. */
export type FeedJudge = (scene: FeedScene, content: Buffer) => FeedVerdict;
