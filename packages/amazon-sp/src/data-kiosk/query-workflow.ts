import { isErrorOf } from '@fluxori/core';
import type { DocumentManager } from '../documents/document-manager.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { Intent, ReportOwnership } from '../reports/report-ownership.js';
import { attempt } from '../workflow/attempt.js';
import { nextLookMs, nextPollMs, type WorkflowTimings } from '../workflow/timings.js';
import type { StepRun, Workflow } from '../workflow/workflow.js';
import {
  cancelledError,
  circleError,
  fatalError,
  goneError,
  lostError,
  readReason,
  stuckError,
} from './query-end.js';
import { findMade } from './query-lookup.js';
import type { AmazonQuery, KeptAnswer, QueryPage, QueryState, QueryStep } from './query-state.js';
import { type QuerySubject, queryKey } from './query-text.js';

export interface QueryOrder extends QuerySubject {
  readonly query: string;
  /** Names this wish for good: a job's id, or a random one. */
  readonly id: string;
  /** So many documents at most; each costs a createQuery, of which Amazon allows one a minute. */
  readonly maxPages: number;
}

export interface QueryWorkflowParts {
  readonly context: SectionContext;
  /** Whose queries are whose: reports' record of it, in a room of its own. */
  readonly ownership: ReportOwnership;
  readonly documents: Pick<DocumentManager, 'getDocumentContent'>;
  readonly timings: WorkflowTimings;
  /** What is done with the documents, once all are there. Doing it twice does no harm. */
  readonly keep?: (pages: readonly QueryPage[], run: StepRun<QueryState>) => Promise<KeptAnswer>;
}

/** Lost answers in a row after which it is given up. */
const mostLost = 5;

type Run = StepRun<QueryState>;

/**
 * One query in recorded steps, page after page: one createQuery for each page, whatever happens on the way. The steps are those of a report
 * (ADR 0025); what is different is told in ADR 0029.
 */
