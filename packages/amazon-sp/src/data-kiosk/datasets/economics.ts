import type { MarketplaceId } from '@fluxori/core';
import { EnumValue, type RowOfShape, type TypedQuery, viewQuery } from './shape.js';

const amount = { amount: 'number', currencyCode: 'text' } as const;

const detail = {
  amount,
  promotionAmount: amount,
  quantity: 'number?',
  taxAmount: amount,
  totalAmount: amount,
} as const;

const economicsRow = {
  ...({ startDate: 'text', endDate: 'text', marketplaceId: 'text', parentAsin: 'text' } as const),
  ...({ childAsin: 'text?', fnsku: 'text?', msku: 'text?' } as const),
  sales: {
    orderedProductSales: amount,
    netProductSales: amount,
    refundedProductSales: amount,
    unitsOrdered: 'number',
    unitsRefunded: 'number',
    netUnitsSold: 'number',
  },
  fees: [{ feeTypeName: 'text', charges: [{ identifier: 'text', aggregatedDetail: detail }] }],
  ads: [{ adTypeName: 'text', charge: [detail, null] }],
  netProceeds: { total: [amount, null], perUnit: [amount, null] },
} as const;

export type Economics = RowOfShape<typeof economicsRow>;

export interface EconomicsQuery {
  /** `2026-11-01`; both days are included. */
  readonly startDate: string;
  readonly endDate: string;
  readonly marketplaceIds: readonly MarketplaceId[];
  /** `RANGE`: one row for the whole span. */
  readonly date?: 'DAY' | 'WEEK' | 'MONTH' | 'RANGE';
  readonly productId?: 'CHILD_ASIN' | 'MSKU' | 'PARENT_ASIN';
}

/** Source: schemas/data-kiosk/analytics_economics_2024_03_15.graphql of Amazon's models, checked November 2026. */
export const economicsDataset = 'analytics_economics_2024_03_15';

/** What is left of sales after fees and advertising, product by product. */
export function economics(of: EconomicsQuery): TypedQuery<Economics> {
  const { startDate, endDate, marketplaceIds, date = 'RANGE', productId = 'MSKU' } = of;
  const aggregateBy = { date: new EnumValue(date), productId: new EnumValue(productId) };
  return viewQuery(
    economicsDataset,
    'economics',
    { startDate, endDate, marketplaceIds, aggregateBy },
    economicsRow,
  );
}
