import type { AccountId, JsonValue, KeyValueStore } from '@fluxori/core';

/** An operator's order that nothing runs. */
export interface Pause {
  readonly since: Date;
  /** Running jobs leave at their next checkpoint; else they finish. */
  readonly stopRunning: boolean;
}

interface Kept {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly stopRunning?: boolean;
  /** When it was lifted: its jobs are on their way back. */
  readonly resuming?: number;
}

/** A key that stands for the whole section: no account has this name. */
const wholeSection = '*';

/** Which accounts are paused in a section, and whether the section is; kept in the backend, so that all processes and restarts know. */
export class Pauses {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;
  #known = new Map<string, Kept>();

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
      const pause = pauseOf(kept);
      if (key !== wholeSection && pause !== undefined) accounts.set(key as AccountId, pause);
    }
    return accounts;
  }

  /** Those whose jobs have been on their way back since before `at`: whoever brings them back has perhaps died. */
  resumingSince(at: number): readonly AccountId[] {
    return [...this.#known]
      .filter(([, { resuming }]) => resuming !== undefined && resuming < at)
      .map(([key]) => key as AccountId);
  }

  /** Looks it all up. One question to the store while nothing is paused. */
  async lookUp(): Promise<void> {
    const known = new Map<string, Kept>();
    for (const key of await this.#keyValues.keys(this.#prefix)) {
      const kept = (await this.#keyValues.get(key)) as unknown as Kept | undefined;
      if (kept !== undefined) known.set(key.slice(this.#prefix.length), kept);
    }
    this.#known = known;
  }

  /** @returns false when it is paused already: the first order stands, except that running jobs may now be told to leave. */
  async begin(account: AccountId | undefined, now: number, stopRunning: boolean): Promise<boolean> {
    const before = await this.#read(account);
    const paused = before !== undefined && before.resuming === undefined;
    const since = paused ? before.since : now;
    await this.#write(account, {
      since,
      ...((stopRunning || (paused && before.stopRunning)) && { stopRunning: true }),
    });
    return !paused;
  }

  /** The first half of a resume: nobody parks for it any more. @returns false when it was not paused. */
  async lift(account: AccountId | undefined, now: number): Promise<boolean> {
    const before = await this.#read(account);
    if (before === undefined) return false;
    await this.#write(account, { since: before.since, resuming: now });
    return true;
  }

  /** The second half: all that were parked for it are back. */
  async end(account: AccountId | undefined): Promise<void> {
    const key = account ?? wholeSection;
    await this.#keyValues.delete(this.#prefix + key);
    this.#known.delete(key);
  }

  /** As it is now, in the store. */
  async isPaused(account: AccountId): Promise<boolean> {
    return pauseOf(await this.#read(account)) !== undefined;
  }

  async #read(account: AccountId | undefined): Promise<Kept | undefined> {
    return (await this.#keyValues.get(this.#prefix + (account ?? wholeSection))) as unknown as
      | Kept
      | undefined;
  }

  async #write(account: AccountId | undefined, kept: Kept): Promise<void> {
    const key = account ?? wholeSection;
    await this.#keyValues.set(this.#prefix + key, kept as unknown as JsonValue);
    this.#known.set(key, kept);
  }
}

function pauseOf(kept: Kept | undefined): Pause | undefined {
  if (kept === undefined || kept.resuming !== undefined) return undefined;
  return { since: new Date(kept.since), stopRunning: kept.stopRunning === true };
}
