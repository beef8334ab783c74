import type { AccountId, Clock } from '@fluxori/core';
import type { AmazonSPConnector } from '../connector.js';

/** What the jobs of this connector work with. */
export interface AmazonJobParts {
  /** The connector of an account; asked for on every run, so keep it. */
  readonly connector: (accountId: AccountId) => Promise<AmazonSPConnector>;
  readonly clock?: Clock;
}
