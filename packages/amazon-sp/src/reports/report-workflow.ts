import { isErrorOf } from '@fluxori/core';
import type { DocumentManager } from '../documents/document-manager.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { attempt } from '../workflow/attempt.js';
import { nextLookMs, nextPollMs, type WorkflowTimings } from '../workflow/timings.js';
import type { StepRun, Workflow } from '../workflow/workflow.js';
import {
  cancelledError,
  cancelReason,
  fatalError,
  lostError,
  madeOnlyEveryMs,
  noneThereError,
  readReason,
  stuckError,
} from './report-end.js';
import {
  type AmazonReport,
  findFitting,
  findMade,
  takeFirst,
  wasMadeShortlyBefore,
} from './report-lookup.js';
import type { Intent, ReportOwnership } from './report-ownership.js';
import { named } from './report-query.js';
import { type CheckedSpec, kindKey, optionsKey, requestOf, specKey, visibleKey } from './report-spec.js';
import type { KeptReport, Provenance, ReportState, ReportStep } from './report-state.js';

/** What is wanted of a report, beside what is in it. */
export interface ReportWishes {
  /** A finished report of this age or younger will do. */
  readonly reuse?: { readonly maxAgeMinutes: number };
  /** `empty`: a report that Amazon cancels for want of data is one without rows. An error by default. */
  readonly noData?: 'error' | 'empty';
  /** One that is stuck in Amazon's queue: an error by default, or cancelled and asked for once anew. */
  readonly stuck?: 'fail' | 'ask-again';
}

export interface ReportOrder extends ReportWishes {
  readonly spec: CheckedSpec;
  /** Names this wish for good: a job's id, or a random one. */
  readonly id: string;
  /** Amazon makes reports of this type on request. */
  readonly requestable: boolean;
}

export interface ReportWorkflowParts {
  readonly context: SectionContext;
  readonly ownership: ReportOwnership;
  readonly documents: Pick<DocumentManager, 'getDocumentContent'>;
  readonly timings: WorkflowTimings;
  /** What is done with the document, once it is there. Doing it twice does no harm. */
  readonly keep?: (report: AmazonReport, run: StepRun<ReportState>) => Promise<KeptReport>;
}

/** Lost answers in a row after which it is given up. */
const mostLost = 5;

type Run = StepRun<ReportState>;

