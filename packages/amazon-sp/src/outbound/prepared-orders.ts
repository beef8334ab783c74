import { type AccountId, type JsonValue, type KeyValueStore, ValidationError } from '@fluxori/core';
import type { NewOutboundOrder } from './outbound-order.js';

/** How long an order waits to be sent before it is forgotten, in milliseconds. Amazon's policy lets a recipient's data be kept for 30 days. */
const keptMs = 30 * 24 * 3_600_000;

/**
 * Orders that a job will send, under their numbers. They hold recipients, so they lie in the connector's secure key values (sealed where the
 * program says so) and not in the payloads of the queue.
 */
export class PreparedOrders {
  readonly #store: KeyValueStore;
  readonly #accountId: AccountId;

  constructor({ store, accountId }: { store: KeyValueStore; accountId: AccountId }) {
    this.#store = store;
    this.#accountId = accountId;
  }

  /** Replaces what was there under this number. */
  async keep(order: NewOutboundOrder): Promise<void> {
    const value = JSON.parse(JSON.stringify(order)) as JsonValue;
    await this.#store.set(this.#key(order.outboundOrderId), value, { ttlMs: keptMs });
  }

  /** @throws ValidationError naming the order when it is not there. */
  async read(outboundOrderId: string): Promise<NewOutboundOrder> {
    const value = await this.#store.get(this.#key(outboundOrderId));
    if (value !== undefined) return value as unknown as NewOutboundOrder;
    throw new ValidationError(
      `outboundOrderId: no order ${outboundOrderId} is prepared for ${this.#accountId}.`,
      {
        field: 'outboundOrderId',
        account: this.#accountId,
        remedy:
          'Call `connector.outbound.prepare(order)` first; it is kept for 30 days, and forgotten when it was sent.',
      },
    );
  }

  async forget(outboundOrderId: string): Promise<void> {
    await this.#store.delete(this.#key(outboundOrderId));
  }

  #key(outboundOrderId: string): string {
    return `sp-api/outbound/${this.#accountId}/${encodeURIComponent(outboundOrderId)}`;
  }
}
