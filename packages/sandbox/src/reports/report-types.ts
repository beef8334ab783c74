import type { Charset } from '../charset/encode.js';
import { allOrders } from './all-orders.js';
import type { ReportMaker } from './report-maker.js';

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

export const reportTypes: Readonly<Record<string, ReportType>> = {
  GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL: { format: 'flat', make: allOrders('updatedMs') },
  GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL: { format: 'flat', make: allOrders('createdMs') },
};

/** Whether Amazon has such a type, as far as its name can tell. */
export function isReportType(reportType: string): boolean {
  return reportTypes[reportType] !== undefined || /^GET_[A-Z0-9_]{4,}$/.test(reportType);
}
