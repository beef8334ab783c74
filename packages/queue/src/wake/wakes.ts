import { randomUUID } from 'node:crypto';
import type { AccountId, JsonValue, KeyValueStore } from '@fluxori/core';
import { inChunks } from './in-chunks.js';

/** A parked job that can be woken, as its entry names it. */
export interface Sleeper {
  readonly jobId: string;
  /** 1 is the most urgent. */
  readonly priority: number;
}

/** One for all sections: who wakes need not know which job it is that sleeps. */
export function wakeRoom(prefix = 'fluxori'): string {
  return `queue/${prefix}`;
}

/** The marks that a run has found when it began, by key: what it learns from then on is newer than those wakes. */
export type SeenMarks = ReadonlyMap<string, JsonValue>;

/** A wake is remembered for so long, for jobs that are on their way to park for it. */
const markTtlMs = 600_000;
/** An entry outlives the time at which its job goes on by itself, for the store's clock may be ahead of ours. */
const entryOutlivesMs = 60_000;
/** Entries end at whole steps of this, so that those of jobs which park together are written together. */
const entryStepMs = 10_000;
/** From so many keys on, looking through all sleepers of the account costs less than asking for each key. */
const manyKeys = 20;
/** Values that are got with one question, so that others are not held up for long. */
const mostAtOnce = 1_000;

/**
 * Who is parked until something happens, and what has happened lately; left where everyone who shares the backend looks.
 *
 * No wake is lost between the two. A job first writes its *entry*, then goes into the delayed set, then looks for a *mark*. Who wakes first
 * writes the mark, then looks for entries, then promotes. Whichever way the two mix, either the waker finds a delayed job, or the job finds
 * the mark. A mark that was there when a run began does not count for it: that run has looked since.
 */
export class Wakes {
  readonly #keyValues: KeyValueStore;
  readonly #entries: string;
  readonly #marks: string;

  constructor(keyValues: KeyValueStore, room: string) {
    this.#keyValues = keyValues;
    this.#entries = `${room}/sleeping/`;
    this.#marks = `${room}/woken/`;
  }

  /** Before a job goes into the delayed set. */
  async enter(account: AccountId, keys: readonly string[], sleeper: Sleeper, forMs: number): Promise<void> {
    const ttlMs = Math.ceil(Math.max(forMs, 0) / entryStepMs) * entryStepMs + entryOutlivesMs;
    const { jobId, priority } = sleeper;
    await inChunks(keys, (key) => this.#keyValues.set(this.#entry(account, key, jobId), priority, { ttlMs }));
  }

  /** After it is in there: whether a wake came on the way. */
  async missed(account: AccountId, keys: readonly string[], seen: SeenMarks): Promise<boolean> {
    const marks = await this.seen(account, keys);
    return [...marks].some(([key, mark]) => seen.get(key) !== mark);
  }

  /** The marks that there are now. */
  async seen(account: AccountId, keys: readonly string[]): Promise<SeenMarks> {
    const found = await this.#getMany(keys.map((key) => this.#mark(account, key)));
    return new Map(
      keys.flatMap((key, index) => (found[index] === undefined ? [] : [[key, found[index]] as const])),
    );
  }

  /** The job is no longer parked for these. */
  async leave(account: AccountId, keys: readonly string[], jobId: string): Promise<void> {
    await inChunks(keys, (key) => this.#keyValues.delete(this.#entry(account, key, jobId)));
  }

  /**
   * Marks that these things have happened, then looks who sleeps until one of them does.
   * @returns those, most urgent and oldest first. Their entries are still there.
   */
  async call(account: AccountId, keys: readonly string[]): Promise<readonly Sleeper[]> {
    const mark = randomUUID();
    await inChunks(keys, (key) => this.#keyValues.set(this.#mark(account, key), mark, { ttlMs: markTtlMs }));
    return this.sleepers(account, keys);
  }

  /** Who sleeps until one of these, most urgent and oldest first. */
  async sleepers(account: AccountId, keys: readonly string[]): Promise<readonly Sleeper[]> {
    const names =
      keys.length < manyKeys ? await this.#ofEach(account, keys) : await this.#ofAll(account, keys);
    const urgencies = await this.#getMany(names);
    const found = new Map<string, Sleeper>();
    for (const [index, name] of names.entries()) {
      const priority = urgencies[index];
      // Without one it has gone on by itself meanwhile.
      if (typeof priority !== 'number') continue;
      // No id of a job holds a slash.
      const jobId = name.slice(name.lastIndexOf('/') + 1);
      found.set(jobId, { jobId, priority });
    }
    return [...found.values()].sort((a, b) => a.priority - b.priority || (a.jobId < b.jobId ? -1 : 1));
  }

  /** What was marked lately and has not ended: account and key. */
  async marked(): Promise<ReadonlyMap<AccountId, readonly string[]>> {
    const marked = new Map<AccountId, string[]>();
    for (const name of await this.#keyValues.keys(this.#marks)) {
      const [account = '', key = ''] = name.slice(this.#marks.length).split('/');
      const keys = marked.get(account as AccountId) ?? [];
      marked.set(account as AccountId, keys);
      keys.push(decodeURIComponent(key));
    }
    return marked;
  }

  async #ofEach(account: AccountId, keys: readonly string[]): Promise<readonly string[]> {
    return (await inChunks(keys, (key) => this.#keyValues.keys(this.#entriesOf(account, key)))).flat();
  }

  async #ofAll(account: AccountId, keys: readonly string[]): Promise<readonly string[]> {
    const prefix = `${this.#entries}${account}/`;
    const wanted = new Set(keys.map(encodeURIComponent));
    const names = await this.#keyValues.keys(prefix);
    return names.filter((name) => wanted.has(name.slice(prefix.length, name.indexOf('/', prefix.length))));
  }

  async #getMany(names: readonly string[]): Promise<readonly (JsonValue | undefined)[]> {
    const { getMany } = this.#keyValues;
    if (getMany === undefined) return inChunks(names, (name) => this.#keyValues.get(name));
    const found: (JsonValue | undefined)[] = [];
    for (let start = 0; start < names.length; start += mostAtOnce) {
      found.push(...(await getMany.call(this.#keyValues, names.slice(start, start + mostAtOnce))));
    }
    return found;
  }

  #entry(account: AccountId, key: string, jobId: string): string {
    return `${this.#entriesOf(account, key)}${jobId}`;
  }

  #entriesOf(account: AccountId, key: string): string {
    return `${this.#entries}${account}/${encodeURIComponent(key)}/`;
  }

  #mark(account: AccountId, key: string): string {
    return `${this.#marks}${account}/${encodeURIComponent(key)}`;
  }
}
