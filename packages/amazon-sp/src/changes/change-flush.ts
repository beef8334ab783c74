import { type AccountId, type Clock, isErrorOf, isFluxoriError, priorities } from '@fluxori/core';
import { storeError } from '@fluxori/queue';
import type { AmazonSPConnector } from '../connector.js';
import { listingsFeedBounds } from '../feeds/listings-feed.js';
import type { ChangeBox } from './change-box.js';
import { changeWakeKey, flushWakeKey } from './change-box.js';
import type { Settlement } from './change-ledger.js';
import type { ChangeQueues, CoalescingOptions, MakeCall } from './change-means.js';
import { type Pace, planChanges } from './change-plan.js';
import { batchListings } from './feed-changes.js';
import { FlushMemory } from './flush-memory.js';
import { lookUpGroups } from './listing-facts.js';
import { livePace } from './live-pace.js';
import type { MergedListing } from './merge-changes.js';
import { patchListings } from './patch-changes.js';

export interface FlushParts {
  readonly connector: Pick<
    AmazonSPConnector,
    'changes' | 'config' | 'endpoints' | 'feeds' | 'limits' | 'listings'
  >;
  readonly queues: ChangeQueues;
  readonly options: CoalescingOptions;
  readonly clock: Clock;
  readonly account: AccountId;
  /** The job that does it. */
  readonly job: string;
  readonly call: MakeCall;
  readonly signal: AbortSignal;
}

/** What came next: go on at once, not before a moment, or nothing is left. */
type Next = 'again' | FlushWait | 'done';

export interface FlushWait {
  readonly until: Date;
  readonly reason: string;
}

/** Searches that are under way at the same time. */
const searchesAtOnce = 10;
/** The end of a feed wakes who waits for it; this is the net below. Milliseconds. */
const feedNetMs = 60_000;

/** Takes an account's changes on: merges them, decides how they go, sends the single ones, and puts the others into feeds. */
export class ChangeFlush {
  readonly #parts: FlushParts;
  readonly #box: ChangeBox;

  constructor(parts: FlushParts) {
    this.#parts = parts;
    this.#box = parts.connector.changes;
  }

  /**
   * Works for a turn.
   * @returns when to go on; undefined when nothing is left to do, or another does it.
   * @throws what ends a turn and passes: a host that cannot be reached, the signal's reason.
   */
  async run(): Promise<FlushWait | undefined> {
    const { job, signal } = this.#parts;
    const { charge, locks, lockName } = this.#box;
    if (await charge.isOthers(job)) return this.#leaveToOther();
    return locks.withLock(
      lockName,
      async (held) => {
        // Whoever had given the charge back took it again, and may not have seen what this one was summoned for.
        if (await charge.isOthers(job)) return this.#leaveToOther();
        const memory = this.#memory(await charge.take(job));
        try {
          const wait = await this.#turn(memory, held.signal);
          if (wait !== undefined) await charge.take(job, wait.until);
          return wait;
        } catch (error) {
          // What passes brings this job back; anything else ends it.
          if (isFluxoriError(error) && !error.retryable) await charge.giveBack();
          throw error;
        }
      },
      { signal },
    );
  }

