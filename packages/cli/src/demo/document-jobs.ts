import { join } from 'node:path';
import {
  type FeedsSubmitPayload,
  ListingsFeedBuilder,
  type ListingsMessage,
  quantityPatch,
  type ReportsRunPayload,
} from '@fluxori/amazon-sp';
import type { AccountId, InventoryLevel, JsonValue } from '@fluxori/core';
import type { AddOptions } from '@fluxori/queue';
import type { App } from '../composition/open-app.js';
import type { DocumentWork } from './messages.js';

/** A job of which there is one for each run of the demo, however often the worker's power is cut. */
export interface OnceJob {
  readonly name: string;
  readonly label: string;
  readonly options: AddOptions;
}

export const documentJobs = ['reports.run', 'feeds.submit'] as const;

/** The seller's listings as a file of comma-separated rows. */
export function listingsReport(account: AccountId, { run, startedAt, folder }: DocumentWork): OnceJob {
  const payload: ReportsRunPayload = {
    reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA',
    output: { file: listingsFile(folder), as: 'csv' },
  };
  return {
    name: 'reports.run',
    label: 'listings report',
    options: onceIn(account, `demo/${run}`, startedAt, payload as unknown as JsonValue),
  };
}

export function listingsFile(folder: string): string {
  return join(folder, 'listings.csv');
}

/** How many SKUs the demo's feed changes at most. */
const feedSize = 50;

/** One feed that puts ten more of some of the seller's own SKUs on the shelf. Undefined when all of them lie at Amazon. */
export async function restockFeed(
  app: App,
  account: AccountId,
  { run, startedAt }: DocumentWork,
): Promise<OnceJob | undefined> {
  const messages: ListingsMessage[] = [];
  for await (const level of ownStock(app, account)) {
    messages.push({
      sku: level.sku,
      operationType: 'PATCH',
      productType: 'PRODUCT',
      patches: [tenMore(level)],
    });
    if (messages.length === feedSize) break;
  }
  if (messages.length === 0) return undefined;
  const { sellerId } = (await app.connectors.get(account)).config;
  const [part] = [...new ListingsFeedBuilder().build(messages, { header: { sellerId } })];
  const payload: FeedsSubmitPayload = {
    feedType: 'JSON_LISTINGS_FEED',
    content: String(part?.content),
  };
  return {
    name: 'feeds.submit',
    label: `feed of ${messages.length} SKUs`,
    options: onceIn(account, `demo/${run}`, startedAt, payload as unknown as JsonValue),
  };
}

function tenMore(level: InventoryLevel) {
  return quantityPatch({ ...level, quantity: level.available + 10 });
}

async function* ownStock(app: App, account: AccountId): AsyncGenerator<InventoryLevel> {
  for (const level of await app.backend.records.list('inventory', { accountId: account, limit: 10_000 })) {
    if (level.fulfilledBy === 'seller') yield level;
  }
}

function onceIn(accountId: AccountId, key: string, startedAt: string, payload: JsonValue): AddOptions {
  return { accountId, payload, once: { key, at: new Date(startedAt) } };
}
