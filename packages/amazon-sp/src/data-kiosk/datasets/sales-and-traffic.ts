import type { MarketplaceId } from '@fluxori/core';
import { EnumValue, type RowOfShape, type TypedQuery, viewQuery } from './shape.js';

const amount = { amount: 'number', currencyCode: 'text' } as const;

const sales = {
  orderedProductSales: amount,
  ordersShipped: 'number',
  refundRate: 'number',
  shippedProductSales: amount,
  totalOrderItems: 'number',
  unitsOrdered: 'number',
  unitsOrderedB2B: 'number?',
  unitsRefunded: 'number',
  unitsShipped: 'number',
} as const;

const traffic = {
  browserPageViews: 'number',
  browserSessions: 'number',
  buyBoxPercentage: 'number',
  mobileAppPageViews: 'number',
  mobileAppSessions: 'number',
  pageViews: 'number',
  sessions: 'number',
  unitSessionPercentage: 'number',
} as const;

const byAsin = {
  ...({ startDate: 'text', endDate: 'text', marketplaceId: 'text', parentAsin: 'text' } as const),
  ...({ childAsin: 'text?', sku: 'text?' } as const),
  sales,
  traffic: {
    ...traffic,
    pageViewsPercentage: 'number',
    sessionPercentage: 'number',
  },
} as const;

const byDate = {
  ...({ startDate: 'text', endDate: 'text', marketplaceId: 'text' } as const),
  sales: {
    ...sales,
    averageSalesPerOrderItem: amount,
    averageSellingPrice: amount,
    averageUnitsPerOrderItem: 'number',
    claimsAmount: amount,
    claimsGranted: 'number',
  },
  traffic: {
    ...traffic,
    averageOfferCount: 'number',
    averageParentItems: 'number',
    feedbackReceived: 'number',
    negativeFeedbackReceived: 'number',
    orderItemSessionPercentage: 'number',
    receivedNegativeFeedbackRate: 'number',
  },
} as const;

export type SalesAndTrafficByAsin = RowOfShape<typeof byAsin>;
export type SalesAndTrafficByDate = RowOfShape<typeof byDate>;

/** Days, both included; at most two years ago. */
export interface SalesAndTrafficSpan {
  /** `2026-11-01`. */
  readonly startDate: string;
  readonly endDate: string;
  readonly marketplaceIds: readonly MarketplaceId[];
}

/** Source: schemas/data-kiosk/analytics_salesAndTraffic_2024_04_24.graphql of Amazon's models, checked November 2026. */
export const salesAndTrafficDataset = 'analytics_salesAndTraffic_2024_04_24';

/** What was sold of each product, and how often it was looked at. */
export function salesAndTrafficByAsin(
  of: SalesAndTrafficSpan & { readonly aggregateBy?: 'CHILD' | 'PARENT' | 'SKU' },
): TypedQuery<SalesAndTrafficByAsin> {
  const { startDate, endDate, marketplaceIds, aggregateBy = 'SKU' } = of;
  const args = { startDate, endDate, marketplaceIds, aggregateBy: new EnumValue(aggregateBy) };
  return viewQuery(salesAndTrafficDataset, 'salesAndTrafficByAsin', args, byAsin);
}

/** What was sold by day, week or month, and how often the seller's offers were looked at. */
export function salesAndTrafficByDate(
  of: SalesAndTrafficSpan & { readonly aggregateBy?: 'DAY' | 'WEEK' | 'MONTH' },
): TypedQuery<SalesAndTrafficByDate> {
  const { startDate, endDate, marketplaceIds, aggregateBy = 'DAY' } = of;
  const args = { startDate, endDate, marketplaceIds, aggregateBy: new EnumValue(aggregateBy) };
  return viewQuery(salesAndTrafficDataset, 'salesAndTrafficByDate', args, byDate);
}
