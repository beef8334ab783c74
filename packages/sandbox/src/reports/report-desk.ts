import type { Counters } from '../counters/counters.js';
import { contentOf } from '../documents/content-spool.js';
import type { DocumentContent } from '../documents/document-content.js';
import type { DocumentShelf } from '../documents/document-shelf.js';
import type { Notify } from '../events/far-side-event.js';
import { Prng } from '../random/prng.js';
import type { OutcomeBoard } from '../work/outcome-board.js';
import { WorkLine } from '../work/work-line.js';
import { keptMs } from '../work/work-list.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import { makeReport } from './make-report.js';
import type { StoredReport } from './stored-report.js';

export interface ReportDeskParts {
  readonly seed: number;
  readonly now: () => number;
  readonly world: World;
  readonly shelf: DocumentShelf;
  readonly outcomes: OutcomeBoard;
  readonly counters: Counters;
  readonly notify: Notify;
  readonly times: { readonly queueMs: number; readonly progressMs: number };
}

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
export class ReportDesk {
  readonly #parts: ReportDeskParts;
  readonly #byId = new Map<string, StoredReport>();
  readonly #given = new Map<string, GivenReport>();
  readonly #line: WorkLine<StoredReport>;

  constructor(parts: ReportDeskParts) {
    this.#parts = parts;
    this.#line = new WorkLine<StoredReport>({
      now: parts.now,
      finish: (report) => this.#finish(report),
      ended: (report) => this.#tell(report),
    });
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
    const { counters, now, outcomes, times } = this.#parts;
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
        id: this.#newId(),
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
    this.#byId.set(report.id, report);
    const { dataStartMs, dataEndMs } = order;
    const sameness = JSON.stringify([
      region,
      [...marketplaceIds].sort(),
      dataStartMs,
      dataEndMs,
      options,
      scheduleId && createdMs,
    ]);
    counters.reports.created({ id: report.id, sellerId, type, sameness });
    this.#line.add(report);
    return report;
  }

  /** Makes one for each seller, without being asked, as Amazon does with settlement reports; it is there at once. */
  publish(type: string): void {
    const { now, world } = this.#parts;
    for (const { marketplaces, sellerId } of world.sellers) {
      const [first] = marketplaces;
      const given = this.#given.get(type);
      if (first === undefined || given === undefined) continue;
      const nowMs = now();
      const report: StoredReport = {
        ...{
          id: this.#newId(),
          sellerId,
          region: first.region,
          type,
          marketplaceIds: [first.id],
          options: {},
        },
        ...{ createdMs: nowMs, dataStartMs: nowMs - settlementMs, dataEndMs: nowMs },
        ...{ plan: { queueMs: 0, progressMs: 0 }, status: 'DONE', startedMs: nowMs, endedMs: nowMs },
      };
      this.#byId.set(report.id, report);
      this.#shelve(report, given);
      this.#tell(report);
    }
  }

  /** All reports, as they stand now. */
  all(): Iterable<StoredReport> {
    this.#line.advance();
    return this.#byId.values();
  }

  find(id: string, owner: { readonly sellerId: string; readonly region: Region }): StoredReport | undefined {
    this.#line.advance();
    const found = this.#byId.get(id);
    const isKept = found !== undefined && found.createdMs > this.#parts.now() - keptMs;
    return isKept && found.sellerId === owner.sellerId && found.region === owner.region ? found : undefined;
  }

  /** Of which report a document is. */
  ofDocument(documentId: string): StoredReport | undefined {
    for (const report of this.#byId.values()) if (report.documentId === documentId) return report;
    return undefined;
  }

  cancel(report: StoredReport): boolean {
    return this.#line.cancel(report);
  }

  /** Brings reports that are under way to their end at once. */
  hurry(id?: string): void {
    this.#line.hurry((report) => id === undefined || report.id === id);
  }

  close(): void {
    this.#line.close();
  }

  #finish(report: StoredReport): 'DONE' | 'CANCELLED' | 'FATAL' {
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
    const seller = this.#parts.world.seller(report.sellerId);
    return seller === undefined ? undefined : makeReport({ world: this.#parts.world, seller, report });
  }

  #shelve(report: StoredReport, { content, contentType, gzipped }: GivenReport): void {
    const { sellerId, region } = report;
    const document = this.#parts.shelf.add({
      ...{ kind: 'report', sellerId, region, content, gzipped, lifetimeMs: keptMs },
      ...(contentType === undefined ? {} : { contentType }),
    });
    report.documentId = document.id;
  }

  #tell({ applicationId, documentId, endedMs, id, region, sellerId, status, type }: StoredReport): void {
    this.#parts.notify({
      ...{ kind: 'report-finished', sellerId, region, reportId: id, reportType: type },
      atMs: endedMs as number,
      status: status as 'DONE' | 'CANCELLED' | 'FATAL',
      ...(applicationId === undefined ? {} : { applicationId }),
      ...(documentId === undefined ? {} : { reportDocumentId: documentId }),
    });
  }

  /** Digits, as Amazon's, counting up. */
  #newId(): string {
    const start = Prng.of(this.#parts.seed, 'report-ids').integer(50_000_000, 59_999_999);
    return `${start + this.#byId.size}020769`;
  }
}

/** Amazon settles every fortnight. */
const settlementMs = 14 * 86_400_000;