/** One report in recorded steps: one request, one report, whatever happens on the way. ADR 0025 tells why each step is there. */
export function reportWorkflow(order: ReportOrder, parts: ReportWorkflowParts): Workflow<ReportState> {
  const { spec } = order;
  const { context, ownership, documents, timings } = parts;
  const { clock } = context;
  const account = context.config.accountId;
  const reports = context.api('reports');

  return {
    name: 'reports.run',
    begin: () => ({ step: 'begin' }),
    steps: { begin, intend, create, look, poll, cancel, keep },
  };

  async function begin(_: ReportStep<'begin'>, { terms }: Run): Promise<ReportState> {
    const { reuse } = order;
    if (reuse !== undefined) {
      const query = { spec, maxAgeMs: reuse.maxAgeMinutes * 60_000 };
      const found = await terms.call((options) => findFitting(context, ownership, query, options), {
        repeatable: true,
      });
      if (found !== undefined) return finished(found, { provenance: 'reused', asks: 0 });
    }
    if (!order.requestable) throw noneThereError(spec, reuse?.maxAgeMinutes, { account });
    return { step: 'intend', intent: intentOf(1), asks: 1, lost: 0 };
  }

  async function intend({ step: _, ...asking }: ReportStep<'intend'>): Promise<ReportState> {
    await ownership.open(asking.intent);
    return { step: 'create', ...asking, intendedAt: clock.now() };
  }

  async function create(state: ReportStep<'create'>, run: Run): Promise<ReportState> {
    const { step: _, intendedAt, ...asking } = state;
    if (run.resumed) return toLook(state);
    const tried = await attempt(() =>
      run.terms.call((options) => reports.createReport({ body: requestOf(spec) }, options)),
    );
    if (tried.outcome === 'not-done') {
      // One that was sent before may have made a report that Amazon does not list yet: others stay careful.
      if (asking.unsureSince === undefined) await ownership.close(asking.intent);
      return run.back({ step: 'intend', ...asking }, tried.error);
    }
    if (tried.outcome === 'unknown') return toLook({ ...state, lost: asking.lost + 1 });
    const { reportId } = tried.answer;
    // Another whose answer was lost may have taken it for its own. Then the one that it left is ours, if there is one.
    if (!(await ownership.claim(reportId, asking.intent, run.terms.signal))) return toLook(state);
    return toPoll(state, reportId, 'asked');
  }

  function toLook(state: ReportStep<'create'>): ReportState {
    const { intendedAt } = state;
    return {
      ...state,
      step: 'look',
      intendedAt: state.unsureSince ?? intendedAt,
      lookAt: clock.now() + (nextLookMs(0, timings) ?? 0),
      looks: 0,
    };
  }

  async function look(state: ReportStep<'look'>, run: Run): Promise<ReportState> {
    const { step: _, intendedAt, lookAt, looks, ...asking } = state;
    const { terms } = run;
    if (clock.now() < lookAt) {
      await terms.wait({
        until: new Date(lookAt),
        reason: `the answer to the request for ${spec.reportType} was lost: it is looked for at Amazon`,
      });
    }
    const query = { spec, intendedAtMs: intendedAt, clockSkewMs: timings.clockSkewMs };
    const made = await terms.call((options) => findMade(context, query, options), { repeatable: true });
    const others = await Promise.all(made.map(({ reportId }) => ownership.asked(reportId)));
    const mine = made.filter((_, index) => others[index]?.intent === asking.intent.id);
    const free = made.filter((_, index) => others[index] === undefined);
    const isFree = mine.length > 0 || free.length === 0 || !(await ownership.isAmbiguous(asking.intent));
    const taken = isFree
      ? await takeFirst([...mine, ...free], asking.intent, ownership, terms.signal)
      : undefined;
    if (taken !== undefined) return toPoll(state, taken.reportId, 'found-after-lost-answer');
    const waitMs = nextLookMs(looks + 1, timings);
    if (waitMs !== undefined) return { ...state, lookAt: clock.now() + waitMs, looks: looks + 1 };
    if (asking.lost >= mostLost) return run.back(anew(state), lostError(spec, asking.lost, { account }));
    // What lies there and may be somebody else's is left: rather one report too many than the data of other options.
    return { step: 'intend', ...asking, unsureSince: intendedAt };
  }

  function toPoll(
    { intent, asks, lost, again, intendedAt }: ReportStep<'create'> | ReportStep<'look'>,
    reportId: string,
    provenance: Provenance,
  ): ReportState {
    return {
      ...{ step: 'poll', intent, asks, lost, reportId, provenance, askedAt: intendedAt },
      ...(again && { again }),
    };
  }

  async function poll(state: ReportStep<'poll'>, run: Run): Promise<ReportState> {
    const { reportId, askedAt } = state;
    const { terms } = run;
    for (let look = run.resumed; ; look = true) {
      let status = 'IN_QUEUE';
      if (look) {
        const report = await current(state, run);
        status = report?.processingStatus ?? status;
        if (report !== undefined && status === 'DONE') return finished(report, state);
        if (report !== undefined && status === 'CANCELLED') return wasCancelled(report, state, run);
        if (report !== undefined && status === 'FATAL') return hasFailed(report, state, run);
        const waitedMs = clock.now() - askedAt;
        // At work it may take long; a report that is not even begun is what is known to stay so for days.
        if (waitedMs > timings.stuckAfterMs * (status === 'IN_QUEUE' ? 1 : 4)) {
          return isStuck(state, status, waitedMs, run);
        }
      }
      const waitedS = Math.round((clock.now() - askedAt) / 1_000);
      await terms.progress({ done: waitedS, unit: 's', label: status });
      await terms.wait({
        until: new Date(clock.now() + nextPollMs(clock.now() - askedAt, timings)),
        reason: `Amazon is making the report ${reportId} (${status})`,
        wakeOn: `report:${reportId}`,
      });
    }
  }

  /** Undefined for one that is so new that Amazon may not show it yet. One that is gone is no longer waited for. */
  async function current(state: ReportStep<'poll'>, run: Run): Promise<AmazonReport | undefined> {
    const { reportId, askedAt } = state;
    try {
      return await run.terms.call((options) => reports.getReport({ reportId }, options), {
        repeatable: true,
      });
    } catch (error) {
      if (!isErrorOf(error, 'NotFoundError')) throw error;
      if (clock.now() - askedAt < timings.listedAfterMs) return undefined;
      return run.back(anew(state), named(error, reportId, account));
    }
  }

  async function wasCancelled(
    report: AmazonReport,
    state: ReportStep<'poll'>,
    run: Run,
  ): Promise<ReportState> {
    const everyMs = madeOnlyEveryMs(spec.reportType);
    const reason = cancelReason(report, {
      cancelledByUs: await ownership.isCancelledByUs(report.reportId),
      madeShortlyBefore:
        everyMs !== undefined &&
        report.processingStartTime === undefined &&
        (await run.terms.call(
          (options) => wasMadeShortlyBefore(context, { spec, report, everyMs }, options),
          { repeatable: true },
        )),
    });
    const mayBeEmpty = reason === 'no-data' || reason === 'unknown';
    if (order.noData === 'empty' && mayBeEmpty) return finished(report, state);
    return run.back(anew(state), cancelledError(report, reason, { account }));
  }

  async function hasFailed(report: AmazonReport, state: ReportStep<'poll'>, run: Run): Promise<ReportState> {
    const reason = await run.terms.call((options) => readReason(report, spec, documents, options), {
      repeatable: true,
    });
    return run.back(anew(state), fatalError(report, reason, { account }));
  }

  async function isStuck(
    state: ReportStep<'poll'>,
    status: string,
    waitedMs: number,
    run: Run,
  ): Promise<ReportState> {
    if (order.stuck === 'ask-again' && !state.again && status === 'IN_QUEUE')
      return { ...state, step: 'cancel' };
    // Whoever retries goes on waiting for the same report, as long again.
    return run.back(
      { ...state, askedAt: clock.now() },
      stuckError(state.reportId, spec, waitedMs, status, { account }),
    );
  }

  async function cancel(state: ReportStep<'cancel'>, { terms }: Run): Promise<ReportState> {
    const { reportId } = state;
    await ownership.noteCancelled(reportId);
    try {
      await terms.call((options) => reports.cancelReport({ reportId }, options), { repeatable: true });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { processingStatus } = await terms.call((options) => reports.getReport({ reportId }, options), {
        repeatable: true,
      });
      // It is no longer in the queue, the very thing that was hoped for; or it was cancelled by the run before this one.
      if (processingStatus !== 'CANCELLED') return { ...state, step: 'poll', again: true };
    }
    return { ...anew(state), again: true };
  }

  /** The next request, with an id of its own: what was made so far is not taken for it. */
  function anew({ asks }: { readonly asks: number }): ReportStep<'intend'> {
    return { step: 'intend', intent: intentOf(asks + 1), asks: asks + 1, lost: 0 };
  }

  function finished(
    report: AmazonReport,
    { provenance, asks }: { readonly provenance: Provenance; readonly asks: number },
  ): ReportState {
    return { step: parts.keep === undefined ? 'end' : 'keep', report, provenance, asks };
  }

  async function keep(state: ReportStep<'keep'>, run: Run): Promise<ReportState> {
    const { report, provenance, asks } = state;
    const kept = await parts.keep?.(report, run);
    return { step: 'end', report, provenance, asks, ...(kept && { kept }) };
  }

  function intentOf(asks: number): Intent {
    return {
      id: `${order.id}#${asks}`,
      kind: kindKey(spec),
      visible: visibleKey(spec),
      ...((spec.from === undefined || spec.to === undefined) && { undated: true as const }),
      options: optionsKey(spec),
      spec: specKey(spec),
    };
  }
}

/** Amazon has understood the call and does not carry it out. */
function isRefusal(error: unknown): boolean {
  if (isErrorOf(error, 'ValidationError') || isErrorOf(error, 'NotFoundError')) return true;
  return isErrorOf(error, 'RemoteError') && error.status >= 400 && error.status < 500;
}
