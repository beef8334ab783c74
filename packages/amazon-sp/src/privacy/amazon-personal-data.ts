import {
  type AccountId,
  type Clock,
  type Erasure,
  type HolderReport,
  isErrorOf,
  isFluxoriError,
  type PersonalDataHolder,
  type Remainder,
  systemClock,
} from '@fluxori/core';
import type { AmazonSPConnector } from '../connector.js';

export interface AmazonPersonalDataParts {
  /** The accounts that are configured. */
  readonly accountIds: () => readonly AccountId[];
  readonly connector: (accountId: AccountId) => Promise<AmazonSPConnector>;
  readonly clock?: Clock;
}

/**
 * What the connector keeps beside records: copies of restricted documents, each of which holds many persons, and outbound orders and messages that were prepared.
 * A sealed document cannot be changed in the middle. So an erasure deletes all restricted copies of the account: Amazon gives them again, without
 * what it has deleted itself.
 */
export class AmazonPersonalData implements PersonalDataHolder {
  readonly name = 'documents';
  readonly #parts: AmazonPersonalDataParts;

  constructor(parts: AmazonPersonalDataParts) {
    this.#parts = parts;
  }

  async erase(
    { accountIds, orders }: Erasure,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<HolderReport> {
    const deleted = { documents: 0, preparedOrders: 0, preparedMessages: 0 };
    const remaining: Remainder[] = [];
    for (const accountId of accountIds) {
      const ids = orders.filter((order) => order.accountId === accountId).map(({ orderId }) => orderId);
      if (ids.length === 0) continue;
      if (!this.#parts.accountIds().includes(accountId)) {
        remaining.push(notConfigured(accountId));
        continue;
      }
      const connector = await this.#parts.connector(accountId);
      for (const id of ids) {
        if (await forgetPrepared(connector, id)) deleted.preparedOrders++;
        deleted.preparedMessages += await connector.messaging.forgetAll(id);
      }
      await this.#deleteDocuments(connector, { deleted, remaining, signal });
    }
    return { deleted, remaining };
  }

  /** Documents, restricted or not, whose retention has ended. */
  async sweep({ signal }: { signal?: AbortSignal } = {}): Promise<HolderReport> {
    const deleted = { documents: 0 };
    const now = new Date((this.#parts.clock ?? systemClock).now());
    for (const accountId of this.#parts.accountIds()) {
      const connector = await this.#parts.connector(accountId);
      const { documents } = await connector.documents.sweep(now, signal === undefined ? {} : { signal });
      deleted.documents += documents;
    }
    return { deleted, remaining: [] };
  }

  async #deleteDocuments(
    { config, documents }: AmazonSPConnector,
    {
      deleted,
      remaining,
      signal,
    }: { deleted: { documents: number }; remaining: Remainder[]; signal: AbortSignal | undefined },
  ): Promise<void> {
    const all = documents.list({ kept: true, ...(signal && { signal }) });
    for (const { documentId } of (await Array.fromAsync(all)).filter(({ restricted }) => restricted)) {
      try {
        await documents.deleteDocument(documentId, signal === undefined ? {} : { signal });
        deleted.documents++;
      } catch (error) {
        if (!isErrorOf(error, 'ConfigurationError')) throw error;
        remaining.push({
          what: `the kept copy of the document ${documentId} of ${config.accountId}`,
          why: 'the store in which it lies is not open here',
          remedy: error.remedy ?? 'Configure the store, and erase again.',
        });
      }
    }
  }
}

/** @returns whether there was one. */
async function forgetPrepared({ outbound }: AmazonSPConnector, orderId: string): Promise<boolean> {
  try {
    await outbound.prepared(orderId);
  } catch (error) {
    if (isFluxoriError(error) && error.name === 'ValidationError') return false;
    throw error;
  }
  await outbound.forget(orderId);
  return true;
}

function notConfigured(accountId: AccountId): Remainder {
  return {
    what: `copies of documents of ${accountId}`,
    why: 'the account is not configured here',
    remedy: 'Erase again where it is; without it, they are deleted when their retention ends.',
  };
}
