import { createHash } from 'node:crypto';
import type { ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type AccountId,
  type AmountPart,
  type MarketplaceId,
  orderId,
  type RelatedId,
  sku,
  type Transaction,
  type TransactionItem,
  type TransactionStatus,
} from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

export type AmazonTransaction = NonNullable<
  NonNullable<ResponseOf<'finances', '2024-06-19', 'listTransactions'>['payload']>['transactions']
>[number];
type AmazonItem = NonNullable<AmazonTransaction['items']>[number];
type Breakdown = NonNullable<AmazonTransaction['breakdowns']>[number];

/** Amazon's words, in whatever case: the model writes `RELEASED`, its examples `Released`. */
const statuses: Readonly<Record<string, TransactionStatus>> = {
  DEFERRED: 'deferred',
  RELEASED: 'released',
  DEFERRED_RELEASED: 'released',
};

/**
 * Amazon's transaction as the canonical one. How the buyer paid (`PaymentsContext`) is left out: nobody needs it for the books, and it is
 * about a person.
 */
export function toTransaction(from: AmazonTransaction, accountId: AccountId): Transaction {
  const relatedIds = (from.relatedIdentifiers ?? []).flatMap((one) =>
    relatedId(one.relatedIdentifierName, one.relatedIdentifierValue),
  );
  const named = (name: string) => relatedIds.find((one) => one.name === name)?.value;
  const order = named('ORDER_ID');
  const { marketplaceId = from.sellingPartnerMetadata?.marketplaceId } = from.marketplaceDetails ?? {};
  const matures = from.contexts?.find((one) => one.maturityDate !== undefined)?.maturityDate;
  return withoutUndefined({
    accountId,
    marketplaceId: marketplaceId as MarketplaceId | undefined,
    transactionId: from.transactionId || identityOf(from),
    type: from.transactionType ?? 'unknown',
    status: statuses[from.transactionStatus?.toUpperCase() ?? ''] ?? 'unknown',
    platformStatus: from.transactionStatus,
    description: from.description,
    // Without a date it could not be ordered; Amazon has always given one.
    postedAt: utc(from.postedDate) ?? new Date(0).toISOString(),
    total: moneyOf(from.totalAmount?.currencyAmount, from.totalAmount?.currencyCode),
    orderId: order ? orderId(order) : undefined,
    releases: named('DEFERRED_TRANSACTION_ID'),
    maturesAt: utc(matures),
    parts: partsOf(from.breakdowns),
    items: (from.items ?? []).map(toItem),
    relatedIds,
  });
}

/** Sorts behind an earlier state of the same transaction: what is deferred is released later, and not deferred again. */
export function versionOf({ postedAt, platformStatus }: Transaction): string {
  return `${postedAt}+${platformStatus?.toUpperCase() === 'DEFERRED' ? 0 : 1}`;
}

function toItem(item: AmazonItem): TransactionItem {
  const product = item.contexts?.find((one) => one.sku !== undefined || one.asin !== undefined);
  return withoutUndefined({
    description: item.description,
    sku: product?.sku ? sku(product.sku) : undefined,
    productId: product?.asin,
    quantity: product?.quantityShipped,
    total: moneyOf(item.totalAmount?.currencyAmount, item.totalAmount?.currencyCode),
    parts: partsOf(item.breakdowns),
    relatedIds: (item.relatedIdentifiers ?? []).flatMap((one) =>
      relatedId(one.itemRelatedIdentifierName, one.itemRelatedIdentifierValue),
    ),
  });
}

/** A part whose amount cannot be read is left out; its parts are kept in its place. */
function partsOf(breakdowns: readonly Breakdown[] = []): AmountPart[] {
  return breakdowns.flatMap(({ breakdownType, breakdownAmount, breakdowns: inner }) => {
    const amount = moneyOf(breakdownAmount?.currencyAmount, breakdownAmount?.currencyCode);
    const parts = partsOf(inner ?? []);
    if (amount === undefined) return parts;
    return [{ type: breakdownType ?? 'unknown', amount, ...(parts.length > 0 && { parts }) }];
  });
}

function relatedId(name: string | undefined, value: string | undefined): RelatedId[] {
  return name && value ? [{ name, value }] : [];
}

/** For a transaction without an id, which the model allows: the same transaction gets the same name again, without its status, which changes. */
function identityOf({ transactionStatus: _, ...rest }: AmazonTransaction): string {
  return `unnamed-${createHash('sha256').update(JSON.stringify(rest)).digest('base64url').slice(0, 24)}`;
}
