import type { AccountId, MarketplaceId, OrderId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';

/** Whether the money can be paid out. `unknown` keeps a platform's new status from being lost: see `platformStatus`. */
export type TransactionStatus = 'deferred' | 'released' | 'unknown';

/** A part of an amount, by the platform's own word for it; its parts add up to it. */
export interface AmountPart {
  readonly type: string;
  readonly amount: Money;
  readonly parts?: readonly AmountPart[];
}

/** What a transaction names by the platform's own words, e.g. a shipment, a settlement, a refund. */
export interface RelatedId {
  readonly name: string;
  readonly value: string;
}

/** What a transaction says of one product. */
export interface TransactionItem {
  readonly description?: string;
  readonly sku?: Sku;
  /** The platform's product id, e.g. an ASIN. */
  readonly productId?: string;
  readonly quantity?: number;
  readonly total?: Money;
  readonly parts: readonly AmountPart[];
  readonly relatedIds: readonly RelatedId[];
}

/** A movement of the seller's money at a platform. No buyer is in it. */
export interface Transaction {
  readonly accountId: AccountId;
  readonly marketplaceId?: MarketplaceId;
  readonly transactionId: string;
  /** The platform's own word, e.g. `Shipment`, `Refund`, `ServiceFee`. */
  readonly type: string;
  readonly status: TransactionStatus;
  /** The platform's own word. */
  readonly platformStatus?: string;
  readonly description?: string;
  /** ISO 8601 in UTC. */
  readonly postedAt: string;
  /** Above zero: to the seller. */
  readonly total?: Money;
  readonly orderId?: OrderId;
  /** The deferred transaction that this one releases. */
  readonly releases?: string;
  /** When a deferred transaction can be paid out, ISO 8601 in UTC. */
  readonly maturesAt?: string;
  readonly parts: readonly AmountPart[];
  readonly items: readonly TransactionItem[];
  readonly relatedIds: readonly RelatedId[];
}
