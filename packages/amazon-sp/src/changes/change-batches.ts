import { gunzipSync, gzipSync } from 'node:zlib';
import type { JsonValue, KeyValueStore, MarketplaceId } from '@fluxori/core';
import type { KeptFeed } from '../feeds/feed-contents.js';
import type { FeedsClient } from '../feeds/feeds-client.js';
import { BulkKeyValues } from './bulk-key-values.js';
import type { Change } from './change.js';

/** Changes that go in one feed. */
export interface ChangeBatch {
  readonly id: string;
  readonly marketplaceId: MarketplaceId;
  /** The feed's document. */
  readonly content: KeptFeed;
  /** What is in it: a `BatchList`. */
  readonly list: KeptFeed;
}

export interface BatchMessage {
  readonly messageId: number;
  readonly changes: readonly Change[];
  /** What was known of the listing had just been asked of Amazon. */
  readonly fresh: boolean;
}

/** The changes of a batch, by message, and the segments from which they came. */
export interface BatchList {
  readonly messages: readonly BatchMessage[];
  readonly segments: readonly string[];
}

/** The feeds of changes that are under way. A batch is there from before its feed is submitted until all of its outcomes are written. */
export class ChangeBatches {
  readonly #store: KeyValueStore;
  readonly #bulk: BulkKeyValues;
  readonly #prefix: string;
  readonly #feeds: Pick<FeedsClient, 'keep' | 'read' | 'forget'>;

  constructor(store: KeyValueStore, prefix: string, feeds: Pick<FeedsClient, 'keep' | 'read' | 'forget'>) {
    this.#store = store;
    this.#bulk = new BulkKeyValues(store);
    this.#prefix = `${prefix}batch/`;
    this.#feeds = feeds;
  }

  /** The document and the list are kept first: a batch that is there is whole. */
  async open(
    id: string,
    marketplaceId: MarketplaceId,
    parts: { readonly content: Uint8Array; readonly list: BatchList },
  ): Promise<ChangeBatch> {
    const content = await this.#feeds.keep(id, parts.content);
    const list = await this.#feeds.keep(`${id}-list`, gzipSync(JSON.stringify(parts.list)));
    const batch = { id, marketplaceId, content, list };
    await this.#store.set(this.#prefix + id, { ...batch, content: { ...content }, list: { ...list } });
    return batch;
  }

  async ids(): Promise<readonly string[]> {
    return (await this.#bulk.keys(this.#prefix)).map((key) => key.slice(this.#prefix.length));
  }

  async get(id: string): Promise<ChangeBatch | undefined> {
    return (await this.#store.get(this.#prefix + id)) as (ChangeBatch & JsonValue) | undefined;
  }

  async list(batch: ChangeBatch): Promise<BatchList> {
    return JSON.parse(gunzipSync(await this.#feeds.read(batch.list)).toString('utf8')) as BatchList;
  }

  /** Idempotent. */
  async close(batch: ChangeBatch): Promise<void> {
    await this.#store.delete(this.#prefix + batch.id);
    await this.#feeds.forget(batch.content);
    await this.#feeds.forget(batch.list);
  }
}
