import type { KeyValueStore, Priority } from '@fluxori/core';

/** What another queue object, perhaps in another process, wants of a job that runs here. */
export interface RunOrder {
  readonly cancel?: boolean;
  readonly priority?: Priority;
}

/** An order for a job that has ended meanwhile goes by itself. */
export const orderTtlMs = 3_600_000;

/** A cancel is taken away last: when the store goes away in between, it is still there. A priority is the job's by then. */
const kinds = ['priority', 'cancel'] as const;

/**
 * Orders to whoever is running a job, left where everyone who shares the backend looks. Each kind is an entry of its own, so that of two that
 * are given at the same moment neither replaces the other.
 */
export class RunOrders {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;

  constructor(keyValues: KeyValueStore, prefix: string) {
    this.#keyValues = keyValues;
    this.#prefix = `${prefix}/order/`;
  }

  async send(jobId: string, order: RunOrder): Promise<void> {
    for (const kind of kinds) {
      const value = order[kind];
      if (value !== undefined)
        await this.#keyValues.set(this.#key(kind, jobId), value, { ttlMs: orderTtlMs });
    }
  }

  /** Whether this job is to be cancelled. The order stays for its next run. */
  async hasCancel(jobId: string): Promise<boolean> {
    return (await this.#keyValues.get(this.#key('cancel', jobId))) !== undefined;
  }

  /** The order for one job, which is taken away. */
  async takeFor(jobId: string): Promise<RunOrder | undefined> {
    const order: Record<string, unknown> = {};
    const values = await Promise.all(kinds.map((kind) => this.#keyValues.get(this.#key(kind, jobId))));
    for (const [index, kind] of kinds.entries()) {
      const value = values[index];
      if (value === undefined) continue;
      await this.#keyValues.delete(this.#key(kind, jobId));
      order[kind] = value;
    }
    return Object.keys(order).length === 0 ? undefined : (order as RunOrder);
  }

  /**
   * The orders for those of `jobIds` that have any, each as it is taken away: none is lost when the store goes away before the next. One statement
   * when there are none.
   */
  async *take(jobIds: ReadonlySet<string>): AsyncGenerator<readonly [jobId: string, order: RunOrder]> {
    const keys = await this.#keyValues.keys(this.#prefix);
    const ordered = new Set(keys.map((key) => key.slice(key.indexOf('/', this.#prefix.length) + 1)));
    for (const jobId of ordered) {
      if (!jobIds.has(jobId)) continue;
      const order = await this.takeFor(jobId);
      if (order !== undefined) yield [jobId, order];
    }
  }

  #key(kind: (typeof kinds)[number], jobId: string): string {
    return `${this.#prefix}${kind}/${jobId}`;
  }
}
