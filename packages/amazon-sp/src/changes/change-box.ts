import { randomUUID } from 'node:crypto';
import { type Clock, Gathered, type KeyValueStore, type Locks } from '@fluxori/core';
import type { FeedsClient } from '../feeds/feeds-client.js';
import type { ProductTypes } from '../listings/product-types.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type Change, type ChangeOutcome, isSettled, type SettledField } from './change.js';
import { ChangeBatches } from './change-batches.js';
import { ChangeInbox } from './change-inbox.js';
import { ChangeLedger } from './change-ledger.js';
import { FlushCharge } from './flush-charge.js';
import type { FlushMemory } from './flush-memory.js';

export interface ChangeBoxParts {
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly productTypes: ProductTypes;
  readonly feeds: Pick<FeedsClient, 'keep' | 'read' | 'forget'>;
}

/** What became of a change, or where it waits. */
export type ChangeState =
  | {
      readonly state: 'settled';
      readonly outcome: ChangeOutcome;
      /** The later change that took its place. */
      readonly supersededBy?: string;
    }
  | { readonly state: 'waiting'; readonly segment: string };

/** A change that waits is looked after once in this long, in milliseconds: whatever was to take it on may have died. */
export const changeNetMs = 900_000;

/** So long it is known where a change waits whose job was not heard of, in milliseconds: a job comes back late when the queue is long. */
const knownMs = 4 * changeNetMs;

/** Called when changes were written: sees to it that somebody takes them on. @param token - the same as long as nobody has begun to. */
export type Summon = (token: string) => Promise<void>;

/** How long it is remembered how fast feeds are, in milliseconds. */
const learnedMs = 30 * 24 * 60 * 60_000;

/** An account's changes of prices and quantities on their way to Amazon. One for an account and process, so that what comes together is written together. */
export class ChangeBox {
  /** Names this process to the others. */
  readonly id = randomUUID();
  readonly inbox: ChangeInbox;
  readonly ledger: ChangeLedger;
  readonly batches: ChangeBatches;
  readonly charge: FlushCharge;
  readonly locks: Locks;
  readonly keyValues: KeyValueStore;
  readonly productTypes: ProductTypes;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #reads: Gathered<Change, SettledField | undefined>;
  readonly #writes: Gathered<{ change: Change; summon: Summon }, string>;
  readonly #reminders: Gathered<{ segment: string; summon: Summon }, boolean>;
  /** Where the changes of this process wait, and since when. */
  readonly #waiting = new Map<string, { readonly segment: string; readonly since: number }>();
  #prunedAt = 0;
  #memory: FlushMemory | undefined;

