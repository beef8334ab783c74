import type { KeyValueStore } from '@fluxori/core';

/** Longer than any job lives. */
const ttlMs = 90 * 86_400_000;

/**
 * BullMQ lets go of a dedupe key when its job ends, and does not take it again when a failed job is retried.
 * This remembers for which keys a retried job stands.
 */
export class RetriedKeys {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;

  constructor(keyValues: KeyValueStore, prefix: string) {
    this.#keyValues = keyValues;
    this.#prefix = `${prefix}/retried/`;
  }

  async holder(key: string): Promise<string | undefined> {
    const jobId = await this.#keyValues.get(this.#prefix + key);
    return typeof jobId === 'string' ? jobId : undefined;
  }

  hold(key: string, jobId: string): Promise<void> {
    return this.#keyValues.set(this.#prefix + key, jobId, { ttlMs });
  }

  drop(key: string): Promise<void> {
    return this.#keyValues.delete(this.#prefix + key);
  }
}
