import type { KeyValueStore } from '@fluxori/core';

export interface RegisteredWorker {
  readonly name: string;
  readonly seenAt: Date;
  readonly concurrency: number;
}

/** A name stays for so long after its worker was last seen, so that whoever starts on its machine finds its jobs. */
const keepMs = 24 * 3_600_000;
/** Who has not been seen for so long does not count as working. */
const silentMs = 45_000;

/** Which workers there are on a queue, as they say themselves every few seconds. */
export class WorkerRegister {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;

  constructor(keyValues: KeyValueStore, prefix: string) {
    this.#keyValues = keyValues;
    this.#prefix = `${prefix}/worker/`;
  }

  sign(name: string, concurrency: number): Promise<void> {
    return this.#keyValues.set(this.#prefix + name, { at: Date.now(), concurrency }, { ttlMs: keepMs });
  }

  strike(name: string): Promise<void> {
    return this.#keyValues.delete(this.#prefix + name);
  }

  async names(): Promise<readonly string[]> {
    return (await this.#keyValues.keys(this.#prefix)).map((key) => key.slice(this.#prefix.length));
  }

  /** Those that were seen lately. */
  async working(): Promise<readonly RegisteredWorker[]> {
    const workers: RegisteredWorker[] = [];
    for (const name of await this.names()) {
      const entry = (await this.#keyValues.get(this.#prefix + name)) as
        | { at: number; concurrency: number }
        | undefined;
      if (entry === undefined || Date.now() - entry.at > silentMs) continue;
      workers.push({ name, seenAt: new Date(entry.at), concurrency: entry.concurrency });
    }
    return workers;
  }
}
