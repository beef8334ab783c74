import { randomUUID } from 'node:crypto';
import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { type Backend, isErrorOf, NotFoundError, type Paged } from '@fluxori/core';
import type { ContentStore, RowStream } from '@fluxori/documents';
import type { DocumentManager } from '../documents/document-manager.js';
import { instant } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { listOptions, TokenList } from '../pipeline/token-list.js';
import { ReportOwnership } from '../reports/report-ownership.js';
import { type Journal, KeyValueJournal } from '../workflow/journal.js';
import { type DirectTermsOptions, directTerms, type Terms } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow, stepNames } from '../workflow/workflow.js';
import type { TypedQuery } from './datasets/shape.js';
import { QueryAnswer, type QueryAnswerParts, type QueryRowsOptions } from './query-answer.js';
import { deliver } from './query-delivery.js';
import type { AmazonQuery, QueryOutput, QueryPage, QueryState, QueryStep } from './query-state.js';
import { queryKey, querySubject } from './query-text.js';
import { queryWorkflow } from './query-workflow.js';

type ListParams = ParamsOf<'dataKiosk', '2023-11-15', 'getQueries'>;

export interface DataKioskParts extends Omit<QueryAnswerParts, 'account' | 'documents'> {
  readonly backend: Pick<Backend, 'keyValues' | 'locks'>;
  readonly documents: DocumentManager;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

export interface QueryWishes {
  /** So many documents at most; each is a createQuery, of which Amazon allows one a minute. 100 by default. */
  readonly maxPages?: number;
  /** The answer holds personal data: it is kept sealed only. */
  readonly restricted?: boolean;
}

export interface QueryOptions extends DirectTermsOptions, QueryWishes {
  readonly timings?: Partial<WorkflowTimings>;
}

/** What is known of a query. */
export interface QueryView {
  readonly queryId: string;
  readonly query: string;
  readonly processingStatus: AmazonQuery['processingStatus'];
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** Absent when there was no data. */
  readonly documentId?: string;
  readonly errorDocumentId?: string;
  /** There is another page. */
  readonly nextToken?: string;
}

export interface QueryList extends SpCallOptions {
  readonly statuses?: ListParams['processingStatuses'];
  /** The last 90 days by default. */
  readonly createdSince?: Date;
  readonly createdUntil?: Date;
  readonly cursor?: string;
}

/** An answered query, and the ways to its rows. Reading is begun when it is asked for, and may be done more than once. */
export interface QueryRun<Row> {
  /** One for each document, in order; a page without a document has no data. */
  readonly pages: readonly QueryPage[];
  /** There is more than `maxPages` documents. */
  readonly more: boolean;
  /** All rows of all pages, streamed: memory does not grow with the answer. */
  rows(options?: QueryRowsOptions): RowStream<Row>;
  /** Writes the rows to a file, which appears whole or not at all. */
  toFile(
    path: string,
    as: 'tsv' | 'csv' | 'jsonl',
    options?: QueryRowsOptions,
  ): Promise<{ readonly path: string; readonly rows: number; readonly bytes: number }>;
}

/** What a query that runs in a job brings along. */
export interface QueryMeans {
  /** Names the wish for good. */
  readonly id: string;
  readonly journal: Journal<QueryState>;
  readonly terms: Terms;
  readonly timings?: Partial<WorkflowTimings>;
  /** Absent: nothing is fetched. */
  readonly delivery?: { readonly output?: QueryOutput };
}

/** What a run outside of a job writes down: its own id, and the workflow's state. */
interface DirectState {
  readonly id: string;
  readonly state?: QueryState;
}

const journalMs = 90 * 86_400_000;
const mostPages = 100;

/** Data Kiosk (2023-11-15): what Amazon knows of an account's business, asked in GraphQL. */
export class DataKioskClient {
  readonly #context: SectionContext;
  readonly #parts: DataKioskParts;
  readonly #ownership: ReportOwnership;
  readonly #queries: TokenList<ListParams, QueryView>;

