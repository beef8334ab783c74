import { type AccountId, type Clock, ConfigurationError } from '@fluxori/core';
import type { ChangeQueues, CoalescingOptions } from '../changes/change-means.js';
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
  /**
   * The queues that these jobs are in. With them, changes of prices and quantities go to Amazon together; without them, each by itself.
   * Asked for when it is needed, since the queues are made of the jobs.
   */
  readonly queues?: () => ChangeQueues;
  /** How changes are gathered. */
  readonly coalescing?: Partial<CoalescingOptions>;
}

/** @throws ConfigurationError for jobs that were made without their queues. */
export function queuesOf({ queues }: AmazonJobParts): ChangeQueues {
  if (queues !== undefined) return queues();
  throw new ConfigurationError('Jobs that gather changes were made without their queues.', {
    field: 'queues',
    remedy: 'Give `amazonJobs` the queues: `{ connector, queues: () => queues }`.',
  });
}
