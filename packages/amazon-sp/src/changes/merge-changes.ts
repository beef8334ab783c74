import {
  type Change,
  type ChangeField,
  type ListingKey,
  listingName,
  type SettledListing,
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
  /** The segments in which its changes lie, those superseded included. */
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
 * @param settledOf - what has become of a listing's changes so far.
 * @param isTaken - whether a change, or a later one of its field, is in a feed that is under way.
 */
export function mergeChanges(
  segments: Iterable<Segment>,
  settledOf: (listing: string) => SettledListing | undefined,
  isTaken: (change: Change, segment: string) => 'no' | 'yes' | 'with its segment',
): Merged {
  const open = new Map<string, Open>();
  const over: string[] = [];
  for (const { id, changes } of segments) {
    let left = 0;
    for (const change of changes) {
      const name = listingName(change);
      const done = settledOf(name)?.[change.field];
      if (done !== undefined && done.order >= change.order) continue;
      const taken = isTaken(change, id);
      if (taken !== 'with its segment') left += 1;
      if (taken === 'no') add(open, name, change, id);
    }
    if (left === 0) over.push(id);
  }
  const listings = [...open.values()]
    .map(({ first: { sku, marketplaceId }, ...rest }): MergedListing => ({ sku, marketplaceId, ...rest }))
    .sort((a, b) => a.priority - b.priority || (a.since < b.since ? -1 : 1));
  return { listings, over };
}

function add(open: Map<string, Open>, name: string, change: Change, segment: string): void {
  const known = open.get(name);
  if (known === undefined) {
    open.set(name, {
      fields: { [change.field]: change },
      segments: new Set([segment]),
      first: change,
      priority: change.priority,
      since: change.order,
    });
    return;
  }
  known.segments.add(segment);
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

function isPutBack({ tries, alone }: Change): boolean {
  return tries !== undefined || alone !== undefined;
}
