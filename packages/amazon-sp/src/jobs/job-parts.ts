import type { AccountId, Clock } from '@fluxori/core';
import type { AmazonSPConnector } from '../connector.js';
import type { WorkflowTimings } from '../workflow/timings.js';

/** What the jobs of this connector work with. */
export interface AmazonJobParts {
  /** The connector of an account; asked for on every run, so keep it. */
  readonly connector: (accountId: AccountId) => Promise<AmazonSPConnector>;
  readonly clock?: Clock;
  /** How long after sending a confirmation of shipment it is looked for on the order; 15,000 ms by default. */
  readonly shipmentShowsAfterMs?: number;
  /** How long fees are left alone that Amazon failed to estimate, before they are asked for again; 30,000 ms by default. */
  readonly feesRestMs?: number;
  /** How often reports, feeds and queries are looked at, and when they are taken for stuck. */
  readonly timings?: Partial<WorkflowTimings>;
}
