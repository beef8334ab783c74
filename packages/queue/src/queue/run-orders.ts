import type { KeyValueStore, Priority } from '@fluxori/core';

/** What another queue object, perhaps in another process, wants of a job that runs here. */
export interface RunOrder {
  readonly cancel?: boolean;
  readonly priority?: Priority;
}

/** An order for a job that has ended meanwhile goes by itself. */
const ttlMs = 3_600_000;

/** Orders to whoever is running a job, left where everyone who shares the backend looks. */
export class RunOrders {
  readonly #keyValues: KeyValueStore;
  readonly #prefix: string;

  constructor(keyValues: KeyValueStore, prefix: string) {
    this.#keyValues = keyValues;
    this.#prefix = `${prefix}/order/`;
  }

  async send(jobId: string, order: RunOrder): Promise<void> {
    const key = this.#prefix + jobId;
    const before = (await this.#keyValues.get(key)) as RunOrder | undefined;
    await this.#keyValues.set(key, { ...before, ...order }, { ttlMs });
  }

  /** The order for one job, which is taken away. */
  async takeFor(jobId: string): Promise<RunOrder | undefined> {
    const order = await this.#keyValues.get(this.#prefix + jobId);
    if (order === undefined) return undefined;
    await this.#keyValues.delete(this.#prefix + jobId);
    return order as RunOrder;
  }

  /** The orders for those of `jobIds` that have any; they are taken away. One statement when there are none. */
  async take(jobIds: ReadonlySet<string>): Promise<ReadonlyMap<string, RunOrder>> {
    const orders = new Map<string, RunOrder>();
    for (const key of await this.#keyValues.keys(this.#prefix)) {
      const jobId = key.slice(this.#prefix.length);
      if (!jobIds.has(jobId)) continue;
      const order = await this.takeFor(jobId);
      if (order !== undefined) orders.set(jobId, order);
    }
    return orders;
  }
}
