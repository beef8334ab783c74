import { randomUUID } from 'node:crypto';
import type { KeyValueStore } from '@fluxori/core';
import { BulkKeyValues } from './bulk-key-values.js';
import type { Change } from './change.js';

/** Changes that were written together. */
export interface Segment {
  readonly id: string;
  readonly changes: readonly Change[];
}

/** What nobody comes for is gone after this long, in milliseconds. */
const keptMs = 7 * 24 * 60 * 60_000;

/** Where an account's changes lie until somebody has taken them on. They are written in segments, since a store counts writes, not bytes. */
export class ChangeInbox {
  readonly #bulk: BulkKeyValues;
  readonly #prefix: string;

  constructor(store: KeyValueStore, prefix: string) {
    this.#bulk = new BulkKeyValues(store);
    this.#prefix = `${prefix}inbox/`;
  }

  /** @param id - of the segment; one made before is replaced. @returns the segment's id. */
  async put(changes: readonly Change[], id: string = randomUUID()): Promise<string> {
    await this.#bulk.set([{ key: this.#prefix + id, value: changes }], { ttlMs: keptMs });
    return id;
  }

  /** Brings `known` up to date: segments that came and that went. */
  async look(known: Map<string, Segment>): Promise<void> {
    const ids = (await this.#bulk.keys(this.#prefix)).map((key) => key.slice(this.#prefix.length));
    const there = new Set(ids);
    for (const id of known.keys()) if (!there.has(id)) known.delete(id);
    const fresh = ids.filter((id) => !known.has(id));
    const found = await this.#bulk.get(fresh.map((id) => this.#prefix + id));
    for (const [index, id] of fresh.entries()) {
      const changes = found[index] as unknown as readonly Change[] | undefined;
      if (changes !== undefined) known.set(id, { id, changes });
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#bulk.delete(ids.map((id) => this.#prefix + id));
  }
}
