/** What became of a type that Amazon no longer makes. */
export interface RetiredReportType {
  /** A type of `reportTypes`, or where else the data is now. */
  readonly replacement: string;
  readonly since: string;
  readonly source: string;
}

const ledger =
  'deprecation of six FBA inventory reports, replaced by the inventory ledger (changelog 2022 to 2023)';
const planning = 'selling-partner-api-models discussion 3079 and the release notes of May 2022';
const vendor = 'vendor-retail-analytics-reports-migration-guide';

/**
 * Types that were there, and what to ask for instead. `since` is the day after which Amazon has been said to refuse them; where two of its pages
 * disagree, the later.
 */
export const retiredReportTypes: Readonly<Record<string, RetiredReportType>> = {
  GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE: {
    replacement: 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2',
    since: '2026-11-11',
    source:
      'deprecation reminder of September 2025; changelog: deprecation of two payment settlement report types',
  },
  GET_V2_SETTLEMENT_REPORT_DATA_XML: {
    replacement: 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2',
    since: '2026-11-11',
    source: 'deprecation reminder of September 2025; there is no XML any more',
  },
  GET_MERCHANT_LISTINGS_DEFECT_DATA: {
    replacement: 'GET_MERCHANTS_LISTINGS_FYP_REPORT',
    since: '2022-06-15',
    source: 'changelog: deprecation notice on suppressed listings reports and FBA inventory reports',
  },
  GET_FBA_INVENTORY_AGED_DATA: {
    replacement: 'GET_FBA_INVENTORY_PLANNING_DATA',
    since: '2022-12-31',
    source: planning,
  },
  GET_FBA_FULFILLMENT_INVENTORY_HEALTH_DATA: {
    replacement: 'GET_FBA_INVENTORY_PLANNING_DATA',
    since: '2022-12-31',
    source: planning,
  },
  GET_EXCESS_INVENTORY_DATA: {
    replacement: 'GET_FBA_INVENTORY_PLANNING_DATA',
    since: '2022-12-31',
    source: planning,
  },
  GET_FBA_FULFILLMENT_CURRENT_INVENTORY_DATA: {
    replacement: 'GET_LEDGER_SUMMARY_VIEW_DATA',
    since: '2023-03-31',
    source: ledger,
  },
  GET_FBA_FULFILLMENT_MONTHLY_INVENTORY_DATA: {
    replacement: 'GET_LEDGER_SUMMARY_VIEW_DATA',
    since: '2023-03-31',
    source: ledger,
  },
  GET_FBA_FULFILLMENT_INVENTORY_SUMMARY_DATA: {
    replacement: 'GET_LEDGER_DETAIL_VIEW_DATA',
    since: '2023-03-31',
    source: ledger,
  },
  GET_FBA_FULFILLMENT_INVENTORY_RECEIPTS_DATA: {
    replacement: 'GET_LEDGER_DETAIL_VIEW_DATA',
    since: '2023-03-31',
    source: ledger,
  },
  GET_FBA_FULFILLMENT_INVENTORY_ADJUSTMENTS_DATA: {
    replacement: 'GET_LEDGER_DETAIL_VIEW_DATA',
    since: '2023-03-31',
    source: ledger,
  },
  GET_FBA_SNS_FORECAST_DATA: {
    replacement: 'the Replenishment API 2022-11-07 (connector.api(’replenishment’))',
    since: '2025-12-11',
    source: 'developer-docs: report-type-values',
  },
  GET_FBA_SNS_PERFORMANCE_DATA: {
    replacement: 'the Replenishment API 2022-11-07 (connector.api(’replenishment’))',
    since: '2025-12-11',
    source: 'developer-docs: report-type-values',
  },
  GET_V1_SELLER_PERFORMANCE_REPORT: {
    replacement: 'GET_V2_SELLER_PERFORMANCE_REPORT',
    since: '2023-12-31',
    source: 'developer-docs: report-type-values-performance; the day inferred',
  },
  GET_VENDOR_SALES_DIAGNOSTIC_REPORT: {
    replacement: 'GET_VENDOR_SALES_REPORT',
    since: '2022-12-31',
    source: vendor,
  },
  GET_VENDOR_INVENTORY_HEALTH_AND_PLANNING_REPORT: {
    replacement: 'GET_VENDOR_INVENTORY_REPORT',
    since: '2022-12-31',
    source: vendor,
  },
  GET_VENDOR_DEMAND_FORECAST_REPORT: {
    replacement: 'GET_VENDOR_FORECASTING_REPORT',
    since: '2022-12-31',
    source: vendor,
  },
};
