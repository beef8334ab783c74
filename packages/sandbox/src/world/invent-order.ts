import { Prng } from '../random/prng.js';
import type { Listing } from './listing.js';
import type { OrderLine, OrderStatus, StoredOrder } from './order.js';
import { inventParticulars, lineParticulars } from './order-particulars.js';
import { inventParcel } from './parcel.js';
import { asReplacement } from './replacement.js';

const hour = 3_600_000;
const day = 24 * hour;

export interface OrderSetting {
  readonly seed: number;
  readonly sellerId: string;
  /** What is sold, by marketplace. */
  readonly listings: readonly (readonly Listing[])[];
}

/** How many orders back the one is looked for that a replacement replaces. */
const replacementReach = 8;

/** An order of the past: created within `spanMs` before the epoch, and by now mostly shipped. A few replace another one that went wrong. */
export function inventPastOrder(
  setting: OrderSetting,
  number: number,
  epochMs: number,
  spanMs: number,
): StoredOrder {
  const order = inventOrdinaryOrder(setting, number, epochMs, spanMs);
  const prng = Prng.of(setting.seed, 'replacement', setting.sellerId, number);
  if (!prng.chance(0.03)) return order;
  for (let back = 1; back <= Math.min(replacementReach, number); back++) {
    const original = inventOrdinaryOrder(setting, number - back, epochMs, spanMs);
    if (original.status === 'SHIPPED' && original.updatedMs < order.createdMs)
      return asReplacement(prng, order, original);
  }
  return order;
}

function inventOrdinaryOrder(
  setting: OrderSetting,
  number: number,
  epochMs: number,
  spanMs: number,
): StoredOrder {
  const prng = Prng.of(setting.seed, 'past-order', setting.sellerId, number);
  const createdMs = epochMs - 1_000 - Math.floor(prng.next() * spanMs);
  const ageMs = epochMs - createdMs;
  const status = statusAtAge(prng, ageMs);
  // The last change lies within three days after the order, or, of a fresh one, anywhere between it and the epoch.
  const changeMs = Math.floor(prng.next() * Math.min(3 * day, ageMs));
  const updatedMs = status === 'PENDING' ? createdMs : createdMs + changeMs;
  return inventOrder(setting, number, createdMs, updatedMs, status);
}

/** An order that comes in now. */
export function inventNewOrder(
  setting: OrderSetting,
  number: number,
  atMs: number,
  status: OrderStatus = 'UNSHIPPED',
): StoredOrder {
  return inventOrder(setting, number, atMs, atMs, status);
}

function inventOrder(
  setting: OrderSetting,
  number: number,
  createdMs: number,
  updatedMs: number,
  status: OrderStatus,
): StoredOrder {
  const prng = Prng.of(setting.seed, 'order', setting.sellerId, number);
  const shelf = prng.pick(setting.listings.filter((some) => some.length > 0));
  const first = prng.pick(shelf);
  const { seed } = setting;
  const lines: OrderLine[] = [lineOf(seed, prng, first, status)];
  // A basket is fulfilled by one party: Amazon splits mixed ones into several orders.
  for (let more = prng.chance(0.25) ? prng.integer(1, 3) : 0; more > 0; more--) {
    const other = prng.pick(shelf);
    const taken = lines.some((line) => line.sku === other.sku);
    if (!taken && other.fulfilledBy === first.fulfilledBy) lines.push(lineOf(seed, prng, other, status));
  }
  const order: StoredOrder = {
    number,
    id: `${prng.pick(['028', '114', '203', '405', '702'])}-${prng.digits(7)}-${String(number % 10_000_000).padStart(7, '0')}`,
    sellerId: setting.sellerId,
    marketplaceId: first.marketplaceId,
    createdMs,
    updatedMs,
    status,
    fulfilledBy: first.fulfilledBy,
    serviceLevel: prng.pick(['STANDARD', 'STANDARD', 'STANDARD', 'EXPEDITED', 'NEXT_DAY']),
    business: prng.chance(0.06),
    lines,
    parcels: [],
  };
  if (status === 'CANCELLED') order.cancelledBy = prng.pick(['BUYER', 'BUYER', 'MERCHANT', 'AMAZON']);
  if (order.fulfilledBy === 'MERCHANT' && status === 'SHIPPED') {
    order.parcels.push(inventParcel(prng, lines, updatedMs));
  }
  return { ...order, ...inventParticulars(setting, order) };
}

function lineOf(seed: number, prng: Prng, listing: Listing, status: OrderStatus): OrderLine {
  const quantity = prng.chance(0.85) ? 1 : prng.integer(2, 5);
  const orderItemId = prng.digits(14);
  const particulars = lineParticulars(seed, orderItemId, quantity, status);
  return {
    orderItemId,
    sku: listing.sku,
    asin: listing.asin,
    title: listing.title,
    quantity,
    shipped: status === 'SHIPPED' ? quantity - particulars.cancelled : 0,
    ...particulars,
    unitCents: listing.priceCents,
    ...(prng.chance(0.08) ? { promotionId: `Save ${prng.integer(5, 25)}%` } : {}),
  };
}

function statusAtAge(prng: Prng, ageMs: number): OrderStatus {
  if (prng.chance(0.04)) return 'CANCELLED';
  if (ageMs < hour) return prng.chance(0.5) ? 'PENDING' : 'UNSHIPPED';
  if (ageMs < 2 * day) return prng.chance(0.6) ? 'UNSHIPPED' : 'SHIPPED';
  return prng.chance(0.97) ? 'SHIPPED' : 'UNSHIPPED';
}
