import {
  type AccountId,
  defaultRetention,
  type ErasedOrder,
  type JsonValue,
  type KeyValueStore,
  type RetentionRules,
} from '@fluxori/core';

const prefix = 'privacy/erased/';

const dayMs = 86_400_000;
const leastDays = 400;

/** Orders whose persons were forgotten on request, so that a later import does not bring them back. The ids only. */
export class ErasedOrders {
  readonly #keyValues: KeyValueStore;
  /** At least as long as any personal data of an order is kept: what comes in later is past its time by itself. */
  readonly #keptMs: number;

  constructor(keyValues: KeyValueStore, { days, openOrderDays }: RetentionRules = defaultRetention) {
    this.#keyValues = keyValues;
    this.#keptMs = Math.max(leastDays, openOrderDays + Math.max(...Object.values(days))) * dayMs;
  }

  async add(orders: readonly ErasedOrder[], at: Date): Promise<void> {
    const entries = orders.map(({ accountId, orderId }) => ({
      key: keyOf(accountId, orderId),
      value: at.toISOString() as JsonValue,
    }));
    if (this.#keyValues.setMany !== undefined) {
      await this.#keyValues.setMany(entries, { ttlMs: this.#keptMs });
    } else {
      for (const { key, value } of entries) await this.#keyValues.set(key, value, { ttlMs: this.#keptMs });
    }
  }

  /** Which of these were erased. */
  async among(accountId: AccountId, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const keys = ids.map((id) => keyOf(accountId, id));
    const values =
      (await this.#keyValues.getMany?.(keys)) ??
      (await Promise.all(keys.map((key) => this.#keyValues.get(key))));
    return new Set(ids.filter((_, index) => values[index] !== undefined));
  }
}

function keyOf(accountId: AccountId, id: string): string {
  return `${prefix}${accountId}/${id}`;
}
