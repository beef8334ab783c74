import { randomUUID } from 'node:crypto';
import { type Backend, type Paged, paged } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type Journal, KeyValueJournal } from '../workflow/journal.js';
import { type DirectTermsOptions, directTerms, type Terms } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow, stepNames } from '../workflow/workflow.js';
import { deliver } from './report-delivery.js';
import { type ReadAs, ReportDocument } from './report-document.js';
import { type AmazonReport, findFitting } from './report-lookup.js';
import { ReportOwnership } from './report-ownership.js';
import { listParams, named, type ReportQuery } from './report-query.js';
import { type ReportRun, type ReportView, type RowsOptions, resultOf, viewOf } from './report-run.js';
import { ReportSchedules } from './report-schedules.js';
import { type CheckedSpec, checkSpec, type ReportSpec, specKey } from './report-spec.js';
import type { KeptReport, Provenance, ReportOutput, ReportState } from './report-state.js';
import { type ReportWishes, type ReportWorkflowParts, reportWorkflow } from './report-workflow.js';
import { findReportType, type ReportRow } from './types/report-types.js';

export interface ReportsParts {
  readonly backend: Pick<Backend, 'keyValues' | 'locks'>;
  readonly documents: DocumentManager;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

export interface ReportOptions extends DirectTermsOptions, ReportWishes, ReadAs {
  readonly timings?: Partial<WorkflowTimings>;
}

/** What a report that runs in a job brings along. */
export interface ReportMeans {
  /** Names the wish for good. */
  readonly id: string;
  readonly journal: Journal<ReportState>;
  readonly terms: Terms;
  readonly timings?: Partial<WorkflowTimings>;
  /** What is done with the report once it is there: the job `reports.run` keeps and writes it. Nothing by default. */
  readonly delivery?: { readonly output?: ReportOutput };
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

/** A run that nobody went on with is forgotten after a day: its report would be of yesterday. */
const journalMs = 86_400_000;

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
    const key = `reports/${this.#room}/run/${specKey(checked)}`;
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
        return this.#runOf<ReportRow<Type>>(end.report, readAsOf(spec, options), end.provenance);
      },
      { ...(options.signal && { signal: options.signal }) },
    );
  }

  /** The same, on the terms of whoever runs it: the job `reports.run`. */
  async runAs(spec: ReportSpec, wishes: ReportWishes & ReadAs, means: ReportMeans): Promise<ReportEnd> {
    // What was begun was checked then; a span may have become too old meanwhile.
    const begun = means.journal.state !== undefined;
    const checked = begun ? checkSpec(spec, this.#context, 'find') : this.check(spec, wishes);
    const workflow = reportWorkflow(
      {
        ...{ spec: checked, id: means.id, requestable: isRequestable(spec) },
        ...(wishes.reuse && { reuse: wishes.reuse }),
        ...(wishes.noData && { noData: wishes.noData }),
        ...(wishes.stuck && { stuck: wishes.stuck }),
      },
      this.#workflowParts(means, readAsOf(spec, wishes)),
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
    return found === undefined ? undefined : this.#runOf(found, readAsOf(spec, options), 'reused');
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
    const params = cursor === undefined ? listParams(first, this.#context) : undefined;
    return paged(async (at) => {
      const next =
        at === undefined ? undefined : decodeCursor<{ nextToken: string }>('reports', at).nextToken;
      const answer = await this.#context
        .api('reports')
        .getReports(
          next === undefined ? (params ?? listParams(first, this.#context)) : { nextToken: next },
          callOptions(query),
        );
      return {
        items: answer.reports.map(viewOf),
        ...(answer.nextToken && { nextCursor: encodeCursor('reports', { nextToken: answer.nextToken }) }),
      };
    }, cursor);
  }

  #documentOf(report: AmazonReport, readAs: ReadAs = {}): ReportDocument {
    const { documents, contents, sealedContents } = this.#parts;
    const parts = {
      documents,
      account: this.#context.config.accountId,
      canKeep: (restricted: boolean) => (restricted ? sealedContents : contents) !== undefined,
    };
    return new ReportDocument(parts, report, readAs);
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

  #workflowParts({ timings, delivery }: ReportMeans, readAs: ReadAs = {}): ReportWorkflowParts {
    const { config } = this.#context;
    return {
      ...{ context: this.#context, ownership: this.#ownership, documents: this.#parts.documents },
      timings: { ...defaultTimings, ...timings },
      ...(delivery && {
        keep: (report, { terms }) =>
          terms.call(
            (options) =>
              deliver(
                report,
                this.#documentOf(report, readAs),
                delivery.output,
                { ...this.#parts, account: config.accountId },
                {
                  ...options,
                  onProgress: ({ bytes, totalBytes }) =>
                    void terms
                      .progress({
                        ...{ done: bytes, unit: 'bytes', label: 'download' },
                        ...(totalBytes !== undefined && { total: totalBytes }),
                      })
                      .catch(() => {}),
                },
              ),
            { repeatable: true },
          ),
      }),
    };
  }

  #runOf<Row>(report: AmazonReport, readAs: ReadAs & SpCallOptions, provenance?: Provenance): ReportRun<Row> {
    const document = this.#documentOf(report, readAs);
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
}

function readAsOf<Options extends ReadAs>({ restricted }: ReportSpec, options: Options): Options {
  return restricted === undefined ? options : { ...options, restricted };
}

function isRequestable({ reportType }: Pick<ReportSpec, 'reportType'>): boolean {
  const availability = findReportType(reportType)?.availability;
  return availability !== 'found' && availability !== 'schedule';
}
