import {
  addOrder,
  amountIn,
  dayMs,
  daysOf,
  emptySum,
  ordersPlaced,
  percent,
  type SalesSum,
  salesBySku,
  type Visits,
  visitsOf,
} from '../reports/traffic.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';

export type Row = Readonly<Record<string, unknown>>;

export interface DatasetQuestion {
  readonly world: World;
  readonly seller: Seller;
  readonly marketplaceIds: readonly string[];
  /** Days in UTC, both included. */
  readonly startDate: string;
  readonly endDate: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Amounts = ReturnType<typeof amountIn>;

/** Source: schemas/data-kiosk/analytics_salesAndTraffic_2024_04_24.graphql of Amazon's models, checked November 2026. */
export function* salesAndTrafficByAsin(question: DatasetQuestion): Generator<Row> {
  const { args, endDate, marketplaceIds, seller, startDate, world } = question;
  const { fromMs, toMs } = spanOf(question);
  for (const marketplaceId of marketplaceIds)
    for (const { listing, sum } of salesBySku(seller, marketplaceId, fromMs, toMs)) {
      const visits = visitsOf(world, `${listing.sku} ${startDate}`, sum);
      yield byAsinRow(
        { marketplaceId, asin: listing.asin, sku: listing.sku, startDate, endDate, sum, visits },
        args,
      );
    }
}

export function* salesAndTrafficByDate(question: DatasetQuestion): Generator<Row> {
  const { args, marketplaceIds, seller, world } = question;
  const { fromMs, toMs } = spanOf(question);
  for (const marketplaceId of marketplaceIds)
    for (const [from, to] of periodsOf(fromMs, toMs, args.aggregateBy)) {
      const sum = emptySum();
      for (const order of ordersPlaced(seller, marketplaceId, from, to)) addOrder(sum, order);
      if (sum.items === 0) continue;
      const startDate = dayOf(from);
      yield byDateRow(
        marketplaceId,
        startDate,
        dayOf(to),
        sum,
        visitsOf(world, `${marketplaceId} ${startDate}`, sum),
      );
    }
}

interface AsinFacts {
  readonly marketplaceId: string;
  readonly asin: string;
  readonly sku: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly sum: SalesSum;
  readonly visits: Visits;
}

function byAsinRow(facts: AsinFacts, { aggregateBy }: Readonly<Record<string, unknown>>): Row {
  const { asin, endDate, marketplaceId, sku, startDate, sum, visits } = facts;
  const money = amountIn({ marketplaceId });
  const views = visits.browserViews + visits.mobileViews;
  const sessions = visits.browserSessions + visits.mobileSessions;
  return {
    ...{ startDate, endDate, marketplaceId, parentAsin: asin },
    childAsin: aggregateBy === 'PARENT' ? null : asin,
    sku: aggregateBy === 'SKU' ? sku : null,
    sales: { ...sharedSales(sum, money) },
    traffic: {
      ...sharedTraffic(visits),
      browserPageViewsPercentage: percent(visits.browserViews, views),
      browserPageViewsPercentageB2B: 0,
      browserSessionPercentage: percent(visits.browserSessions, sessions),
      browserSessionPercentageB2B: 0,
      buyBoxPercentageB2B: 0,
      mobileAppPageViewsPercentage: percent(visits.mobileViews, views),
      mobileAppPageViewsPercentageB2B: 0,
      mobileAppSessionPercentage: percent(visits.mobileSessions, sessions),
      mobileAppSessionPercentageB2B: 0,
      pageViewsPercentage: 100,
      pageViewsPercentageB2B: 0,
      sessionPercentage: 100,
      sessionPercentageB2B: 0,
      unitSessionPercentage: percent(sum.units, sessions),
      unitSessionPercentageB2B: 0,
    },
  };
}

function byDateRow(
  marketplaceId: string,
  startDate: string,
  endDate: string,
  sum: SalesSum,
  visits: Visits,
): Row {
  const money = amountIn({ marketplaceId });
  const { b2b } = sum;
  const sessions = visits.browserSessions + visits.mobileSessions;
  return {
    ...{ startDate, endDate, marketplaceId },
    sales: {
      ...sharedSales(sum, money),
      averageSalesPerOrderItem: money(sum.cents / Math.max(1, sum.items)),
      averageSalesPerOrderItemB2B: money(b2b.cents / Math.max(1, b2b.items)),
      averageSellingPrice: money(sum.cents / Math.max(1, sum.units)),
      averageSellingPriceB2B: money(b2b.cents / Math.max(1, b2b.units)),
      averageUnitsPerOrderItem: Math.round((sum.units / Math.max(1, sum.items)) * 100) / 100,
      averageUnitsPerOrderItemB2B: Math.round((b2b.units / Math.max(1, b2b.items)) * 100) / 100,
      ...{ claimsAmount: money(0), claimsAmountB2B: money(0), claimsGranted: 0, claimsGrantedB2B: 0 },
    },
    traffic: {
      ...sharedTraffic(visits),
      ...{ averageOfferCount: sum.items, averageParentItems: sum.items },
      ...{ buyBoxPercentageB2B: 0, feedbackReceived: 0, feedbackReceivedB2B: 0 },
      ...{ negativeFeedbackReceived: 0, negativeFeedbackReceivedB2B: 0 },
      ...{ receivedNegativeFeedbackRate: 0, receivedNegativeFeedbackRateB2B: 0 },
      orderItemSessionPercentage: percent(sum.items, sessions),
      orderItemSessionPercentageB2B: 0,
      unitSessionPercentage: percent(sum.units, sessions),
      unitSessionPercentageB2B: 0,
    },
  };
}

function sharedSales(sum: SalesSum, money: Amounts): Row {
  return {
    orderedProductSales: money(sum.cents),
    orderedProductSalesB2B: money(sum.b2b.cents),
    ...{ ordersShipped: sum.shippedOrders, ordersShippedB2B: 0, refundRate: 0, refundRateB2B: 0 },
    shippedProductSales: money(sum.shippedCents),
    shippedProductSalesB2B: money(0),
    ...{ totalOrderItems: sum.items, totalOrderItemsB2B: sum.b2b.items },
    ...{ unitsOrdered: sum.units, unitsOrderedB2B: sum.b2b.units, unitsRefunded: 0, unitsRefundedB2B: 0 },
    ...{ unitsShipped: sum.shippedUnits, unitsShippedB2B: 0 },
  };
}

function sharedTraffic({
  browserSessions,
  browserViews,
  buyBoxPercent,
  mobileSessions,
  mobileViews,
}: Visits): Row {
  return {
    ...{ browserPageViews: browserViews, browserPageViewsB2B: 0, browserSessions, browserSessionsB2B: 0 },
    ...{ buyBoxPercentage: buyBoxPercent, mobileAppPageViews: mobileViews, mobileAppPageViewsB2B: 0 },
    ...{ mobileAppSessions: mobileSessions, mobileAppSessionsB2B: 0 },
    ...{ pageViews: browserViews + mobileViews, pageViewsB2B: 0 },
    ...{ sessions: browserSessions + mobileSessions, sessionsB2B: 0 },
  };
}

function spanOf({ endDate, startDate }: DatasetQuestion): { fromMs: number; toMs: number } {
  return { fromMs: Date.parse(startDate), toMs: Date.parse(endDate) + dayMs - 1 };
}

/** Days, weeks from Sunday, or months, cut to the span. */
function* periodsOf(
  fromMs: number,
  toMs: number,
  aggregateBy: unknown,
): Generator<readonly [number, number]> {
  let start = fromMs;
  for (const dayStart of daysOf(fromMs, toMs)) {
    const next = new Date(dayStart + dayMs);
    const ends =
      aggregateBy === 'MONTH'
        ? next.getUTCDate() === 1
        : aggregateBy === 'WEEK'
          ? next.getUTCDay() === 0
          : true;
    if (!ends && next.getTime() <= toMs) continue;
    yield [start, next.getTime() - 1];
    start = next.getTime();
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A row of each kind, by which a query's fields are checked. */
export const sampleRows = {
  byAsin: byAsinRow(
    {
      ...{ marketplaceId: 'AE08WJ6YKNBMC', asin: '', sku: '', startDate: '', endDate: '', sum: emptySum() },
      visits: { browserSessions: 0, mobileSessions: 0, browserViews: 0, mobileViews: 0, buyBoxPercent: 0 },
    },
    {},
  ),
  byDate: byDateRow('AE08WJ6YKNBMC', '', '', emptySum(), {
    ...{ browserSessions: 0, mobileSessions: 0, browserViews: 0, mobileViews: 0, buyBoxPercent: 0 },
  }),
} as const;
