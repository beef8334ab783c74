import type { AccountId, JsonValue, KeyValueStore } from '@fluxori/core';

/** An operator's order that nothing runs. */
export interface Pause {
  readonly since: Date;
  /** Running jobs leave at their next checkpoint; else they finish. */
  readonly stopRunning: boolean;
}

/** Times are milliseconds since the epoch. */
interface Kept {
  readonly since: number;
  readonly stopRunning?: boolean;
}

/** A key that stands for the whole section: no account has this name. */
const wholeSection = '*';
/**
 * Behind an account's name: when its pause was lifted, while its jobs are on their way back. An entry of its own, so that who comes to the end
 * of that does not take away a pause that was ordered meanwhile.
 */
const resuming = '/resuming';

/** Which accounts are paused in a section, and whether the section is; kept in the backend, so that all processes and restarts know. */
export class Pauses {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;
  #known = new Map<string, Kept>();
  /** What was written from here, so often: what was read meanwhile may be older. */
  #writes = 0;

  constructor(keyValues: KeyValueStore, prefix: string) {
    this.#keyValues = keyValues;
    this.#prefix = `${prefix}/pause/`;
  }

  /** As it was when it was last looked up. */
  ofAccount(account: AccountId): Pause | undefined {
    return pauseOf(this.#known.get(account));
  }

  /** As it was when it was last looked up. */
  ofSection(): Pause | undefined {
    return pauseOf(this.#known.get(wholeSection));
  }

  /** Paused accounts, as they were when they were last looked up. */
  accounts(): ReadonlyMap<AccountId, Pause> {
    const accounts = new Map<AccountId, Pause>();
    for (const [key, kept] of this.#known) {
      if (key !== wholeSection && !key.endsWith(resuming)) accounts.set(key as AccountId, pauseOf(kept)!);
    }
    return accounts;
  }

  /** Those whose jobs have been on their way back since before `at`: whoever brings them back has perhaps died. */
  resumingSince(at: number): readonly AccountId[] {
    return [...this.#known]
      .filter(([key, { since }]) => key.endsWith(resuming) && since < at)
      .map(([key]) => key.slice(0, -resuming.length) as AccountId);
  }

  /** Looks it all up. One question to the store while nothing is paused. */
  async lookUp(): Promise<void> {
    for (;;) {
      const writes = this.#writes;
      const known = await this.#readAll();
      if (writes !== this.#writes) continue;
      this.#known = known;
      return;
    }
  }

  /** @returns false when it is paused already: the first order stands, except that running jobs may now be told to leave. */
  async begin(account: AccountId | undefined, now: number, stopRunning: boolean): Promise<boolean> {
    const key = account ?? wholeSection;
    const before = await this.#read(key);
    await this.#write(key, {
      since: before?.since ?? now,
      ...((stopRunning || before?.stopRunning) && { stopRunning: true }),
    });
    return before === undefined;
  }

  /** The first half of a resume: nobody parks for it any more. @returns false when it was not paused. */
  async lift(account: AccountId | undefined, now: number): Promise<boolean> {
    const key = account ?? wholeSection;
    if ((await this.#read(key)) === undefined) return (await this.#read(key + resuming)) !== undefined;
    await this.#write(key + resuming, { since: now });
    await this.#delete(key);
    return true;
  }

  /** The second half: all that were parked for it are back. */
  end(account: AccountId | undefined): Promise<void> {
    return this.#delete((account ?? wholeSection) + resuming);
  }

  /** As it is now, in the store. */
  async isPaused(account: AccountId): Promise<boolean> {
    return (await this.#read(account)) !== undefined;
  }

  async #readAll(): Promise<Map<string, Kept>> {
    const all = new Map<string, Kept>();
    for (const key of await this.#keyValues.keys(this.#prefix)) {
      const kept = (await this.#keyValues.get(key)) as unknown as Kept | undefined;
      if (kept !== undefined) all.set(key.slice(this.#prefix.length), kept);
    }
    return all;
  }

  async #read(key: string): Promise<Kept | undefined> {
    return (await this.#keyValues.get(this.#prefix + key)) as unknown as Kept | undefined;
  }

  async #write(key: string, kept: Kept): Promise<void> {
    await this.#keyValues.set(this.#prefix + key, kept as unknown as JsonValue);
    this.#known.set(key, kept);
    this.#writes += 1;
  }

  async #delete(key: string): Promise<void> {
    await this.#keyValues.delete(this.#prefix + key);
    this.#known.delete(key);
    this.#writes += 1;
  }
}

function pauseOf(kept: Kept | undefined): Pause | undefined {
  return kept && { since: new Date(kept.since), stopRunning: kept.stopRunning === true };
}
