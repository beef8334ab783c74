import { DocumentError } from '@fluxori/core';
import type { RowStream, TaggedRow } from '@fluxori/documents';
import { Reports } from '@sp-api-sdk/schemas';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { findReportType, type ReportType } from './types/report-types.js';

interface Schema {
  readonly definitions?: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, { readonly items?: unknown }>>;
}

/** Amazon's schemas of JSON reports, by type. */
const schemas: Partial<Readonly<Record<ReportType, unknown>>> = {
  GET_SALES_AND_TRAFFIC_REPORT: Reports.sellerSalesAndTrafficReport,
  GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT: Reports.sellingPartnerSearchTermsReport,
  GET_BRAND_ANALYTICS_MARKET_BASKET_REPORT: Reports.sellingPartnerMarketBasketAnalysisReport,
  GET_BRAND_ANALYTICS_REPEAT_PURCHASE_REPORT: Reports.sellingPartnerRepeatPurchaseReport,
  GET_BRAND_ANALYTICS_SEARCH_CATALOG_PERFORMANCE_REPORT: Reports.sellingPartnerSearchCatalogPerformanceReport,
  GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT: Reports.sellingPartnerSearchQueryPerformanceReport,
  GET_PROMOTION_PERFORMANCE_REPORT: Reports.promotionReport,
  GET_COUPON_PERFORMANCE_REPORT: Reports.sellerCouponReport,
  GET_V2_SELLER_PERFORMANCE_REPORT: Reports.accountHealthReport20201118,
  GET_B2B_PRODUCT_OPPORTUNITIES_RECOMMENDED_FOR_YOU:
    Reports.b2bProductOpportunitiesRecommendedForYouReport20201119,
  GET_B2B_PRODUCT_OPPORTUNITIES_NOT_YET_ON_AMAZON:
    Reports.b2bProductOpportunitiesNotYetOnAmazonReport20201119,
  GET_VENDOR_SALES_REPORT: Reports.vendorSalesReport,
  GET_VENDOR_INVENTORY_REPORT: Reports.vendorInventoryReport,
  GET_VENDOR_TRAFFIC_REPORT: Reports.vendorTrafficReport,
  GET_VENDOR_NET_PURE_PRODUCT_MARGIN_REPORT: Reports.vendorNetPureProductMarginReport,
  GET_VENDOR_FORECASTING_REPORT: Reports.vendorForecastingReport,
};

/** Checks rows of one place in the documents of a type; undefined where Amazon publishes no schema. */
export function rowCheckOf(reportType: string, at: string): ValidateFunction | undefined {
  const schema = schemas[reportType as ReportType] as Schema | undefined;
  const items = schema?.properties[at]?.items;
  if (schema === undefined || typeof items !== 'object' || items === null) return undefined;
  const ajv = new Ajv({ strict: false, allErrors: false });
  addFormats.default(ajv);
  return ajv.compile({ ...items, definitions: schema.definitions });
}

/**
 * The same rows, each checked against Amazon's schema. Types without one pass as they are.
 *
 * @throws DocumentError `DOCUMENT_MALFORMED` naming the row, the place in it and the rule.
 */
export function checkedRows<Row>(rows: RowStream<Row>, reportType: string, name: string): RowStream<Row> {
  const format = findReportType(reportType)?.format;
  if (format?.kind !== 'json') return rows;
  const tagged = typeof format.at !== 'string';
  const places = typeof format.at === 'string' ? [format.at] : format.at;
  const checks = new Map(places.map((at) => [at, rowCheckOf(reportType, at)]));
  const counts = new Map<string, number>();
  const check = (row: Row): void => {
    const { at, row: value } = tagged ? (row as TaggedRow) : { at: places[0] as string, row };
    const count = (counts.get(at) ?? 0) + 1;
    counts.set(at, count);
    const fits = checks.get(at);
    if (fits === undefined || fits(value)) return;
    const [first] = fits.errors ?? [];
    const where = `${at}[${count - 1}]${first?.instancePath ?? ''}`;
    throw new DocumentError(
      `${name}: ${where} is not as Amazon's schema says: ${first?.message ?? 'unknown'}.`,
      {
        code: 'DOCUMENT_MALFORMED',
        field: where,
        remedy: 'Read it without `check`, and report it to Amazon with the report’s id.',
      },
    );
  };
  return {
    facts: rows.facts,
    async *[Symbol.asyncIterator]() {
      for await (const row of rows) {
        check(row);
        yield row;
      }
    },
    async *batches() {
      for await (const batch of rows.batches()) {
        for (const row of batch) check(row);
        yield batch;
      }
    },
  };
}
