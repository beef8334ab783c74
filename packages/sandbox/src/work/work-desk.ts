import type { Counters } from '../counters/counters.js';
import type { DocumentShelf } from '../documents/document-shelf.js';
import type { FinalStatus, Notify } from '../events/far-side-event.js';
import { Prng } from '../random/prng.js';
import type { Region } from '../world/marketplaces.js';
import type { World } from '../world/world.js';
import type { OutcomeBoard } from './outcome-board.js';
import type { Work } from './work.js';
import { WorkLine } from './work-line.js';
import { keptMs } from './work-list.js';

export interface WorkDeskParts {
  readonly seed: number;
  readonly now: () => number;
  readonly world: World;
  readonly shelf: DocumentShelf;
  readonly outcomes: OutcomeBoard;
  readonly counters: Counters;
  readonly notify: Notify;
  readonly times: { readonly queueMs: number; readonly progressMs: number };
}

/** What a kind of desk does with its work. */
export interface WorkDeskRules<Item extends Work> {
  /** What is counted when work is taken on. */
  readonly counts: 'reports' | 'feeds' | 'queries';
  /** One of a lane is in progress at a time; absent: all at once. */
  readonly laneOf?: (item: Item) => string;
}

/**
 * A desk where work is taken on, waits, is done when its time comes, and can be asked for by who gave it: of reports, of feeds, of queries.
 * A kind of desk says what is taken on, how it is done, and who is told.
 */
export abstract class WorkDesk<Item extends Work, Parts extends WorkDeskParts = WorkDeskParts> {
  protected readonly parts: Parts;
  readonly #counts: WorkDeskRules<Item>['counts'];
  readonly #byId = new Map<string, Item>();
  readonly #line: WorkLine<Item>;

  protected constructor(parts: Parts, { counts, laneOf }: WorkDeskRules<Item>) {
    this.parts = parts;
    this.#counts = counts;
    this.#line = new WorkLine<Item>({
      now: parts.now,
      ...(laneOf && { laneOf }),
      finish: (item, atMs) => this.finish(item, atMs),
      ended: (item) => this.tell(item),
    });
  }

  /** Does the work at its end, and says how it went. It must set nothing but what is its own. */
  protected abstract finish(item: Item, atMs: number): FinalStatus;

  /** It is over, in whatever way. */
  protected abstract tell(item: Item): void;

  /** All work, as it stands now. */
  all(): Iterable<Item> {
    this.#line.advance();
    return this.#byId.values();
  }

  /** As long as Amazon keeps it. */
  find(id: string, owner: { readonly sellerId: string; readonly region: Region }): Item | undefined {
    this.#line.advance();
    const found = this.#byId.get(id);
    const isKept = found !== undefined && found.createdMs > this.parts.now() - keptMs;
    return isKept && found.sellerId === owner.sellerId && found.region === owner.region ? found : undefined;
  }

  /** @returns whether it was still waiting. */
  cancel(item: Item): boolean {
    return this.#line.cancel(item);
  }

  /** Brings work that is under way to its end at once: this, or all of it. */
  hurry(id?: string): void {
    this.#line.hurry((item) => id === undefined || item.id === id);
  }

  close(): void {
    this.#line.close();
  }

  /** How much was ever taken on. */
  protected get taken(): number {
    return this.#byId.size;
  }

  /** @param sameness - equal for orders that ask for the same, so that doubles are seen. */
  protected take(item: Item, sameness: string): Item {
    const { id, sellerId, type } = item;
    this.#byId.set(id, item);
    this.parts.counters[this.#counts].created({ id, sellerId, type, sameness });
    this.#line.add(item);
    return item;
  }

  /** What is there already when it becomes known, and was never waited for. */
  protected putDone(item: Item): void {
    this.#byId.set(item.id, item);
  }

  /** Digits, as Amazon's, counting up. */
  protected countedId(name: string, ending: string): string {
    const start = Prng.of(this.parts.seed, name).integer(50_000_000, 59_999_999);
    return `${start + this.taken}${ending}`;
  }
}

/** What is told of all work that is over. */
export function endFacts({ applicationId, endedMs, region, sellerId, status }: Work) {
  return {
    ...{ sellerId, region, atMs: endedMs as number, status: status as FinalStatus },
    ...(applicationId === undefined ? {} : { applicationId }),
  };
}
