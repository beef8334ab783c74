import { analyticsReports } from './analytics-reports.js';
import { fbaInventoryReports } from './fba-inventory-reports.js';
import { fbaLedgerReports } from './fba-ledger-reports.js';
import { fbaMoneyReports } from './fba-money-reports.js';
import { listingReports } from './listing-reports.js';
import { orderReports } from './order-reports.js';
import { otherReports } from './other-reports.js';
import type { ReportTypeFacts, RowOfEntry } from './report-type.js';
import { returnReports } from './return-reports.js';
import { settlementReports } from './settlement-reports.js';
import { vendorReports } from './vendor-reports.js';

/** The types of report that are known here, with what is known of each. */
export const reportTypes = {
  ...orderReports,
  ...returnReports,
  ...listingReports,
  ...fbaLedgerReports,
  ...fbaInventoryReports,
  ...fbaMoneyReports,
  ...settlementReports,
  ...analyticsReports,
  ...otherReports,
  ...vendorReports,
} as const;

export type ReportType = keyof typeof reportTypes;

/** A row of a report of this type; of a type that is not known here, whatever comes. */
export type ReportRow<Type extends string> = Type extends ReportType
  ? RowOfEntry<(typeof reportTypes)[Type]>
  : Readonly<Record<string, unknown>>;

export const reportTypeNames = Object.keys(reportTypes) as readonly ReportType[];

/** What is known of a type; undefined when nothing is. */
export function findReportType(name: string): ReportTypeFacts | undefined {
  return Object.hasOwn(reportTypes, name) ? reportTypes[name as ReportType] : undefined;
}
