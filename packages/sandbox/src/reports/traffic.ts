import { marketplaceOfRecord } from '../operations/money.js';
import { centsOf } from '../operations/orders/order-amounts.js';
import { Prng } from '../random/prng.js';
import type { Listing } from '../world/listing.js';
import type { StoredOrder } from '../world/order.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';

/** What was sold in a span of time; amounts in hundredths. */
export interface SalesSum {
  orders: number;
  items: number;
  units: number;
  cents: number;
  shippedOrders: number;
  shippedUnits: number;
  shippedCents: number;
  /** Of business orders. */
  b2b: { items: number; units: number; cents: number };
}

/** How often offers were looked at. Invented, but always more than was bought. */
export interface Visits {
  readonly browserSessions: number;
  readonly mobileSessions: number;
  readonly browserViews: number;
  readonly mobileViews: number;
  readonly buyBoxPercent: number;
}

export function emptySum(): SalesSum {
  const b2b = { items: 0, units: 0, cents: 0 };
  return { orders: 0, items: 0, units: 0, cents: 0, shippedOrders: 0, shippedUnits: 0, shippedCents: 0, b2b };
}

/** Adds an order, or only its lines of some SKUs. Cancelled units count for nothing. */
export function addOrder(
  sum: SalesSum,
  order: StoredOrder,
  wanted: (sku: string) => boolean = () => true,
): void {
  const lines = order.lines.filter(({ cancelled, quantity, sku }) => wanted(sku) && quantity > cancelled);
  if (lines.length === 0) return;
  sum.orders++;
  if (lines.some((line) => line.shipped > 0)) sum.shippedOrders++;
  for (const line of lines) {
    const { item } = centsOf(order, line);
    const units = line.quantity - line.cancelled;
    sum.items++;
    sum.units += units;
    sum.cents += item;
    sum.shippedUnits += line.shipped;
    sum.shippedCents += line.shipped > 0 ? item : 0;
    if (!order.business) continue;
    sum.b2b.items++;
    sum.b2b.units += units;
    sum.b2b.cents += item;
  }
}

export function visitsOf(world: World, key: string, sum: SalesSum): Visits {
  const prng = Prng.of(world.seed, 'visits', key);
  const mobileSessions = sum.items * prng.integer(4, 12) + prng.integer(1, 20);
  const browserSessions = sum.items * prng.integer(3, 8) + prng.integer(1, 15);
  return {
    ...{ browserSessions, mobileSessions },
    browserViews: browserSessions + prng.integer(0, browserSessions),
    mobileViews: mobileSessions + prng.integer(0, mobileSessions),
    buyBoxPercent: prng.integer(6_000, 10_000) / 100,
  };
}

/** A seller's orders of a marketplace that came in within a span, both ends included. */
export function* ordersPlaced(
  seller: Seller,
  marketplaceId: string,
  fromMs: number,
  toMs: number,
): Generator<StoredOrder> {
  for (const order of seller.orders.walk('createdMs', fromMs, toMs))
    if (order.marketplaceId === marketplaceId && order.status !== 'CANCELLED') yield order;
}

/** Listings of which something was sold, with what; in order of the SKU. */
export function salesBySku(
  seller: Seller,
  marketplaceId: string,
  fromMs: number,
  toMs: number,
): readonly { readonly listing: Listing; readonly sum: SalesSum }[] {
  const bySku = new Map<string, SalesSum>();
  for (const order of ordersPlaced(seller, marketplaceId, fromMs, toMs))
    for (const sku of new Set(order.lines.map((line) => line.sku))) {
      const sum = bySku.get(sku) ?? emptySum();
      bySku.set(sku, sum);
      addOrder(sum, order, (one) => one === sku);
    }
  return seller.sortedListings(marketplaceId).flatMap((listing) => {
    const sum = bySku.get(listing.sku);
    return sum === undefined || sum.items === 0 ? [] : [{ listing, sum }];
  });
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}

export function amountIn(record: { readonly marketplaceId: string }): (cents: number) => {
  amount: number;
  currencyCode: string;
} {
  const { currency, decimals } = marketplaceOfRecord(record);
  return (cents) => ({ amount: Number((cents / 100).toFixed(decimals)), currencyCode: currency });
}

/** The days of a span in UTC, as moments at which they begin. */
export function* daysOf(fromMs: number, toMs: number): Generator<number> {
  for (let ms = Math.floor(fromMs / dayMs) * dayMs; ms <= toMs; ms += dayMs) yield ms;
}

export const dayMs = 86_400_000;
