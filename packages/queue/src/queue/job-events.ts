import type { AccountId, JsonValue, Logger } from '@fluxori/core';
import type { Progress } from '../job/job-context.js';

interface About {
  readonly jobId: string;
  readonly name: string;
  readonly section: string;
  readonly accountId: AccountId;
}

/** What happens to the jobs that this process works on. */
export interface JobEventMap {
  active: About & { readonly attempt: number };
  progress: About & { readonly progress: Progress };
  parked: About & {
    readonly until: Date;
    readonly reason: string;
    readonly host?: string;
    /** What wakes it before `until`. */
    readonly wakeOn?: readonly string[];
  };
  completed: About & { readonly result: JsonValue | undefined };
  failed: About & { readonly error: Readonly<Record<string, unknown>> };
  cancelled: About;
}

export type JobEventName = keyof JobEventMap;
export type JobListener<Name extends JobEventName> = (event: JobEventMap[Name]) => void;

type Listeners = { [Name in JobEventName]: Set<JobListener<Name>> };

/** Typed listeners. One that throws is logged, and disturbs neither the others nor the queue. */
export class JobEvents {
  readonly #listeners: Listeners = {
    active: new Set(),
    progress: new Set(),
    parked: new Set(),
    completed: new Set(),
    failed: new Set(),
    cancelled: new Set(),
  };
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns a function that ends the listening. */
  on<Name extends JobEventName>(name: Name, listener: JobListener<Name>): () => void {
    this.#listeners[name].add(listener);
    return () => {
      this.#listeners[name].delete(listener);
    };
  }

  emit<Name extends JobEventName>(name: Name, event: JobEventMap[Name]): void {
    for (const listener of [...this.#listeners[name]]) {
      try {
        listener(event);
      } catch (error) {
        const thrown = error instanceof Error ? error.name : typeof error;
        this.#logger.error({ event: name, jobId: event.jobId, thrown }, 'A listener of job events threw.');
      }
    }
  }
}
