import { contentOf } from '../documents/content-spool.js';
import type { DocumentContent } from '../documents/document-content.js';
import { endFacts, WorkDesk, type WorkDeskParts } from '../work/work-desk.js';
import { keptMs } from '../work/work-list.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import { makeReport } from './make-report.js';
import type { StoredReport } from './stored-report.js';

export interface ReportOrder {
  readonly seller: Seller;
  readonly region: Region;
  readonly applicationId?: string;
  readonly reportType: string;
  readonly marketplaceIds: readonly string[];
  readonly dataStartMs?: number | undefined;
  readonly dataEndMs?: number | undefined;
  readonly options?: Readonly<Record<string, string>> | undefined;
  readonly scheduleId?: string;
  /** Now, if absent. */
  readonly createdMs?: number;
}

/** What a caller wants the reports of a type to be. */
export interface GivenReport {
  readonly content: DocumentContent;
  readonly contentType?: string;
  readonly gzipped: boolean;
}

/** Makes reports: takes the orders, lets them wait and be processed, and puts the documents on the shelf. */
export class ReportDesk extends WorkDesk<StoredReport> {
  readonly #given = new Map<string, GivenReport>();

  constructor(parts: WorkDeskParts) {
    super(parts, { counts: 'reports' });
  }

  /** What reports of this type consist of from now on; `undefined`: what the world has. */
  give(reportType: string, given: GivenReport | undefined): void {
    if (given === undefined) this.#given.delete(reportType);
    else this.#given.set(reportType, given);
  }

  gives(reportType: string): boolean {
    return this.#given.has(reportType);
  }

  create(order: ReportOrder): StoredReport {
    const { now, outcomes, times } = this.parts;
    const {
      reportType: type,
      marketplaceIds,
      region,
      options = {},
      seller,
      scheduleId,
      applicationId,
    } = order;
    const createdMs = order.createdMs ?? now();
    const { sellerId } = seller;
    const report: StoredReport = {
      ...{
        id: this.countedId('report-ids', '020769'),
        sellerId,
        region,
        applicationId,
        type,
        marketplaceIds,
        options,
        scheduleId,
        createdMs,
      },
      // Source: reports_2021-06-30, `dataStartTime` and `dataEndTime`: the default of both is now.
      dataStartMs: order.dataStartMs ?? createdMs,
      dataEndMs: order.dataEndMs ?? createdMs,
      plan: outcomes.planOf({ of: 'report', type, sellerId }, times),
      status: 'IN_QUEUE',
    };
    const { dataStartMs, dataEndMs } = order;
    const sameness = JSON.stringify([
      region,
      [...marketplaceIds].sort(),
      dataStartMs,
      dataEndMs,
      options,
      scheduleId && createdMs,
    ]);
    return this.take(report, sameness);
  }

  /** Makes one for each seller, without being asked, as Amazon does with settlement reports; it is there at once. */
  publish(type: string): void {
    const { now, world } = this.parts;
    for (const { marketplaces, sellerId } of world.sellers) {
      const [first] = marketplaces;
      const given = this.#given.get(type);
      if (first === undefined || given === undefined) continue;
      const nowMs = now();
      const report: StoredReport = {
        ...{
          id: this.countedId('report-ids', '020769'),
          sellerId,
          region: first.region,
          type,
          marketplaceIds: [first.id],
          options: {},
        },
        ...{ createdMs: nowMs, dataStartMs: nowMs - settlementMs, dataEndMs: nowMs },
        ...{ plan: { queueMs: 0, progressMs: 0 }, status: 'DONE', startedMs: nowMs, endedMs: nowMs },
      };
      this.putDone(report);
      this.#shelve(report, given);
      this.tell(report);
    }
  }

  /** Of which report a document is. */
  ofDocument(documentId: string): StoredReport | undefined {
    for (const report of this.all()) if (report.documentId === documentId) return report;
    return undefined;
  }

  protected override finish(report: StoredReport): 'DONE' | 'CANCELLED' | 'FATAL' {
    const { outcome } = report.plan;
    if (outcome?.status === 'FATAL') {
      if (outcome.document !== undefined)
        this.#shelve(report, {
          content: contentOf(Buffer.from(outcome.document), true),
          contentType: 'application/json',
          gzipped: true,
        });
      return 'FATAL';
    }
    const made = this.#given.get(report.type) ?? this.#make(report);
    if (made === undefined && outcome?.status !== 'DONE') return 'CANCELLED';
    this.#shelve(report, made ?? { content: contentOf(Buffer.alloc(0), false), gzipped: false });
    return 'DONE';
  }

  #make(report: StoredReport): GivenReport | undefined {
    const seller = this.parts.world.seller(report.sellerId);
    return seller === undefined ? undefined : makeReport({ world: this.parts.world, seller, report });
  }

  #shelve(report: StoredReport, { content, contentType, gzipped }: GivenReport): void {
    const { sellerId, region } = report;
    const document = this.parts.shelf.add({
      ...{ kind: 'report', sellerId, region, content, gzipped, lifetimeMs: keptMs },
      ...(contentType === undefined ? {} : { contentType }),
    });
    report.documentId = document.id;
  }

  protected override tell(report: StoredReport): void {
    const { documentId, id: reportId, type: reportType } = report;
    this.parts.notify({
      ...{ kind: 'report-finished', ...endFacts(report), reportId, reportType },
      ...(documentId === undefined ? {} : { reportDocumentId: documentId }),
    });
  }
}

/** Amazon settles every fortnight. */
const settlementMs = 14 * 86_400_000;
