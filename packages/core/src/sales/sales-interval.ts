import type { AccountId, MarketplaceId } from '../identity/ids.js';
import type { Money } from '../money/money.js';

/** What was ordered in a stretch of time, added up by the platform. */
export interface SalesInterval {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly granularity: 'hour' | 'day' | 'week' | 'month' | 'year' | 'total';
  /** IANA name of the zone in which days and longer begin. */
  readonly timeZone: string;
  /** ISO 8601 in UTC. */
  readonly from: string;
  /** Not included. The first and the last interval may be shorter than the others. */
  readonly to: string;
  readonly orders: number;
  readonly orderItems: number;
  readonly units: number;
  readonly total: Money;
  /** `total` by `units`, as the platform rounds it. */
  readonly averageUnitPrice: Money;
}
