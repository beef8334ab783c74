import type { AccountId } from '@fluxori/core';
import type { JobRequest } from './run-job.js';

/** A full inventory sync: Amazon's stock and the seller's own are two lists with limits of their own, so they are read side by side. */
export function inventorySyncJobs(account: AccountId): JobRequest[] {
  return (['marketplace', 'seller'] as const).map((fulfilledBy) => ({
    name: 'inventory.sync',
    label: fulfilledBy === 'marketplace' ? "Amazon's stock" : "seller's stock",
    accountId: account,
    payload: { fulfilledBy },
    dedupeKey: `inventory.sync.${fulfilledBy}.${account}`,
  }));
}

/** The orders that are new or changed since the last import. */
export function ordersImportJob(account: AccountId): JobRequest {
  return {
    name: 'orders.import',
    label: 'orders',
    accountId: account,
    payload: {},
    dedupeKey: `orders.import.${account}`,
  };
}
