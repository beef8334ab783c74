import type { JsonValue, KeyValueStore } from '@fluxori/core';
import type { JobView } from '../job/job-view.js';

/** What is shown of jobs that were cancelled: they have left the queue, but nobody should wonder where they went. */
export class CancelledJobs {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;
  readonly #keepMs: number;

  constructor(keyValues: KeyValueStore, prefix: string, keepMs: number) {
    this.#keyValues = keyValues;
    this.#prefix = `${prefix}/cancelled/`;
    this.#keepMs = keepMs;
  }

  async add(view: JobView, finishedAt: Date): Promise<void> {
    const { parked: _parked, ...rest } = view;
    const kept = JSON.parse(JSON.stringify({ ...rest, state: 'cancelled', finishedAt })) as JsonValue;
    await this.#keyValues.set(this.#prefix + view.jobId, kept, { ttlMs: this.#keepMs });
  }

  /** The job could not be cancelled after all. */
  remove(jobId: string): Promise<void> {
    return this.#keyValues.delete(this.#prefix + jobId);
  }

  async get(jobId: string): Promise<JobView | undefined> {
    const kept = await this.#keyValues.get(this.#prefix + jobId);
    return kept === undefined ? undefined : revive(kept as unknown as JobView);
  }

  async ids(): Promise<readonly string[]> {
    const keys = await this.#keyValues.keys(this.#prefix);
    return keys.map((key) => key.slice(this.#prefix.length));
  }
}

/** Dates come back from JSON as text. */
function revive(view: JobView): JobView {
  const finishedAt = view.finishedAt === undefined ? undefined : new Date(view.finishedAt);
  return { ...view, createdAt: new Date(view.createdAt), finishedAt };
}
