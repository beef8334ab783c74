import type { Reports } from '@sp-api-sdk/schemas';
import { json, type OptionFacts } from './report-type.js';

type Item<List> = List extends readonly (infer One)[] ? One : never;
type SalesAndTraffic = Reports.SellerSalesAndTrafficReport;

const source = (schema: string) =>
  `@sp-api-sdk/schemas 1.12.1 ${schema}; developer-docs: report-type-values-analytics`;

function period(...values: string[]): { reportPeriod: OptionFacts } {
  return {
    reportPeriod: {
      values,
      required: true,
      about: 'The length of the periods; the span begins and ends with them.',
    },
  };
}

const brand = {
  category: 'analytics',
  needs: 'brand',
  who: 'both',
  marketplaces: 'one',
  dates: 'required',
  dateUnit: 'day',
  periodOption: 'reportPeriod',
  aggregated: true,
} as const;
const brandCountries = [
  ...[
    'CA',
    'US',
    'MX',
    'BR',
    'ES',
    'UK',
    'FR',
    'NL',
    'DE',
    'IT',
    'SE',
    'TR',
    'SA',
    'AE',
    'IN',
    'SG',
    'AU',
    'JP',
  ],
] as const;

/** Sales, traffic and what buyers search for. Rows are as Amazon's JSON schemas say. */
export const analyticsReports = {
  GET_SALES_AND_TRAFFIC_REPORT: json<
    | { readonly at: 'salesAndTrafficByDate'; readonly row: Item<SalesAndTraffic['salesAndTrafficByDate']> }
    | { readonly at: 'salesAndTrafficByAsin'; readonly row: Item<SalesAndTraffic['salesAndTrafficByAsin']> }
  >(['salesAndTrafficByDate', 'salesAndTrafficByAsin'], {
    title: 'Sales and traffic, by day and by ASIN',
    category: 'analytics',
    needs: 'brand',
    marketplaces: 'one',
    dates: 'required',
    dateUnit: 'day',
    oldestDays: 730,
    aggregated: true,
    options: {
      dateGranularity: { values: ['DAY', 'WEEK', 'MONTH'], about: 'DAY by default.' },
      asinGranularity: { values: ['PARENT', 'CHILD', 'SKU'], about: 'PARENT by default.' },
    },
    source: source('sellerSalesAndTrafficReport'),
  }),
  GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT: json<
    Item<Reports.SellingPartnerSearchTermsReport['dataByDepartmentAndSearchTerm']>
  >('dataByDepartmentAndSearchTerm', {
    ...brand,
    title: 'Search terms',
    options: period('DAY', 'WEEK', 'MONTH', 'QUARTER'),
    source: source('sellingPartnerSearchTermsReport'),
  }),
  GET_BRAND_ANALYTICS_MARKET_BASKET_REPORT: json<
    Item<Reports.SellingPartnerMarketBasketAnalysisReport['dataByAsin']>
  >('dataByAsin', {
    ...brand,
    title: 'What is bought together',
    options: period('DAY', 'WEEK', 'MONTH', 'QUARTER'),
    source: source('sellingPartnerMarketBasketAnalysisReport'),
  }),
  GET_BRAND_ANALYTICS_REPEAT_PURCHASE_REPORT: json<
    Item<Reports.SellingPartnerRepeatPurchaseReport['dataByAsin']>
  >('dataByAsin', {
    ...brand,
    title: 'Repeated purchases',
    options: period('WEEK', 'MONTH', 'QUARTER'),
    source: source('sellingPartnerRepeatPurchaseReport'),
  }),
  GET_BRAND_ANALYTICS_SEARCH_CATALOG_PERFORMANCE_REPORT: json<
    Item<Reports.SellingPartnerSearchCatalogPerformanceReport['dataByAsin']>
  >('dataByAsin', {
    ...brand,
    title: 'Search performance by ASIN',
    countries: brandCountries,
    options: {
      ...period('WEEK', 'MONTH', 'QUARTER'),
      asins: { about: 'Only these ASINs, separated by blanks.' },
    },
    source: source('sellingPartnerSearchCatalogPerformanceReport'),
  }),
  GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT: json<
    Item<Reports.SellingPartnerSearchQueryPerformanceReport['dataByAsin']>
  >('dataByAsin', {
    ...brand,
    title: 'Search performance by query',
    countries: brandCountries,
    options: {
      ...period('WEEK', 'MONTH', 'QUARTER'),
      asin: { required: true, about: 'The ASINs, separated by blanks; up to 200 characters.' },
    },
    source: source('sellingPartnerSearchQueryPerformanceReport'),
  }),
  GET_PROMOTION_PERFORMANCE_REPORT: json<Item<Reports.PromotionReport['promotions']>>('promotions', {
    title: 'Promotions',
    category: 'analytics',
    who: 'both',
    dates: 'none',
    options: {
      promotionStartDateFrom: {
        required: true,
        about: 'Promotions that began at this time (ISO 8601) or later …',
      },
      promotionStartDateTo: {
        required: true,
        about: '… and at this time or before; within the last two years.',
      },
    },
    source: source('promotionReport'),
  }),
  GET_COUPON_PERFORMANCE_REPORT: json<Item<Reports.SellerCouponReport['coupons']>>('coupons', {
    title: 'Coupons',
    category: 'analytics',
    dates: 'none',
    options: {
      couponStartDateFrom: { required: true, about: 'Coupons that began at this time (ISO 8601) or later …' },
      couponStartDateTo: {
        required: true,
        about: '… and at this time or before; within the last two years.',
      },
    },
    source: `${source('sellerCouponReport')}; vendors get campaigns instead, which are not read here`,
  }),
} as const;
