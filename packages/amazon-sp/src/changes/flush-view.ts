import type { Change, ChangeField, SettledListing } from './change.js';
import { listingName } from './change.js';
import type { ChangeBox } from './change-box.js';
import type { Segment } from './change-inbox.js';
import { type MergedListing, mergeChanges } from './merge-changes.js';

type InFlight = Partial<Record<ChangeField, string>>;

/** What is to be done now. */
export interface FlushView {
  /** Listings whose changes may be sent, most urgent first. */
  readonly ready: readonly MergedListing[];
  /** Changes that must wait until a feed with an older value of theirs has ended. */
  readonly held: readonly MergedListing[];
  /** Segments of jobs that can go on. */
  readonly wake: readonly string[];
  /** Segments that nobody needs any more. */
  readonly over: readonly string[];
}

/** An account's changes as whoever takes them on sees them, kept up to date look by look. */
export class FlushWatch {
  readonly #box: ChangeBox;
  readonly #segments = new Map<string, Segment>();
  readonly #settled = new Map<string, SettledListing>();
  readonly #batches = new Map<
    string,
    { readonly names: Map<string, InFlight>; readonly segments: Set<string> }
  >();
  /** How many changes of a segment had an outcome when it was last woken. */
  readonly #woken = new Map<string, number>();

  constructor(box: ChangeBox) {
    this.#box = box;
  }

  /** Batches that are under way. */
  get batchIds(): readonly string[] {
    return [...this.#batches.keys()];
  }

  /** Written since it was looked at: outcomes of these listings are read again. */
  forget(names: Iterable<string>): void {
    for (const name of names) this.#settled.delete(name);
  }

  async look(): Promise<FlushView> {
    // Batches first: what leaves the inbox for a batch is seen in one of the two at least.
    await this.#box.inbox.look(this.#segments);
    await this.#lookAtBatches();
    await this.#readOutcomes();
    const { listings, over } = mergeChanges(
      this.#segments.values(),
      (name) => this.#settled.get(name),
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

  async #lookAtBatches(): Promise<void> {
    const ids = new Set(await this.#box.batches.ids());
    for (const [id, { names }] of this.#batches) {
      if (ids.has(id)) continue;
      this.#batches.delete(id);
      this.forget(names.keys());
    }
    for (const id of ids) {
      if (this.#batches.has(id)) continue;
      const batch = await this.#box.batches.get(id);
      if (batch === undefined) continue;
      const { messages, segments } = await this.#box.batches.list(batch);
      const names = new Map<string, InFlight>();
      for (const change of messages.flatMap(({ changes }) => changes)) {
        names.set(listingName(change), { ...names.get(listingName(change)), [change.field]: change.order });
      }
      this.#batches.set(id, { names, segments: new Set(segments) });
    }
  }

  async #readOutcomes(): Promise<void> {
    const missing = new Map<string, Change>();
    for (const { changes } of this.#segments.values()) {
      for (const change of changes) {
        const name = listingName(change);
        if (!this.#settled.has(name)) missing.set(name, change);
      }
    }
    const found = await this.#box.ledger.read([...missing.values()]);
    for (const [index, name] of [...missing.keys()].entries()) this.#settled.set(name, found[index] ?? {});
  }

  /** In a feed that is under way, which also knows the segment and so wakes who waits there. */
  #isTaken(change: Change, segment: string): 'no' | 'yes' | 'with its segment' {
    for (const { names, segments } of this.#batches.values()) {
      const order = names.get(listingName(change))?.[change.field];
      if (order === undefined || order < change.order) continue;
      return segments.has(segment) ? 'with its segment' : 'yes';
    }
    return 'no';
  }

  #divide(listing: MergedListing): readonly [MergedListing | undefined, MergedListing | undefined] {
    const name = listingName(listing);
    const bound = (field: string) =>
      [...this.#batches.values()].some(({ names }) => names.get(name)?.[field as ChangeField] !== undefined);
    const fields = Object.entries(listing.fields);
    const part = (some: typeof fields): MergedListing | undefined =>
      some.length === 0 ? undefined : { ...listing, fields: Object.fromEntries(some) };
    return [part(fields.filter(([field]) => !bound(field))), part(fields.filter(([field]) => bound(field)))];
  }

  #toWake(): readonly string[] {
    const wake: string[] = [];
    for (const { id, changes } of this.#segments.values()) {
      const settled = changes.filter((change) => {
        const done = this.#settled.get(listingName(change))?.[change.field];
        return done !== undefined && done.order >= change.order;
      }).length;
      if (settled > (this.#woken.get(id) ?? 0)) wake.push(id);
      this.#woken.set(id, settled);
    }
    for (const id of this.#woken.keys()) if (!this.#segments.has(id)) this.#woken.delete(id);
    return wake;
  }
}
