import type { AccountId, MarketplaceId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';
import type { FulfilledBy } from '../order/order.js';

/** One of the fees that a platform would take. */
export interface EstimatedFee {
  /** The platform's own word, e.g. `ReferralFee`. */
  readonly type: string;
  /** What is charged in the end: after promotions, with tax where the platform counts it in. */
  readonly amount: Money;
  /** What the fee is made of, where the platform says so. */
  readonly parts?: readonly Omit<EstimatedFee, 'parts'>[];
}

/** What a platform would take of a sale at a price. An estimate: nothing that the platform is bound to. */
export interface FeeEstimate {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  /** Either this or `sku` tells what was asked about. */
  readonly productId?: string;
  readonly sku?: Sku;
  readonly fulfilledBy: FulfilledBy;
  readonly price: Money;
  readonly shipping?: Money;
  readonly total: Money;
  readonly fees: readonly EstimatedFee[];
  /** ISO 8601 in UTC. */
  readonly estimatedAt: string;
}
