import type { BucketRow } from './token-bucket.js';

/** Writes buckets as they are now; `gone` are those that are no more. Whole or not at all. */
export type WriteBuckets = (rows: readonly BucketRow[], gone: readonly string[]) => Promise<void>;

/**
 * Gets the changes of buckets written down, many with one statement: what changes while a write is under way goes with the next.
 */
export class BucketJournal {
  readonly #row: (key: string) => BucketRow | undefined;
  readonly #write: WriteBuckets;
  readonly #changed = new Set<string>();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(row: (key: string) => BucketRow | undefined, write: WriteBuckets) {
    this.#row = row;
    this.#write = write;
  }

  /** These have changed, and are written when something else is. */
  touch(keys: readonly string[]): void {
    for (const key of keys) this.#changed.add(key);
  }

  /** Fulfils when these buckets are written as they are now, or with less in them. */
  record(keys: readonly string[]): Promise<void> {
    this.touch(keys);
    if (this.#next === undefined) {
      this.#next = this.#running.then(() => this.#flush());
      this.#running = this.#next.catch(() => {});
    }
    return this.#next;
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await (this.#changed.size > 0 ? this.record([]) : this.#running);
  }

  async #flush(): Promise<void> {
    this.#next = undefined;
    const keys = [...this.#changed];
    this.#changed.clear();
    const rows: BucketRow[] = [];
    const gone: string[] = [];
    for (const key of keys) {
      const row = this.#row(key);
      if (row === undefined) gone.push(key);
      else rows.push(row);
    }
    try {
      await this.#write(rows, gone);
    } catch (error) {
      this.touch(keys);
      throw error;
    }
  }
}
