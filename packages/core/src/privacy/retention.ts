import type { Order, OrderStatus } from '../order/order.js';
import { type PersonalGroup, personalGroups } from './personal-fields.js';

/** For how long personal data is kept. */
export interface RetentionRules {
  /** Days after the order's end (it was sent, or cancelled), by group. */
  readonly days: Readonly<Record<PersonalGroup, number>>;
  /** An order that never comes to an end counts as ended so many days after it was placed. */
  readonly openOrderDays: number;
}

/**
 * Amazon allows 30 days after the delivery, unless a law wants it kept longer. Counted is from the shipment, which is known and comes before.
 * Source: Amazon's Data Protection Policy as cited on developer-docs.amazon.com/sp-api/docs/protecting-amazon-api-applications-data-encryption-and-recovery,
 * read in November 2026.
 */
export const defaultRetention: RetentionRules = { days: { shipTo: 30, buyer: 30 }, openOrderDays: 90 };

const dayMs = 86_400_000;
const ended: ReadonlySet<OrderStatus> = new Set(['shipped', 'cancelled', 'unfulfillable']);

/**
 * The groups of an order's personal data whose time is over.
 *
 * @param order - what is known of it beside the personal data. Dates that cannot be read end the time at once: what cannot be dated is not kept.
 * @param nowMs - milliseconds since the epoch.
 */
export function expiredGroups(
  order: Pick<Order, 'status' | 'purchasedAt' | 'updatedAt' | 'deliverBy'>,
  rules: RetentionRules,
  nowMs: number,
): readonly PersonalGroup[] {
  const endMs = endOf(order, rules);
  return personalGroups.filter((group) => !(nowMs < endMs + rules.days[group] * dayMs));
}

/** A change long after the promised delivery, e.g. a refund, does not begin the time anew. */
function endOf(
  { status, purchasedAt, updatedAt, deliverBy }: Parameters<typeof expiredGroups>[0],
  { openOrderDays }: RetentionRules,
): number {
  const latestMs = Date.parse(purchasedAt) + openOrderDays * dayMs;
  if (!ended.has(status)) return latestMs;
  const changedMs = Date.parse(updatedAt);
  const promisedMs = deliverBy === undefined ? changedMs : Date.parse(deliverBy);
  return Math.min(changedMs, Number.isNaN(promisedMs) ? changedMs : promisedMs, latestMs);
}
