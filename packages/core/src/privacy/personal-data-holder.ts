import type { AccountId, OrderId } from '../identity/ids.js';

/** An order whose buyer and recipient are to be forgotten. */
export interface ErasedOrder {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
}

/** What is to be forgotten, once it is known which orders that are. */
export interface Erasure {
  readonly accountIds: readonly AccountId[];
  readonly orders: readonly ErasedOrder[];
  /** When a buyer asked: whatever else holds this address. */
  readonly buyerEmail?: string;
}

/** Something that is still there, and what can be done about it. No personal data. */
export interface Remainder {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

export interface HolderReport {
  /** How many of what, e.g. `{ shipTo: 2, buyer: 1 }`. */
  readonly deleted: Readonly<Record<string, number>>;
  readonly remaining: readonly Remainder[];
}

/** A place where personal data may lie. */
export interface PersonalDataHolder {
  /** For people, e.g. `records`. */
  readonly name: string;
  /** Deletes what tells of these persons. Doing it again does nothing more. */
  erase(erasure: Erasure, options?: { signal?: AbortSignal }): Promise<HolderReport>;
  /** Deletes what has been kept for long enough. */
  sweep(options?: { signal?: AbortSignal }): Promise<HolderReport>;
}
