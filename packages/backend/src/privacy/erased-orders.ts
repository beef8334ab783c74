import type { AccountId, ErasedOrder, JsonValue, KeyValueStore } from '@fluxori/core';

const prefix = 'privacy/erased/';

/** Longer than any personal data of an order is kept at all: what comes in later is past its time by itself. */
const keptMs = 400 * 86_400_000;

/** Orders whose persons were forgotten on request, so that a later import does not bring them back. The ids only. */
export class ErasedOrders {
  readonly #keyValues: KeyValueStore;

  constructor(keyValues: KeyValueStore) {
    this.#keyValues = keyValues;
  }

  async add(orders: readonly ErasedOrder[], at: Date): Promise<void> {
    const entries = orders.map(({ accountId, orderId }) => ({
      key: keyOf(accountId, orderId),
      value: at.toISOString() as JsonValue,
    }));
    if (this.#keyValues.setMany !== undefined) {
      await this.#keyValues.setMany(entries, { ttlMs: keptMs });
    } else {
      for (const { key, value } of entries) await this.#keyValues.set(key, value, { ttlMs: keptMs });
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