export function queryWorkflow(order: QueryOrder, parts: QueryWorkflowParts): Workflow<QueryState> {
  const { query } = order;
  const { context, ownership, documents, timings } = parts;
  const { clock } = context;
  const about = {
    dataset: order.dataset,
    view: order.view,
    account: context.config.accountId,
  };
  const kiosk = context.api('dataKiosk');

  return {
    name: 'datakiosk.run',
    begin: () => ({ step: 'intend', intent: intentOf(1, undefined), pages: [], asks: 1, lost: 0 }),
    steps: { intend, create, look, poll, keep },
  };

  async function intend({ step: _, ...asking }: QueryStep<'intend'>): Promise<QueryState> {
    await ownership.open(asking.intent);
    return { step: 'create', ...asking, intendedAt: clock.now() };
  }

  async function create(state: QueryStep<'create'>, run: Run): Promise<QueryState> {
    const { step: _, intendedAt, ...asking } = state;
    if (run.resumed) return toLook(state);
    const { token: paginationToken } = asking;
    const tried = await attempt(() =>
      run.terms.call((options) =>
        kiosk.createQuery({ body: { query, ...(paginationToken && { paginationToken }) } }, options),
      ),
    );
    if (tried.outcome === 'not-done') {
      // One that was sent before may have made a query that Amazon does not list yet: others stay careful.
      if (asking.unsureSince === undefined) await ownership.close(asking.intent);
      return run.back({ step: 'intend', ...asking }, tried.error);
    }
    if (tried.outcome === 'unknown') return toLook({ ...state, lost: asking.lost + 1 });
    const { queryId } = tried.answer;
    // Another whose answer was lost may have taken it for its own. Then the one that it left is ours, if there is one.
    if (!(await ownership.claim(queryId, asking.intent, run.terms.signal))) return toLook(state);
    return toPoll(state, queryId);
  }

  function toLook(state: QueryStep<'create'>): QueryState {
    return {
      ...state,
      step: 'look',
      intendedAt: state.unsureSince ?? state.intendedAt,
      lookAt: clock.now() + (nextLookMs(0, timings) ?? 0),
      looks: 0,
    };
  }

  async function look(state: QueryStep<'look'>, run: Run): Promise<QueryState> {
    const { step: _, intendedAt, lookAt, looks, ...asking } = state;
    const { terms } = run;
    if (clock.now() < lookAt) {
      await terms.wait({
        until: new Date(lookAt),
        reason: `the answer to a query of ${about.dataset} was lost: it is looked for at Amazon`,
      });
    }
    const made = await terms.call(
      (options) =>
        findMade(context, { query, intendedAtMs: intendedAt, clockSkewMs: timings.clockSkewMs }, options),
      { repeatable: true },
    );
    const ids = made.map(({ queryId }) => queryId);
    const owners = await Promise.all(ids.map((id) => ownership.asked(id)));
    const mine = ids.filter((_, index) => owners[index]?.intent === asking.intent.id);
    const free = ids.filter((_, index) => owners[index] === undefined);
    const isFree = mine.length > 0 || free.length === 0 || !(await ownership.isAmbiguous(asking.intent));
    for (const id of isFree ? [...mine, ...free] : [])
      if (await ownership.claim(id, asking.intent, terms.signal)) return toPoll(state, id);
    const waitMs = nextLookMs(looks + 1, timings);
    if (waitMs !== undefined) return { ...state, lookAt: clock.now() + waitMs, looks: looks + 1 };
    if (asking.lost >= mostLost) return run.back(anew(state), lostError(asking.lost, about));
    // What lies there and may be another page's is left: rather one query too many than the rows of another page.
    return { step: 'intend', ...asking, unsureSince: intendedAt };
  }

  function toPoll(state: QueryStep<'create'> | QueryStep<'look'>, queryId: string): QueryState {
    const { intent, pages, token, asks, lost, intendedAt } = state;
    return {
      ...{ step: 'poll', intent, pages, asks, lost, queryId, askedAt: intendedAt },
      ...(token !== undefined && { token }),
    };
  }

  async function poll(state: QueryStep<'poll'>, run: Run): Promise<QueryState> {
    const { queryId, askedAt, pages } = state;
    const { terms } = run;
    for (let look = run.resumed; ; look = true) {
      let status: AmazonQuery['processingStatus'] = 'IN_QUEUE';
      if (look) {
        const asked = await current(state, run);
        status = asked?.processingStatus ?? status;
        if (asked !== undefined && status === 'DONE') return answered(asked, state, run);
        if (status === 'CANCELLED') {
          const byUs = await ownership.isCancelledByUs(queryId);
          return run.back(anew(state), cancelledError(queryId, byUs, about));
        }
        if (asked !== undefined && status === 'FATAL') {
          const reason = await terms.call((options) => readReason(asked, documents, options), {
            repeatable: true,
          });
          return run.back(anew(state), fatalError(queryId, reason, about));
        }
        const waitedMs = clock.now() - askedAt;
        if (waitedMs > timings.stuckAfterMs * (status === 'IN_QUEUE' ? 1 : 4)) {
          // Whoever retries goes on waiting for the same query, as long again.
          return run.back({ ...state, askedAt: clock.now() }, stuckError(queryId, status, waitedMs, about));
        }
      }
      await terms.progress({ done: pages.length, unit: 'pages', label: status });
      await terms.wait({
        until: new Date(clock.now() + nextPollMs(clock.now() - askedAt, timings)),
        reason: `Amazon is answering the query ${queryId} (${status})`,
        wakeOn: `query:${queryId}`,
      });
    }
  }

  /** Undefined for one that is so new that Amazon may not show it yet. One that is gone is no longer waited for. */
  async function current(state: QueryStep<'poll'>, run: Run): Promise<AmazonQuery | undefined> {
    const { queryId, askedAt } = state;
    try {
      return await run.terms.call((options) => kiosk.getQuery({ queryId }, options), { repeatable: true });
    } catch (error) {
      if (!isErrorOf(error, 'NotFoundError')) throw error;
      if (clock.now() - askedAt < timings.listedAfterMs) return undefined;
      return run.back(anew(state), goneError(queryId, error, about));
    }
  }

  /** The next page is a query of its own, with the token that this one gave. */
  async function answered(
    { dataDocumentId, pagination }: AmazonQuery,
    state: QueryStep<'poll'>,
    run: Run,
  ): Promise<QueryState> {
    const { queryId, token, asks } = state;
    const pages = [
      ...state.pages,
      { queryId, ...(dataDocumentId !== undefined && { documentId: dataDocumentId }) },
    ];
    const next = pagination?.nextToken;
    if (next !== undefined && next === token) return run.back(anew(state), circleError(about));
    if (next !== undefined && pages.length < order.maxPages) {
      const intent = intentOf(asks + 1, next);
      return { step: 'intend', intent, pages, token: next, asks: asks + 1, lost: 0 };
    }
    const more = next !== undefined;
    return parts.keep === undefined ? { step: 'end', pages, more } : { step: 'keep', pages, more };
  }

  async function keep({ pages, more }: QueryStep<'keep'>, run: Run): Promise<QueryState> {
    const kept = await parts.keep?.(pages, run);
    return { step: 'end', pages, more, ...(kept && { kept }) };
  }

  /** The next request for the same page, with an id of its own: what was made so far is not taken for it. */
  function anew({ asks, pages, token }: QueryStep<'look'> | QueryStep<'poll'>): QueryStep<'intend'> {
    return {
      ...{ step: 'intend', intent: intentOf(asks + 1, token), pages, asks: asks + 1, lost: 0 },
      ...(token !== undefined && { token }),
    };
  }

  function intentOf(asks: number, token: string | undefined): Intent {
    const visible = queryKey(query);
    const options = token === undefined ? '' : queryKey(token);
    return { id: `${order.id}#${asks}`, visible, options, spec: `${visible}/${options}` };
  }
}
