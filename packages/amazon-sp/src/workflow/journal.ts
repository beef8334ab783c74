import type { JsonValue, KeyValueStore } from '@fluxori/core';
import type { CheckpointOptions, JobContext } from '@fluxori/queue';

/** Where a workflow writes how far it has come, so that it goes on there in whichever process runs it next. */
export interface Journal<State> {
  /** What was saved last; undefined when the workflow has not begun. */
  readonly state: State | undefined;
  /** Settles when the state is kept. State is plain JSON. */
  save(state: State, options?: Pick<CheckpointOptions, 'goesOn'>): Promise<void>;
}

/** The journal of a workflow that runs in a job: the job's checkpoint. */
export function jobJournal<State>(
  ctx: Pick<JobContext<unknown, State>, 'state' | 'checkpoint'>,
): Journal<State> {
  let state = ctx.state;
  return {
    get state() {
      return state;
    },
    async save(next, options) {
      await ctx.checkpoint(next, {}, options);
      state = next;
    },
  };
}

export interface KeyValueJournalOptions {
  readonly store: KeyValueStore;
  readonly key: string;
  /** Milliseconds after which a workflow that nobody went on with is forgotten. */
  readonly ttlMs: number;
}

/** The journal of a workflow that runs without a job: one key value, found again by whoever asks for the same. */
export class KeyValueJournal<State> implements Journal<State> {
  readonly #options: KeyValueJournalOptions;
  #state: State | undefined;

  private constructor(options: KeyValueJournalOptions, state: State | undefined) {
    this.#options = options;
    this.#state = state;
  }

  static async open<State>(options: KeyValueJournalOptions): Promise<KeyValueJournal<State>> {
    return new KeyValueJournal<State>(options, (await options.store.get(options.key)) as State | undefined);
  }

  get state(): State | undefined {
    return this.#state;
  }

  async save(state: State): Promise<void> {
    const { store, key, ttlMs } = this.#options;
    await store.set(key, JSON.parse(JSON.stringify(state)) as JsonValue, { ttlMs });
    this.#state = state;
  }

  /** The workflow has ended: the next one begins anew. */
  async forget(): Promise<void> {
    await this.#options.store.delete(this.#options.key);
    this.#state = undefined;
  }
}
