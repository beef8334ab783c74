import type { Reports } from '@sp-api-sdk/schemas';
import { json } from './report-type.js';

type Item<List> = List extends readonly (infer One)[] ? One : never;

const source = (schema: string) =>
  `@sp-api-sdk/schemas 1.12.1 ${schema}; developer-docs: report-type-values-analytics`;
const retail = {
  category: 'vendor',
  who: 'vendor',
  needs: 'brand',
  marketplaces: 'one',
  dates: 'required',
  dateUnit: 'day',
  periodOption: 'reportPeriod',
  aggregated: true,
} as const;
const periods = {
  reportPeriod: {
    values: ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'],
    required: true,
    about: 'The length of the periods; the span begins and ends with them.',
  },
} as const;
const view = {
  distributorView: {
    values: ['MANUFACTURING', 'SOURCING'],
    required: true,
    about: 'Who is taken for the distributor.',
  },
} as const;

/** For vendors: by ASIN. The totals stand in the same documents, in the arrays whose names end with Aggregate. */
export const vendorReports = {
  GET_VENDOR_SALES_REPORT: json<Item<Reports.VendorSalesReport['salesByAsin']>>('salesByAsin', {
    ...retail,
    title: 'Vendor: sales',
    options: {
      ...periods,
      ...view,
      sellingProgram: { values: ['RETAIL', 'BUSINESS', 'FRESH'], required: true, about: 'The programme.' },
    },
    source: source('vendorSalesReport'),
  }),
  GET_VENDOR_INVENTORY_REPORT: json<Item<Reports.VendorInventoryReport['inventoryByAsin']>>(
    'inventoryByAsin',
    {
      ...retail,
      title: 'Vendor: inventory',
      options: {
        ...periods,
        ...view,
        sellingProgram: { values: ['RETAIL', 'FRESH'], required: true, about: 'The programme.' },
      },
      source: source('vendorInventoryReport'),
    },
  ),
  GET_VENDOR_TRAFFIC_REPORT: json<Item<Reports.VendorTrafficReport['trafficByAsin']>>('trafficByAsin', {
    ...retail,
    title: 'Vendor: traffic',
    options: periods,
    source: source('vendorTrafficReport'),
  }),
  GET_VENDOR_NET_PURE_PRODUCT_MARGIN_REPORT: json<
    Item<Reports.VendorNetPureProductMarginReport['netPureProductMarginByAsin']>
  >('netPureProductMarginByAsin', {
    ...retail,
    title: 'Vendor: net pure product margin',
    options: periods,
    source: source('vendorNetPureProductMarginReport'),
  }),
  GET_VENDOR_FORECASTING_REPORT: json<Item<Reports.VendorForecastingReport['forecastByAsin']>>(
    'forecastByAsin',
    {
      category: 'vendor',
      who: 'vendor',
      needs: 'brand',
      marketplaces: 'one',
      dates: 'none',
      title: 'Vendor: forecast',
      options: { sellingProgram: { values: ['RETAIL', 'FRESH'], required: true, about: 'The programme.' } },
      source: source('vendorForecastingReport'),
    },
  ),
} as const;
