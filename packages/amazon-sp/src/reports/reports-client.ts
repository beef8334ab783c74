import { randomUUID } from 'node:crypto';
import { type Backend, NotFoundError, type Paged, paged, ValidationError } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type Journal, KeyValueJournal } from '../workflow/journal.js';
import { type DirectTermsOptions, directTerms, type Terms } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow, type StepRun, stepNames } from '../workflow/workflow.js';
import { type ReadAs, ReportDocument } from './report-document.js';
import { type AmazonReport, findFitting } from './report-lookup.js';
import { ReportOwnership } from './report-ownership.js';
import { type ReportRun, type ReportView, type RowsOptions, resultOf, viewOf } from './report-run.js';
import { ReportSchedules } from './report-schedules.js';
import { type CheckedSpec, checkSpec, type ReportSpec, specKey } from './report-spec.js';
import type { KeptReport, Provenance, ReportState } from './report-state.js';
import { type ReportWishes, type ReportWorkflowParts, reportWorkflow } from './report-workflow.js';
import { findReportType, type ReportRow, type ReportType } from './types/report-types.js';

export interface ReportsParts {
  readonly backend: Pick<Backend, 'keyValues' | 'locks'>;
  readonly documents: DocumentManager;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

export interface ReportOptions extends DirectTermsOptions, ReportWishes, ReadAs {
  readonly timings?: Partial<WorkflowTimings>;
}

export interface ReportQuery extends SpCallOptions {
  /** 1 to 10; all that are known here would be too many. */
  readonly reportTypes: readonly string[];
  readonly statuses?: readonly ('CANCELLED' | 'DONE' | 'FATAL' | 'IN_PROGRESS' | 'IN_QUEUE')[];
  readonly marketplaceIds?: readonly string[];
  /** The last 90 days by default; Amazon keeps none longer. */
  readonly createdSince?: Date;
  readonly createdUntil?: Date;
  /** Goes on where a page ended. */
  readonly cursor?: string;
}

/** What a report that runs in a job brings along. */
export interface ReportMeans {
  /** Names the wish for good. */
  readonly id: string;
  readonly journal: Journal<ReportState>;
  readonly terms: Terms;
  readonly timings?: Partial<WorkflowTimings>;
  readonly keep?: (report: AmazonReport, run: StepRun<ReportState>) => Promise<KeptReport>;
}

/** How a report came to its end. */
export interface ReportEnd {
  readonly report: AmazonReport;
  readonly provenance: Provenance;
  readonly kept?: KeptReport;
}

/** What a run outside of a job writes down: its own id, and the workflow's state. */
interface DirectState {
  readonly id: string;
  readonly state?: ReportState;
}

/** A run that nobody went on with is forgotten after Amazon may have deleted its report. */
const journalMs = 90 * 86_400_000;

/** Reports (2021-06-30): what Amazon writes down about an account, as tables. */
export class ReportsClient {
  readonly schedules: ReportSchedules;
  readonly #context: SectionContext;
  readonly #parts: ReportsParts;
  readonly #ownership: ReportOwnership;

  constructor(context: SectionContext, parts: ReportsParts) {
    this.#context = context;
    this.#parts = parts;
    this.schedules = new ReportSchedules(context);
    const { keyValues, locks } = parts.backend;
    this.#ownership = new ReportOwnership({ keyValues, locks, room: this.#room });
  }