  constructor(context: SectionContext, parts: DataKioskParts) {
    this.#context = context;
    this.#parts = parts;
    const { keyValues, locks } = parts.backend;
    this.#ownership = new ReportOwnership({ keyValues, locks, room: this.#room });
    this.#queries = new TokenList({
      kind: 'queries',
      token: 'paginationToken',
      fetch: async (params, options) => {
        const { queries, pagination } = await context.api('dataKiosk').getQueries(params, options);
        return { items: queries.map(viewOf), nextToken: pagination?.nextToken };
      },
    });
  }

  /**
   * Asks a query, waits until it is answered (minutes), and gives the ways to its rows. Exactly one query is created for each page of the answer, also
   * when Amazon's own answer is lost or the process dies: the same call again goes on with it. Calls of the same query run one after another.
   *
   * @param query - GraphQL, or one of `salesAndTrafficByAsin(…)`, `salesAndTrafficByDate(…)`, `economics(…)`, whose rows are typed.
   * @throws ValidationError before anything is sent: a query that Amazon would refuse.
   * @throws RemoteError `QUERY_CANCELLED`, `QUERY_FATAL`, `QUERY_STUCK`, `QUERY_LOST`.
   */
  async run<Row = Readonly<Record<string, unknown>>>(
    query: string | TypedQuery<Row>,
    options: QueryOptions = {},
  ): Promise<QueryRun<Row>> {
    const text = typeof query === 'string' ? query : query.query;
    querySubject(text, this.#context.config.accountId);
    const key = `${this.#room}/run/${queryKey(text)}/${options.maxPages ?? mostPages}`;
    const { keyValues: store, locks } = this.#parts.backend;
    return locks.withLock(
      `${key}/lock`,
      async ({ signal }) => {
        const journal = await KeyValueJournal.open<DirectState>({ store, key, ttlMs: journalMs });
        const id = journal.state?.id ?? randomUUID();
        const inner: Journal<QueryState> = {
          get state() {
            return journal.state?.state;
          },
          save: (state) => journal.save({ id, state }),
        };
        const terms = directTerms({ clock: this.#context.clock, ...options, signal });
        const { timings } = options;
        const end = await this.runAs(text, options, {
          id,
          journal: inner,
          terms,
          ...(timings && { timings }),
        });
        await journal.forget();
        return this.#runOf<Row>(end, options);
      },
      { ...(options.signal && { signal: options.signal }) },
    );
  }

  /** The same, on the terms of whoever runs it: the job `datakiosk.run`. */
  async runAs(query: string, wishes: QueryWishes, means: QueryMeans): Promise<QueryStep<'end'>> {
    const { accountId: account } = this.#context.config;
    const { maxPages = mostPages, restricted = false } = wishes;
    const { delivery, timings, id } = means;
    const workflow = queryWorkflow(
      { query, ...querySubject(query, account), id, maxPages },
      {
        ...{ context: this.#context, ownership: this.#ownership, documents: this.#parts.documents },
        timings: { ...defaultTimings, ...timings },
        ...(delivery && {
          keep: (pages, { terms }) =>
            terms.call(
              (options) => deliver(this.#answer(pages, restricted), delivery.output, { ...options, account }),
              { repeatable: true },
            ),
        }),
      },
    );
    return runWorkflow(workflow, means);
  }

  /** A query by its id, in whatever state it is. @throws NotFoundError naming it. */
  async get(queryId: string, options: SpCallOptions = {}): Promise<QueryView> {
    const { api } = this.#context;
    const query = await api('dataKiosk')
      .getQuery({ queryId }, callOptions(options))
      .catch(this.#naming(queryId));
    return viewOf(query);
  }

  /** The rows of a query that is answered already, of this page only. */
  answer<Row = Readonly<Record<string, unknown>>>(
    page: QueryPage,
    { restricted = false }: Pick<QueryWishes, 'restricted'> = {},
  ): Pick<QueryRun<Row>, 'rows' | 'toFile'> {
    return this.#runOf<Row>({ pages: [page], more: false }, { restricted });
  }

  /** Cancels a query that is not answered yet. */
  async cancel(queryId: string, options: SpCallOptions = {}): Promise<void> {
    await this.#ownership.noteCancelled(queryId);
    const { api } = this.#context;
    await api('dataKiosk').cancelQuery({ queryId }, callOptions(options)).catch(this.#naming(queryId));
  }

  /** What Amazon has, newest first as it lists them. A page of 100 costs a scarce token: 0.0222 a second. */
  list(query: QueryList = {}): Paged<QueryView> {
    const { statuses, createdSince, createdUntil } = query;
    return this.#queries.list(
      {
        pageSize: 100,
        ...(statuses && { processingStatuses: statuses }),
        ...(createdSince && { createdSince: instant(createdSince, 'createdSince') }),
        ...(createdUntil && { createdUntil: instant(createdUntil, 'createdUntil') }),
      },
      listOptions(query),
    );
  }

  /** The recorded steps of `run`, in order. */
  get steps(): readonly string[] {
    return stepNames(
      queryWorkflow(
        { query: '', dataset: '', view: '', id: '', maxPages: 1 },
        {
          ...{ context: this.#context, ownership: this.#ownership, documents: this.#parts.documents },
          timings: defaultTimings,
        },
      ),
    );
  }

  get #room(): string {
    const { sellerId, region } = this.#context.config;
    return `data-kiosk/${sellerId}@${region}`;
  }

  #answer<Row>(pages: readonly QueryPage[], restricted: boolean): QueryAnswer<Row> {
    const account = this.#context.config.accountId;
    return new QueryAnswer<Row>({ ...this.#parts, account }, pages, restricted);
  }

  #runOf<Row>(
    { pages, more }: Pick<QueryStep<'end'>, 'pages' | 'more'>,
    { restricted = false, ...options }: QueryWishes & SpCallOptions,
  ): QueryRun<Row> {
    const answer = this.#answer<Row>(pages, restricted);
    // What ended the wait for the answer is not what ends the reading of it.
    const { signal: _, ...terms } = callOptions(options);
    return {
      ...{ pages, more },
      rows: (own) => answer.rows({ ...terms, ...own }),
      toFile: (path, as, own) => answer.toFile(path, as, { ...terms, ...own }),
    };
  }

  #naming(queryId: string) {
    return (error: unknown): never => {
      if (!isErrorOf(error, 'NotFoundError')) throw error;
      throw new NotFoundError(`There is no query ${queryId} for ${this.#context.config.accountId}.`, {
        ...error,
        cause: error,
        field: 'queryId',
        remedy: 'Check the id: it is good for its seller only, and for as long as Amazon keeps the query.',
      });
    };
  }
}

function viewOf(query: AmazonQuery): QueryView {
  const { processingStartTime, processingEndTime, dataDocumentId, errorDocumentId, pagination } = query;
  return {
    ...{ queryId: query.queryId, query: query.query, processingStatus: query.processingStatus },
    createdAt: new Date(query.createdTime),
    ...(processingStartTime !== undefined && { startedAt: new Date(processingStartTime) }),
    ...(processingEndTime !== undefined && { endedAt: new Date(processingEndTime) }),
    ...(dataDocumentId !== undefined && { documentId: dataDocumentId }),
    ...(errorDocumentId !== undefined && { errorDocumentId }),
    ...(pagination?.nextToken !== undefined && { nextToken: pagination.nextToken }),
  };
}
