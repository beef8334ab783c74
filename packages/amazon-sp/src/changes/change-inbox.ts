import { randomUUID } from 'node:crypto';
import type { KeyValueStore } from '@fluxori/core';
import { BulkKeyValues } from './bulk-key-values.js';
import type { Change } from './change.js';

/** Changes that were written together. */
export interface Segment {
  readonly id: string;
  readonly changes: readonly Change[];
  /** Segments whose jobs wait for these changes: itself, or, of changes that were put back, those in which they came. */
  readonly waking: readonly string[];
}

type Stored = Omit<Segment, 'id'>;

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

  /** @param again - of changes that are put back: the segment's id (one made before is replaced), and who waits for them. */
  async put(
    changes: readonly Change[],
    again?: { readonly id: string; readonly waking: readonly string[] },
  ): Promise<string> {
    const { id, waking } = again ?? newSegment();
    const value: Stored = { changes, waking };
    await this.#bulk.set([{ key: this.#prefix + id, value }], { ttlMs: keptMs });
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
      const stored = found[index] as unknown as Stored | undefined;
      if (stored !== undefined) known.set(id, { id, ...stored });
    }
  }

  /** Whether a segment still lies here. */
  async has(id: string): Promise<boolean> {
    return (await this.#bulk.keys(this.#prefix + id)).length > 0;
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#bulk.delete(ids.map((id) => this.#prefix + id));
  }
}

function newSegment(): { id: string; waking: readonly string[] } {
  const id = randomUUID();
  return { id, waking: [id] };
}