  /**
   * Asks for a report, waits until it is made (minutes; it may be much longer), and gives the ways to its rows. Exactly one report is asked for, also when
   * an answer is lost or the process dies: the same call again goes on with it. Calls for the same report run one after another.
   *
   * @throws ValidationError before anything is sent: an unknown or retired type, a wrong option, a span that is too long.
   * @throws RemoteError `REPORT_CANCELLED`, `REPORT_FATAL`, `REPORT_STUCK`, `REPORT_LOST`.
   */
  async run<const Type extends string>(
    spec: ReportSpec<Type>,
    options: ReportOptions = {},
  ): Promise<ReportRun<ReportRow<Type>>> {
    const checked = this.check(spec, options);
    const key = `${this.#room}/run/${specKey(checked)}`;
    const { keyValues: store, locks } = this.#parts.backend;
    return locks.withLock(
      `${key}/lock`,
      async ({ signal }) => {
        const journal = await KeyValueJournal.open<DirectState>({ store, key, ttlMs: journalMs });
        const id = journal.state?.id ?? randomUUID();
        const terms = directTerms({ clock: this.#context.clock, ...options, signal });
        const inner: Journal<ReportState> = {
          get state() {
            return journal.state?.state;
          },
          save: (state) => journal.save({ id, state }),
        };
        const end = await this.runAs(spec, options, {
          ...{ id, journal: inner, terms },
          ...(options.timings && { timings: options.timings }),
        });
        await journal.forget();
        return this.#runOf<ReportRow<Type>>(end.report, options, end.provenance);
      },
      { ...(options.signal && { signal: options.signal }) },
    );
  }

  /** The same, on the terms of whoever runs it: the job `reports.run`. */
  async runAs(spec: ReportSpec, wishes: ReportWishes, means: ReportMeans): Promise<ReportEnd> {
    const workflow = reportWorkflow(
      {
        ...{ spec: this.check(spec, wishes), id: means.id, requestable: isRequestable(spec) },
        ...(wishes.reuse && { reuse: wishes.reuse }),
        ...(wishes.noData && { noData: wishes.noData }),
        ...(wishes.stuck && { stuck: wishes.stuck }),
      },
      this.#workflowParts(means),
    );
    const { report, provenance, kept } = await runWorkflow(workflow, means);
    return { report, provenance, ...(kept && { kept }) };
  }

  /** What would be asked for. @throws ValidationError as `run` does; nothing is sent. */
  check(spec: ReportSpec, { reuse }: Pick<ReportWishes, 'reuse'> = {}): CheckedSpec {
    const lookOnly = reuse !== undefined && !isRequestable(spec);
    return checkSpec(spec, this.#context, lookOnly ? 'find' : 'request');
  }

  /** The newest finished report that answers the spec, made within `maxAgeMinutes` (90 days by default). Nothing is asked for. */
  async find<const Type extends string>(
    spec: ReportSpec<Type> & { readonly maxAgeMinutes?: number },
    options: SpCallOptions & ReadAs = {},
  ): Promise<ReportRun<ReportRow<Type>> | undefined> {
    const { maxAgeMinutes = 90 * 1_440, ...wanted } = spec;
    const query = { spec: checkSpec(wanted, this.#context, 'find'), maxAgeMs: maxAgeMinutes * 60_000 };
    const found = await findFitting(this.#context, this.#ownership, query, options);
    return found === undefined ? undefined : this.#runOf(found, options, 'reused');
  }

  /** A report by its id, in whatever state it is. */
  async get(reportId: string, options: SpCallOptions & ReadAs = {}): Promise<ReportRun> {
    const { api, config } = this.#context;
    try {
      return this.#runOf(await api('reports').getReport({ reportId }, callOptions(options)), options);
    } catch (error) {
      throw named(error, reportId, config.accountId);
    }
  }

  /** Cancels a report that waits in Amazon's queue; one that has begun cannot be. */
  async cancel(reportId: string, options: SpCallOptions = {}): Promise<void> {
    const { api, config } = this.#context;
    await this.#ownership.noteCancelled(reportId);
    try {
      await api('reports').cancelReport({ reportId }, callOptions(options));
    } catch (error) {
      throw named(error, reportId, config.accountId);
    }
  }

  /** What Amazon has, newest first as it lists them. A page of 100 costs a scarce token: 0.0222 a second. */
  list(query: ReportQuery): Paged<ReportView> {
    const { cursor, ...first } = query;
    if (cursor === undefined) this.#listParams(first);
    return paged(async (at) => {
      const next =
        at === undefined ? undefined : decodeCursor<{ nextToken: string }>('reports', at).nextToken;
      const answer = await this.#context
        .api('reports')
        .getReports(next === undefined ? this.#listParams(first) : { nextToken: next }, callOptions(query));
      return {
        items: answer.reports.map(viewOf),
        ...(answer.nextToken && { nextCursor: encodeCursor('reports', { nextToken: answer.nextToken }) }),
      };
    }, cursor);
  }

  /** The document of a finished report, for whoever keeps it. */
  documentOf(report: AmazonReport, readAs: ReadAs = {}): ReportDocument {
    const parts = {
      documents: this.#parts.documents,
      account: this.#context.config.accountId,
      canKeep: (restricted: boolean) => this.canKeep(restricted),
    };
    return new ReportDocument(parts, report, readAs);
  }

  /** Whether there is a content store for documents of this kind. */
  canKeep(restricted: boolean): boolean {
    return (restricted ? this.#parts.sealedContents : this.#parts.contents) !== undefined;
  }

  /** The recorded steps of `run`, in order. */
  get steps(): readonly string[] {
    const spec: CheckedSpec = { reportType: '', marketplaceIds: [], restricted: false };
    const terms = directTerms();
    return stepNames(
      reportWorkflow(
        { spec, id: '', requestable: true },
        this.#workflowParts({ id: '', journal: { state: undefined, save: async () => {} }, terms }),
      ),
    );
  }

  get #room(): string {
    const { sellerId, region } = this.#context.config;
    return `${sellerId}@${region}`;
  }

  #workflowParts({ timings, keep }: ReportMeans): ReportWorkflowParts {
    return {
      ...{ context: this.#context, ownership: this.#ownership, documents: this.#parts.documents },
      timings: { ...defaultTimings, ...timings },
      ...(keep && { keep }),
    };
  }

  #runOf<Row>(report: AmazonReport, readAs: ReadAs & SpCallOptions, provenance?: Provenance): ReportRun<Row> {
    const document = this.documentOf(report, readAs);
    const own = callOptions(readAs);
    // What ended the wait for the report is not what ends the reading of it.
    const { signal: _, ...terms } = own;
    const together = (options: RowsOptions = {}) => ({ ...terms, ...options });
    return {
      result: resultOf(report),
      report: viewOf(report),
      ...(provenance && { provenance }),
      rows: (options) => document.rows<Row>(together(options)),
      toFile: (path, as, options) => document.toFile(path, as, together(options)),
    };
  }

  #listParams({ reportTypes, statuses, marketplaceIds, createdSince, createdUntil }: ReportQuery) {
    const { config, endpoints } = this.#context;
    if (reportTypes.length === 0 || reportTypes.length > 10) {
      throw new ValidationError('reportTypes: Amazon lists 1 to 10 types at a time.', {
        field: 'reportTypes',
        account: config.accountId,
        remedy: 'Name the types that are wanted; `reportTypeNames` has those that are known here.',
      });
    }
    return {
      reportTypes: [...reportTypes],
      pageSize: 100,
      ...(statuses && { processingStatuses: [...statuses] }),
      ...(marketplaceIds && {
        marketplaceIds: marketplaceIds.map(
          (name) => endpoints.marketplaceIn(config.region, name, 'marketplaceIds').id,
        ),
      }),
      ...(createdSince && { createdSince: createdSince.toISOString() }),
      ...(createdUntil && { createdUntil: createdUntil.toISOString() }),
    };
  }
}

function isRequestable({ reportType }: Pick<ReportSpec, 'reportType'>): boolean {
  const availability = findReportType(reportType)?.availability;
  return availability !== 'found' && availability !== 'schedule';
}

/** Amazon's "not found" names nothing; ours names the report. */
function named(error: unknown, reportId: string, account: string): unknown {
  if ((error as { name?: string }).name !== 'NotFoundError') return error;
  return new NotFoundError(`There is no report ${reportId} for ${account}.`, {
    ...(error as NotFoundError),
    cause: error,
    field: 'reportId',
    remedy: 'Check the id: it is good for its seller only, and for 90 days.',
  });
}

export type { ReportType };
