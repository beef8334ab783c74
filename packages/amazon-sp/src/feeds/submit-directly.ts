import { randomUUID } from 'node:crypto';
import type { Backend, Clock } from '@fluxori/core';
import { type Journal, KeyValueJournal } from '../workflow/journal.js';
import { directTerms } from '../workflow/terms.js';
import type { FeedContents, KeptFeed } from './feed-contents.js';
import type { FeedRun } from './feed-result.js';
import {
  bytesOf,
  type FeedDraft,
  type FeedOptions,
  type FeedRunMeans,
  type FeedSpec,
  isKept,
} from './feed-spec.js';
import type { FeedState } from './feed-state.js';
import { type FeedOrder, isLimited } from './feed-workflow.js';

/** The longest that a submission outside a job holds its turn while it waits for a limit, in milliseconds. */
const longestWaitInTurnMs = 30_000;
const journalMs = 7 * 24 * 60 * 60_000;

export interface DirectParts {
  readonly backend: Pick<Backend, 'keyValues' | 'locks'>;
  readonly contents: FeedContents;
  readonly clock: Clock;
  /** Where its journal is, and its lock. */
  readonly key: string;
  readonly run: (order: FeedOrder, means: FeedRunMeans) => Promise<FeedRun>;
}

/** Submits a feed without a job: its journal lies under a key, so that the same call after a crash goes on. */
export async function submitDirectly(
  draft: FeedDraft,
  content: FeedSpec['content'],
  options: FeedOptions,
  { backend, contents, clock, key, run }: DirectParts,
): Promise<FeedRun> {
  return backend.locks.withLock(
    key,
    async ({ signal }) => {
      const store = backend.keyValues;
      const journal = await KeyValueJournal.open<DirectState>({ store, key, ttlMs: journalMs });
      if (journal.state === undefined) {
        const intent = randomUUID();
        const personal = draft.type.personal === true;
        const kept = isKept(content) ? content : await contents.keep(intent, bytesOf(content), { personal });
        await journal.save({ intent, content: kept });
      }
      const begun = journal.state as DirectState;
      const order: FeedOrder = { ...draft, ...{ intent: begun.intent, content: begun.content } };
      const maxWaitMs = options.maxWaitMs ?? longestWaitInTurnMs;
      const terms = directTerms({ clock, ...options, signal, maxWaitMs });
      const means: FeedRunMeans = {
        ...{ intent: order.intent, journal: innerJournal(journal), terms },
        ...(options.timings && { timings: options.timings }),
      };
      const ended = await riding(clock, terms.signal, () => run(order, means));
      await journal.forget();
      await contents.forget(order.content);
      return ended;
    },
    { ...(options.signal && { signal: options.signal }) },
  );
}

/** A submission outside a job: its name and document, then how far it has come. */
interface DirectState {
  readonly intent: string;
  readonly content: KeptFeed;
  readonly feed?: FeedState;
}

function innerJournal(journal: Journal<DirectState>): Journal<FeedState> {
  return {
    get state() {
      return journal.state?.feed;
    },
    save: (feed) => journal.save({ ...(journal.state as DirectState), feed }),
  };
}

/** A limit without a token ends a run before anything was sent; it goes on when the token is there. */
async function riding<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isLimited(error)) throw error;
      await clock.sleep(Math.max(0, error.retryAt.getTime() - clock.now()), signal);
    }
  }
}
