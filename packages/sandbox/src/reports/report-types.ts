import type { Charset } from '../charset/encode.js';
import { allOrders } from './all-orders.js';
import { merchantListings } from './merchant-listings.js';
import type { ReportMaker } from './report-maker.js';
import { shippingOrders } from './shipping-orders.js';

export interface ReportType {
  readonly format: 'flat' | 'json' | 'xml';
  /** Absent: the sandbox has no data of this kind, and the report ends CANCELLED. */
  readonly make?: ReportMaker;
  /** `local`: Windows-1252, or Shift_JIS in Japan. UTF-8 (Shift_JIS in Japan), if absent. */
  readonly charset?: Charset | 'local';
  /** Whether the download's `Content-Type` is sent, which tells of the charset. */
  readonly tellsCharset?: boolean;
  /** Its document is given for a restricted data token only. */
  readonly restricted?: boolean;
  /** Amazon makes it by itself; nobody can ask for it. */
  readonly unasked?: boolean;
}

/** Source: developer-docs.amazon.com/sp-api/docs/tokens-api-use-case-guide (restricted report types), checked November 2026. */
const restrictedTypes = [
  'GET_AMAZON_FULFILLED_SHIPMENTS_DATA_INVOICING',
  'GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX',
  'GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING',
  'GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING',
  'GET_FLAT_FILE_ORDER_REPORT_DATA_TAX',
  'GET_FLAT_FILE_ORDERS_RECONCILIATION_DATA_INVOICING',
  'GET_FLAT_FILE_ORDERS_RECONCILIATION_DATA_SHIPPING',
  'GET_FLAT_FILE_ORDERS_RECONCILIATION_DATA_TAX',
  'GET_EASYSHIP_DOCUMENTS',
  'GET_GST_MTR_B2B_CUSTOM',
] as const;
const restrictedXmlTypes = [
  'GET_ORDER_REPORT_DATA_INVOICING',
  'GET_ORDER_REPORT_DATA_SHIPPING',
  'GET_ORDER_REPORT_DATA_TAX',
] as const;

/** Those of which the sandbox knows more than the name. */
export const reportTypes: Readonly<Record<string, ReportType>> = {
  GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL: { format: 'flat', make: allOrders('updatedMs') },
  GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL: { format: 'flat', make: allOrders('createdMs') },
  GET_MERCHANT_LISTINGS_ALL_DATA: { format: 'flat', make: merchantListings, charset: 'local' },
  GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING: { format: 'flat', make: shippingOrders, restricted: true },
  GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2: { format: 'flat', unasked: true },
  ...Object.fromEntries(restrictedTypes.map((type) => [type, { format: 'flat', restricted: true }] as const)),
  ...Object.fromEntries(
    restrictedXmlTypes.map((type) => [type, { format: 'xml', restricted: true }] as const),
  ),
};

/** Whether Amazon has such a type, as far as its name can tell. */
export function isReportType(reportType: string): boolean {
  return reportTypes[reportType] !== undefined || /^GET_[A-Z0-9_]{4,}$/.test(reportType);
}
