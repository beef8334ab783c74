import { isErrorOf } from '@fluxori/core';
import {
  type Change,
  type ChangeField,
  isSettled,
  listingName,
  type SettledField,
  subjectName,
} from './change.js';
import type { ChangeBox } from './change-box.js';
import type { Segment } from './change-inbox.js';
import { type MergedListing, mergeChanges } from './merge-changes.js';

/** What is to be done now. */
export interface FlushView {
  /** Listings whose changes may be sent, most urgent first. */
  readonly ready: readonly MergedListing[];
  /** Changes that must wait until a feed with an older value of theirs has ended. */
  readonly held: readonly MergedListing[];
  /** Segments whose jobs can go on. */
  readonly wake: readonly string[];
  /** Segments that nobody needs any more. */
  readonly over: readonly string[];
}

interface Flight {
  /** The changes that it carries, by subject. */
  readonly orders: ReadonlyMap<string, string>;
  readonly segments: ReadonlySet<string>;
}

/** An account's changes as whoever takes them on sees them, kept up to date look by look. Good as long as nobody else takes them on in between. */
export class FlushWatch {
  readonly #box: Pick<ChangeBox, 'inbox' | 'ledger' | 'batches'>;
  readonly #segments = new Map<string, Segment>();
  /** By subject. Null: there is no outcome. */
  readonly #settled = new Map<string, SettledField | null>();
  readonly #flights = new Map<string, Flight>();
  /** How many changes of a segment had an outcome when it was last woken. */
  #woken: ReadonlyMap<string, number> = new Map();
  /** The same at the last look. */
  #settledNow: ReadonlyMap<string, number> = new Map();

  constructor(box: Pick<ChangeBox, 'inbox' | 'ledger' | 'batches'>) {
    this.#box = box;
  }

  /** Feeds that are under way. */
  get batchIds(): readonly string[] {
    return [...this.#flights.keys()];
  }

  /** Written since it was looked at: outcomes of these changes are read again. */
  forget(changes: Iterable<Pick<Change, 'sku' | 'marketplaceId' | 'field'>>): void {
    for (const change of changes) this.#settled.delete(subjectName(change));
  }

  /** The segments of the last look were woken. Until then they are told again, for a store may go away in between. */
  woken(): void {
    this.#woken = this.#settledNow;
  }

  async look(): Promise<FlushView> {
    // Feeds first: what one that came to nothing puts back lies in the inbox before the feed is gone.
    await this.#lookAtFlights();
    await this.#box.inbox.look(this.#segments);
    await this.#readOutcomes();
    const { listings, over } = mergeChanges(
      this.#segments.values(),
      (change) => this.#settledOf(change),
      (change, segment) => this.#isTaken(change, segment),
    );
    const ready: MergedListing[] = [];
    const held: MergedListing[] = [];
    for (const listing of listings) {
      const [free, bound] = this.#divide(listing);
      if (free !== undefined) ready.push(free);
      if (bound !== undefined) held.push(bound);
    }
    return { ready, held, wake: this.#toWake(), over };
  }

  async #lookAtFlights(): Promise<void> {
    const ids = new Set(await this.#box.batches.ids());
    for (const [id, { orders }] of this.#flights) {
      if (ids.has(id)) continue;
      this.#flights.delete(id);
      for (const name of orders.keys()) this.#settled.delete(name);
    }
    for (const id of ids) {
      if (this.#flights.has(id)) continue;
      const batch = await this.#box.batches.get(id);
      if (batch === undefined) continue;
      const list = await this.#box.batches.list(batch).catch((error: unknown) => {
        if (isErrorOf(error, 'DocumentError')) return undefined;
        throw error;
      });
      // It ends just now.
      if (list === undefined) continue;
      const { messages, segments } = list;
      const changes = messages.flatMap((message) => message.changes);
      const orders = new Map(changes.map((change) => [subjectName(change), change.order]));
      this.#flights.set(id, { orders, segments: new Set(segments) });
    }
  }

  async #readOutcomes(): Promise<void> {
    const missing = new Map<string, Change>();
    for (const { changes } of this.#segments.values()) {
      for (const change of changes) {
        const name = subjectName(change);
        if (!this.#settled.has(name)) missing.set(name, change);
      }
    }
    const found = await this.#box.ledger.read([...missing.values()]);
    for (const [index, name] of [...missing.keys()].entries()) this.#settled.set(name, found[index] ?? null);
  }

  #settledOf(change: Change): SettledField | undefined {
    return this.#settled.get(subjectName(change)) ?? undefined;
  }

  /** In a feed that is under way, which may know the segment, too, and so wakes who waits there. */
  #isTaken(change: Change, segment: string): 'no' | 'yes' | 'with its segment' {
    if (this.#flights.size === 0) return 'no';
    const name = subjectName(change);
    for (const { orders, segments } of this.#flights.values()) {
      const order = orders.get(name);
      if (order === undefined || order < change.order) continue;
      return segments.has(segment) ? 'with its segment' : 'yes';
    }
    return 'no';
  }

  #divide(listing: MergedListing): readonly [MergedListing | undefined, MergedListing | undefined] {
    if (this.#flights.size === 0) return [listing, undefined];
    const changes = Object.values(listing.fields);
    const isBound = (change: Change) => {
      const name = subjectName(change);
      return [...this.#flights.values()].some(({ orders }) => orders.has(name));
    };
    const bound = changes.filter(isBound);
    if (bound.length === 0) return [listing, undefined];
    const free = changes.filter((change) => !bound.includes(change));
    return [partOf(listing, free), partOf(listing, bound)];
  }

  #toWake(): readonly string[] {
    const wake = new Set<string>();
    const settledNow = new Map<string, number>();
    for (const { id, changes, waking } of this.#segments.values()) {
      const settled = changes.filter((change) => isSettled(change, this.#settledOf(change))).length;
      if (settled > (this.#woken.get(id) ?? 0)) for (const one of waking) wake.add(one);
      settledNow.set(id, settled);
    }
    this.#settledNow = settledNow;
    return [...wake];
  }
}

function partOf(listing: MergedListing, changes: readonly Change[]): MergedListing | undefined {
  if (changes.length === 0) return undefined;
  const fields: Partial<Record<ChangeField, Change>> = {};
  for (const change of changes) fields[change.field] = change;
  return { ...listing, fields };
}

/** For maps of what is known of listings. */
export function nameOf(listing: MergedListing): string {
  return listingName(listing);
}
