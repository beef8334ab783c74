import {
  type Change,
  type ChangeField,
  isSettled,
  type ListingKey,
  listingName,
  type SettledField,
} from './change.js';
import type { Segment } from './change-inbox.js';

/** A listing and the changes of it that count: the last of each field. */
export interface MergedListing extends ListingKey {
  readonly marketplaceId: Change['marketplaceId'];
  readonly fields: { readonly [Field in ChangeField]?: Change };
  /** The most urgent of its changes, those superseded included. */
  readonly priority: number;
  /** When its first change was put in: text that sorts. */
  readonly since: string;
  /** The segments in which its changes lie, those superseded included, and those whose jobs wait for them. */
  readonly segments: ReadonlySet<string>;
}

export interface Merged {
  /** Most urgent first, then oldest first. */
  readonly listings: readonly MergedListing[];
  /** Segments all of whose changes have an outcome, or are in a feed that knows the segment. */
  readonly over: readonly string[];
}

interface Open {
  readonly fields: Partial<Record<ChangeField, Change>>;
  readonly segments: Set<string>;
  readonly first: Change;
  priority: number;
  since: string;
}

/**
 * Merges changes: the last of each SKU and field wins.
 *
 * @param settledOf - what the last change of the same field that has an outcome came to.
 * @param isTaken - whether a change, or a later one of its field, is in a feed that is under way.
 */
export function mergeChanges(
  segments: Iterable<Segment>,
  settledOf: (change: Change) => SettledField | undefined,
  isTaken: (change: Change, segment: string) => 'no' | 'yes' | 'with its segment',
): Merged {
  const open = new Map<string, Open>();
  const over: string[] = [];
  for (const segment of segments) {
    let left = 0;
    for (const change of segment.changes) {
      if (isSettled(change, settledOf(change))) continue;
      const taken = isTaken(change, segment.id);
      if (taken !== 'with its segment') left += 1;
      if (taken === 'no') add(open, change, segment);
    }
    if (left === 0) over.push(segment.id);
  }
  const listings = [...open.values()]
    .map(({ first: { sku, marketplaceId }, ...rest }): MergedListing => ({ sku, marketplaceId, ...rest }))
    .sort((a, b) => a.priority - b.priority || (a.since < b.since ? -1 : 1));
  return { listings, over };
}

function add(open: Map<string, Open>, change: Change, segment: Segment): void {
  const name = listingName(change);
  const known = open.get(name) ?? newListing(change);
  open.set(name, known);
  for (const id of [segment.id, ...segment.waking]) known.segments.add(id);
  known.priority = Math.min(known.priority, change.priority);
  if (change.order < known.since) known.since = change.order;
  const other = known.fields[change.field];
  // A change that was put back, because a feed came to nothing, says more than the same one written by its waiting job.
  if (
    other === undefined ||
    other.order < change.order ||
    (other.order === change.order && isPutBack(change))
  ) {
    known.fields[change.field] = change;
  }
}

function newListing(first: Change): Open {
  return { fields: {}, segments: new Set(), first, priority: first.priority, since: first.order };
}

function isPutBack({ tries, alone }: Change): boolean {
  return tries !== undefined || alone !== undefined;
}