  constructor(context: SectionContext, { keyValues, feeds, locks, productTypes }: ChangeBoxParts) {
    const { accountId, sellerId, region } = context.config;
    this.#prefix = `sp-api/changes/${accountId}/${sellerId}/${region}/`;
    this.keyValues = keyValues;
    this.locks = locks;
    this.productTypes = productTypes;
    this.#clock = context.clock;
    this.inbox = new ChangeInbox(keyValues, this.#prefix);
    this.ledger = new ChangeLedger(keyValues, this.#prefix);
    this.batches = new ChangeBatches(keyValues, this.#prefix, feeds);
    this.charge = new FlushCharge({
      keyValues,
      clock: context.clock,
      prefix: this.#prefix,
      process: this.id,
    });
    this.#reads = new Gathered((changes) => this.ledger.read(changes));
    this.#writes = new Gathered((asked) => this.#write(asked));
    this.#reminders = new Gathered((asked) => this.#remind(asked));
  }

  /** The name of the lock that whoever takes changes on holds meanwhile. */
  get lockName(): string {
    return `${this.#prefix}flush`;
  }

  /** Where the submission of a batch is recorded. */
  journalKey(batchId: string): string {
    return `${this.#prefix}submission/${batchId}`;
  }

  /** Puts a change in, unless it is there already or has come to something. */
  async bring(change: Change, summon: Summon): Promise<ChangeState> {
    const settled = await this.#reads.ask(change);
    if (isSettled(change, settled)) {
      this.#waiting.delete(change.order);
      const { order, outcome } = settled;
      return { state: 'settled', outcome, ...(order !== change.order && { supersededBy: order }) };
    }
    const known = this.#waiting.get(change.order);
    if (known !== undefined && this.#clock.now() - known.since < changeNetMs) {
      return { state: 'waiting', segment: known.segment };
    }
    // Written once more it would lie there twice, and more often the longer nobody may take it on.
    const stillThere = known && (await this.#reminders.ask({ segment: known.segment, summon }));
    const segment = stillThere ? known.segment : await this.#writes.ask({ change, summon });
    this.#waiting.set(change.order, { segment, since: this.#clock.now() });
    return { state: 'waiting', segment };
  }

  /**
   * Changes whose feed came to nothing, for another try.
   * @param again - names them, so that a repetition replaces them, and the segments whose jobs wait for them.
   */
  async putBack(changes: readonly Change[], again: { id: string; waking: readonly string[] }): Promise<void> {
    if (changes.length > 0) await this.inbox.put(changes, again);
  }

  /** Names the next one who takes changes on. What is written before this is read is theirs who asked before. */
  async token(): Promise<string> {
    const token = await this.keyValues.get(this.#tokenKey);
    return typeof token === 'string' ? token : 'first';
  }

  /** Whoever writes a change from now on summons anew. */
  async begin(): Promise<void> {
    await this.keyValues.set(this.#tokenKey, randomUUID());
  }

  /** What is remembered of the changes, for whoever has the lock. @param fresh - another process may have taken changes on since it was asked for last. */
  memory(fresh: boolean, make: () => FlushMemory): FlushMemory {
    if (fresh || this.#memory === undefined) this.#memory = make();
    return this.#memory;
  }

  /** Nothing is left: what is remembered need not be kept. */
  rest(): void {
    this.#memory = undefined;
  }

  /** What a feed of this account takes however small it is, as its feeds have shown. Milliseconds. */
  async feedBaseMs(): Promise<number | undefined> {
    const known = await this.keyValues.get(`${this.#prefix}feed-base-ms`);
    return typeof known === 'number' ? known : undefined;
  }

  /** Learns from a feed, without forgetting those before. */
  async learn(baseMs: number): Promise<void> {
    const known = await this.feedBaseMs();
    const next = known === undefined ? baseMs : 0.7 * known + 0.3 * baseMs;
    await this.keyValues.set(`${this.#prefix}feed-base-ms`, Math.round(next), { ttlMs: learnedMs });
  }

  async #write(asked: readonly { change: Change; summon: Summon }[]): Promise<readonly string[]> {
    this.#prune();
    const segment = await this.inbox.put(asked.map(({ change }) => change));
    await asked[0]?.summon(await this.token());
    return asked.map(() => segment);
  }

  /** Sees to it that somebody takes on what still waits. @returns of each whether its segment is there. */
  async #remind(asked: readonly { segment: string; summon: Summon }[]): Promise<readonly boolean[]> {
    const there = new Map<string, boolean>();
    for (const { segment } of asked)
      if (!there.has(segment)) there.set(segment, await this.inbox.has(segment));
    const waits = asked.find(({ segment }) => there.get(segment));
    await waits?.summon(await this.token());
    return asked.map(({ segment }) => there.get(segment) === true);
  }

  /** Jobs that went on in another process are never asked for again here. */
  #prune(): void {
    const now = this.#clock.now();
    if (now - this.#prunedAt < changeNetMs) return;
    this.#prunedAt = now;
    for (const [order, { since }] of this.#waiting) if (now - since >= knownMs) this.#waiting.delete(order);
  }

  get #tokenKey(): string {
    return `${this.#prefix}token`;
  }
}

/** What a job that waits for its change is woken by. */
export function changeWakeKey(segment: string): string {
  return `changes:${segment}`;
}

/** What wakes whoever takes changes on. */
export const flushWakeKey = 'changes-flush';
