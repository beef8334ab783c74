import type { Marketplace } from '../world/marketplaces.js';
import type { StoredOrder } from '../world/order.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import type { StoredReport } from './stored-report.js';

/** All that a report is made of. */
export interface ReportQuestion {
  readonly world: World;
  readonly seller: Seller;
  readonly report: StoredReport;
  /** Those that the report was asked for. */
  readonly marketplaces: readonly Marketplace[];
}

/** What a report says; `undefined` when there is no data, of which Amazon makes no document. */
export type ReportMaker = (question: ReportQuestion) => string | undefined;

export type ReportCell = string | number | boolean | undefined;

/** A tab-separated file with a header, as Amazon writes them: no quotes, and no tabs or line ends in cells. */
export function flatFile(
  columns: readonly string[],
  rows: Iterable<Readonly<Record<string, ReportCell>>>,
): string | undefined {
  const lines = [columns.join('\t')];
  for (const row of rows)
    lines.push(columns.map((name) => String(row[name] ?? '').replaceAll(/[\t\r\n]/g, ' ')).join('\t'));
  return lines.length === 1 ? undefined : `${lines.join('\r\n')}\r\n`;
}

/** The orders of the report's marketplaces within its span of time. */
export function* ordersOf(
  { seller, report, marketplaces }: ReportQuestion,
  time: 'createdMs' | 'updatedMs',
): Generator<StoredOrder> {
  const wanted = new Set(marketplaces.map((one) => one.id));
  for (const order of seller.orders.walk(time, report.dataStartMs, report.dataEndMs))
    if (wanted.has(order.marketplaceId)) yield order;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+00:00');
}

export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
