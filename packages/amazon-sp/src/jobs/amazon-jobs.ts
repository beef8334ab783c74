import type { JobDefinition } from '@fluxori/queue';
import type { AmazonJobParts } from './job-parts.js';
import { ordersImport } from './orders-import.js';

/** Every job of this connector, for `OperationQueues`. */
export function amazonJobs(parts: AmazonJobParts): JobDefinition[] {
  return [ordersImport(parts)];
}