  async #leaveToOther(): Promise<undefined> {
    const { account, queues } = this.#parts;
    await queues.wakeAll(account, [flushWakeKey]);
  }

  #memory(fresh: boolean): FlushMemory {
    const { connector, options } = this.#parts;
    const box = this.#box;
    const { productTypes } = box;
    return box.memory(
      fresh,
      () => new FlushMemory({ box, productTypes, listings: connector.listings, options }),
    );
  }

  async #turn(memory: FlushMemory, signal: AbortSignal): Promise<FlushWait | undefined> {
    const { clock, job, options } = this.#parts;
    const endMs = clock.now() + options.turnMs;
    let isLast = false;
    for (;;) {
      signal.throwIfAborted();
      const restMs = isLast ? 0 : memory.restMs(clock.now());
      if (restMs > 0) await clock.sleep(restMs, signal);
      const next = await this.#look(memory, signal);
      if (next === 'done') {
        if (isLast) {
          this.#box.rest();
          return undefined;
        }
        // Whoever left because of our charge wrote before this; so one more look.
        await this.#box.charge.giveBack();
        isLast = true;
        continue;
      }
      if (isLast) await this.#box.charge.take(job);
      isLast = false;
      if (next !== 'again') return next;
      if (clock.now() >= endMs)
        return { until: new Date(clock.now()), reason: 'other accounts have their turn' };
    }
  }

  async #look(memory: FlushMemory, signal: AbortSignal): Promise<Next> {
    const { account, clock, queues } = this.#parts;
    await this.#box.begin();
    const startedAt = clock.now();
    const view = await memory.watch.look();
    memory.looked(startedAt, clock.now());
    if (view.wake.length > 0) await queues.wakeAll(account, view.wake.map(changeWakeKey));
    memory.watch.woken();
    await this.#box.inbox.remove(view.over);
    for (const id of memory.watch.batchIds) if (memory.isToEnsure(id, clock.now())) await this.#addFeed(id);
    const now = clock.now();
    const ready = view.ready.filter((listing) => memory.restsUntil(listing) <= now);
    if (ready.length > 0) return this.#send(ready, memory, signal);
    if (view.ready.length === 0) return 'done';
    const untilMs = Math.min(...view.ready.map((listing) => memory.restsUntil(listing)));
    return { until: new Date(untilMs), reason: 'Amazon failed over these listings; they are tried again' };
  }

  /** Each in the way that has it done soonest; what is critical by itself, so that it need not wait for what is not. */
  async #send(ready: readonly MergedListing[], memory: FlushMemory, signal: AbortSignal): Promise<Next> {
    await memory.book.recall(ready);
    const pace = await this.#pace(memory);
    const groups = Map.groupBy(ready, ({ marketplaceId, priority }) =>
      priority <= priorities.critical ? 'critical' : marketplaceId,
    );
    const single: MergedListing[] = [];
    let next: Next = 'done';
    for (const [name, listings] of groups) {
      const unknown = listings.filter((listing) => memory.book.of(listing) === undefined).length;
      const { way } = planChanges({ ...pace, listings: listings.length, unknown });
      if (way === 'patches' || name === 'critical') single.push(...listings);
      else next = sooner(next, await this.#feed(name, listings, memory, signal));
    }
    if (single.length === 0) return next;
    const { patchesAtATime } = this.#parts.options;
    return sooner(next, await this.#patch(single.slice(0, patchesAtATime), memory, signal));
  }

  async #patch(listings: readonly MergedListing[], memory: FlushMemory, signal: AbortSignal): Promise<Next> {
    const { account, clock, connector } = this.#parts;
    const { settlements, trouble, halt } = await patchListings(listings, {
      ...{ account, listings: connector.listings },
      call: (work) => this.#call(work, signal),
    });
    for (const { change } of settlements) memory.succeeded(change);
    const failed = trouble.flatMap(({ listing, error }): Settlement[] => {
      if (memory.failed(listing, clock.now())) return [];
      const outcome = { status: 'failed' as const, error: storeError(error) };
      return Object.values(listing.fields).map((change) => ({ change, outcome }));
    });
    await this.#settle([...settlements, ...failed], memory);
    return halt === undefined ? 'again' : waitFor(halt.error);
  }

  async #feed(
    marketplaceId: string,
    listings: readonly MergedListing[],
    memory: FlushMemory,
    signal: AbortSignal,
  ): Promise<Next> {
    const { account, clock, connector } = this.#parts;
    const { book, watch } = memory;
    const gathering = memory.gathering(marketplaceId);
    const known = listings.filter((listing) => book.of(listing) !== undefined);
    const isFull = known.length >= listingsFeedBounds.messages;
    if (!isFull) {
      const lookAt = gathering.look(listings.length, clock.now());
      const unknown = listings.filter((listing) => book.of(listing) === undefined);
      if (unknown.length > 0) return this.#lookUp(unknown, memory, signal);
      if (lookAt !== undefined) return { until: new Date(lookAt), reason: 'more changes are coming in' };
      // Behind another feed it would only wait; meanwhile it can grow, and newer changes take the place of older ones.
      if (watch.batchIds.length > 0) {
        const until = new Date(clock.now() + feedNetMs);
        return { until, reason: 'the feed before it has not ended yet' };
      }
    }
    const { batches, settlements } = await batchListings(known, {
      ...{ account, feeds: connector.feeds, batches: this.#box.batches, fullOnly: isFull },
      factsOf: (listing) => book.of(listing),
    });
    await this.#settle(settlements, memory);
    for (const { id } of batches) if (memory.isToEnsure(id, clock.now())) await this.#addFeed(id);
    book.forget(known);
    gathering.end();
    return 'again';
  }

  async #lookUp(unknown: readonly MergedListing[], memory: FlushMemory, signal: AbortSignal): Promise<Next> {
    const { clock } = this.#parts;
    const groups = lookUpGroups(unknown);
    // As long as looking at all that has come takes some time, it is not done after every few searches.
    const endMs = clock.now() + memory.afterLookMs;
    for (
      let start = 0;
      start === 0 || (start < groups.length && clock.now() < endMs);
      start += searchesAtOnce
    ) {
      const looked = await Promise.allSettled(
        groups
          .slice(start, start + searchesAtOnce)
          .map((group) => this.#call((terms) => memory.book.lookUp(group, terms), signal)),
      );
      const failed = looked.find((one) => one.status === 'rejected');
      if (failed !== undefined) return waitFor(failed.reason);
    }
    return 'again';
  }

  async #settle(settlements: readonly Settlement[], memory: FlushMemory): Promise<void> {
    if (settlements.length === 0) return;
    await this.#box.ledger.settle(settlements);
    memory.watch.forget(settlements.map(({ change }) => change));
  }

  async #addFeed(batchId: string): Promise<void> {
    const { account, queues } = this.#parts;
    await queues.add('changes.feed', {
      ...{ accountId: account, payload: { batchId }, dedupeKey: batchId },
    });
  }

  /** For its turn it waits in its place; nobody else could change what it changes. */
  #call<T>(work: Parameters<MakeCall>[0], signal: AbortSignal): Promise<T> {
    const { call, options } = this.#parts;
    return call((terms) =>
      work({ ...terms, signal, waiter: undefined, maxWaitMs: options.turnMs * 0.8 }),
    ) as Promise<T>;
  }

  async #pace(memory: FlushMemory): Promise<Pace> {
    const { clock, connector, options } = this.#parts;
    const feedBaseMs = options.feedBaseMs ?? (await this.#box.feedBaseMs());
    const { feedMessageMs } = options;
    return livePace({
      ...{ subject: connector.config, environment: connector.endpoints.environment, now: clock.now() },
      limits: await connector.limits(),
      ...(feedBaseMs !== undefined && { feedBaseMs }),
      ...(feedMessageMs !== undefined && { feedMessageMs }),
      feedsUnderWay: memory.watch.batchIds.length,
    });
  }
}

function sooner(one: Next, other: Next): Next {
  if (one === 'again' || other === 'done') return one;
  if (other === 'again' || one === 'done') return other;
  return one.until <= other.until ? one : other;
}

/** @throws what only the queue can wait for: a host that cannot be reached. */
function waitFor(error: unknown): FlushWait {
  if (!isErrorOf(error, 'RateLimitError')) throw error;
  return { until: error.retryAt, reason: 'a limit has no token left' };
}
